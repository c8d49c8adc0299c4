//! Foreseen errors as the codes that TypeScript knows.

#[cfg(feature = "chat")]
use collab_core::chat::SayError;
#[cfg(feature = "documents")]
use collab_core::document::DocumentError;
use wasm_bindgen::JsValue;

/// An error on its way to JavaScript: a code of `src-ts/errors.ts`, thrown as a string.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code(&'static str);

impl Code {
    #[cfg(feature = "documents")]
    pub(crate) const READ_ONLY: Self = Self("read_only");
    pub(crate) const OUT_OF_RANGE: Self = Self("out_of_range");
    #[cfg(feature = "documents")]
    pub(crate) const SETTING_INVALID: Self = Self("setting_invalid");
    #[cfg(feature = "documents")]
    pub(crate) const FILE_UNKNOWN: Self = Self("file_unknown");
}

#[cfg(feature = "documents")]
impl From<DocumentError> for Code {
    fn from(error: DocumentError) -> Self {
        Self(match error {
            DocumentError::Refused(refusal) => refusal.code().name(),
            DocumentError::OutOfRange { .. }
            | DocumentError::Overlap { .. }
            | DocumentError::InvalidOrder => "out_of_range",
            DocumentError::UnknownFile(_) | DocumentError::InvalidFileId => "file_unknown",
            DocumentError::InvalidName => "name_invalid",
            DocumentError::InvalidSetting => "setting_invalid",
            DocumentError::ForeignContent(_) => "not_text",
            _ => "internal",
        })
    }
}

#[cfg(feature = "chat")]
impl From<SayError> for Code {
    fn from(error: SayError) -> Self {
        Self(match error {
            SayError::TooLong { .. } => "text_too_long",
            SayError::MayNotWrite => "read_only",
            SayError::NotOwn => "not_author",
            _ => "out_of_range",
        })
    }
}

impl From<Code> for JsValue {
    fn from(code: Code) -> Self {
        Self::from_str(code.0)
    }
}

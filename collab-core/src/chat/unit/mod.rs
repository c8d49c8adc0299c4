//! One unit of a chat: a lib0 `any` object, read and written (PROTOCOL section 7).
//!
//! Shared by the relay, which refuses what cannot be read here, and by clients, which do not show
//! it. Nothing is copied: texts borrow from the update.

mod any;
mod fields;

use self::any::{Object, Value, tag};
use self::fields::Fields;
use crate::log::{Reader, Refusal};

/// Longest text of a message, in bytes of UTF-8 (`chat_text_max_bytes`).
pub const TEXT_MAX_BYTES: usize = 8 << 10;

/// Longest name of a user, in bytes (`chat_name_max_bytes`).
pub const NAME_MAX_BYTES: usize = 64;

/// Longest reaction, in bytes.
pub const REACTION_MAX_BYTES: usize = 32;

/// What a unit may add to its text: fields of today, and some of tomorrow.
const OVERHEAD_MAX_BYTES: usize = 1 << 10;

/// The root array that holds all units.
pub const ROOT_ARRAY: &str = "chat";

/// A unit of the same channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId {
    /// Who wrote it: a client ID of Yjs.
    pub client: u64,
    /// Which of this client's units it is.
    pub clock: u32,
}

/// What one unit says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit<'a> {
    /// This client ID is that user's, who is called so from here on.
    Iam {
        /// Who.
        user: &'a str,
        /// What to call them.
        name: &'a str,
    },
    /// A message.
    Message {
        /// Unix time in ms.
        at: u64,
        /// What it says.
        text: &'a str,
        /// The message that it answers.
        re: Option<Re>,
    },
    /// Another text for an own message.
    Edit {
        /// Unix time in ms.
        at: u64,
        /// Which message.
        of: UnitId,
        /// What it says now.
        text: &'a str,
    },
    /// A reaction to a message.
    React {
        /// Unix time in ms.
        at: u64,
        /// Which message.
        of: UnitId,
        /// The reaction.
        with: &'a str,
        /// Whether it is set or taken back.
        on: bool,
    },
    /// A kind of a later version.
    Unknown,
}

/// What a message answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Re {
    /// The message.
    pub of: UnitId,
    /// Its segment, where that is an earlier one.
    pub segment: Option<u32>,
}

/// Sizes that a relay's operator may change; the defaults are those of PROTOCOL section 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitLimits {
    /// Longest text in bytes.
    pub text_max_bytes: usize,
    /// Longest name in bytes.
    pub name_max_bytes: usize,
}

/// Why a value is not a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnitError {
    /// Not an object of lib0's encoding.
    #[error("not an object")]
    NotAnObject,
    /// Bytes that are no lib0 value.
    #[error("not a value: {0}")]
    Malformed(#[from] Refusal),
    /// A field is missing, twice there, or of another type.
    #[error("field {0} is missing, doubled or of another type")]
    Field(&'static str),
    /// A field, or all of the unit, is too long.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// A name with control characters.
    #[error("control characters in a name")]
    Name,
}

impl Default for UnitLimits {
    fn default() -> Self {
        Self { text_max_bytes: TEXT_MAX_BYTES, name_max_bytes: NAME_MAX_BYTES }
    }
}

impl<'a> Unit<'a> {
    /// Reads the object that is all of `value`.
    pub fn read(value: &'a [u8]) -> Result<Self, UnitError> {
        let mut reader = Reader::new(value);
        if reader.byte()? != tag::OBJECT {
            return Err(UnitError::NotAnObject);
        }
        let mut fields = Fields::default();
        for _ in 0..reader.uint()? {
            let key = reader.string()?;
            let read = Value::read(&mut reader)?;
            fields.put(key, read)?;
        }
        if reader.rest().is_empty() { fields.unit() } else { Err(Refusal::Trailing.into()) }
    }

    /// Whether it keeps to `limits`; `len_bytes` is the length of the whole value.
    pub fn check(&self, len_bytes: usize, limits: &UnitLimits) -> Result<(), UnitError> {
        let within =
            |len, max, what| if len > max { Err(UnitError::TooLong(what)) } else { Ok(()) };
        within(len_bytes, limits.text_max_bytes + OVERHEAD_MAX_BYTES, "unit")?;
        match self {
            Self::Iam { name, .. } => {
                within(name.len(), limits.name_max_bytes, "name")?;
                if name.chars().any(char::is_control) { Err(UnitError::Name) } else { Ok(()) }
            }
            Self::Message { text, .. } | Self::Edit { text, .. } => {
                within(text.len(), limits.text_max_bytes, "text")
            }
            Self::React { with, .. } => within(with.len(), REACTION_MAX_BYTES, "reaction"),
            Self::Unknown => Ok(()),
        }
    }

    /// When it was written, where it says so: Unix time in ms.
    pub const fn at(&self) -> Option<u64> {
        match self {
            Self::Message { at, .. } | Self::Edit { at, .. } | Self::React { at, .. } => Some(*at),
            Self::Iam { .. } | Self::Unknown => None,
        }
    }

    /// The value that [`Unit::read`] reads.
    pub fn write(&self) -> Vec<u8> {
        let mut object = Object::default();
        match *self {
            Self::Iam { user, name } => {
                object.text("t", "iam").text("user", user).text("name", name);
            }
            Self::Message { at, text, re } => {
                object.text("t", "msg").number("at", at).text("text", text);
                if let Some(Re { of, segment }) = re {
                    object.id("re", of, segment);
                }
            }
            Self::Edit { at, of, text } => {
                object.text("t", "edit").number("at", at).id("of", of, None).text("text", text);
            }
            Self::React { at, of, with, on } => {
                object.text("t", "react").number("at", at).id("of", of, None);
                object.text("with", with).flag("on", on);
            }
            Self::Unknown => {}
        }
        object.finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OF: UnitId = UnitId { client: 1 << 52, clock: 77 };

    #[test]
    fn units_are_read_as_they_are_written() {
        let at = 1_700_000_000_123;
        for unit in [
            Unit::Iam { user: "ada", name: "Ada L." },
            Unit::Message { at, text: "hi\n", re: None },
            Unit::Message { at, text: "", re: Some(Re { of: OF, segment: None }) },
            Unit::Message { at, text: "ä", re: Some(Re { of: OF, segment: Some(0) }) },
            Unit::Edit { at, of: OF, text: "ho" },
            Unit::React { at, of: OF, with: "👍", on: true },
            Unit::React { at, of: OF, with: "👍", on: false },
        ] {
            assert_eq!(Unit::read(&unit.write()), Ok(unit));
        }
    }

    #[test]
    fn a_doubled_field_is_refused_and_an_unknown_one_ignored() {
        let mut object = Object::default();
        object.text("t", "msg").number("at", 1).text("text", "a").text("color", "red");
        assert!(Unit::read(&object.finish()).is_ok());
        let mut object = Object::default();
        object.text("t", "msg").number("at", 1).text("text", "a").text("text", "b");
        assert_eq!(Unit::read(&object.finish()), Err(UnitError::Field("text")));
        let mut object = Object::default();
        object.text("t", "poll").flag("at", true);
        assert_eq!(Unit::read(&object.finish()), Ok(Unit::Unknown));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, cut in 0usize..60, flip: u8) {
            let _no_panic = Unit::read(&bytes);
            let mut unit = Unit::React { at: 1 << 40, of: OF, with: "+1", on: true }.write();
            let place = cut % unit.len();
            unit[place] ^= flip;
            let _no_panic = Unit::read(&unit);
            let _no_panic = Unit::read(&unit[..place]);
        }
    }
}

//! Settings that everybody in a room shares: the root map `settings`.
//!
//! What is a matter of taste (a theme, a font size) does not belong here.

use serde_json::Value;

use super::DocumentError;
use super::file::checked_name;

/// Largest value of a setting, as JSON text.
const VALUE_MAX_BYTES: usize = 16 << 10;

/// The setting that says the language of files of which nobody said one.
pub(super) const LANGUAGE: &str = "language";

/// Checks a setting; returns its key, trimmed.
pub(super) fn check<'a>(key: &'a str, value: &Value) -> Result<&'a str, DocumentError> {
    let key = checked_name(key)?;
    let json = serde_json::to_string(value).map_err(|_| DocumentError::InvalidSetting)?;
    if json.len() > VALUE_MAX_BYTES || !crate::log::is_portable_json(&json) {
        return Err(DocumentError::InvalidSetting);
    }
    Ok(key)
}

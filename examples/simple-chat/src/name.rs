//! What people are called: which names are allowed, and which are the same.

use collab_core::chat::NAME_MAX_BYTES;
use unicode_normalization::UnicodeNormalization;

/// A name as it is shown: trimmed, in Unicode's compatibility composition (NFKC).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name(String);

/// What two names have in common if nobody should mistake one for the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NameKey(String);

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameError {
    Empty,
    TooLong,
    Unprintable,
}

/// Characters that show nothing, or turn the direction of what is around them (Unicode's format
/// characters that occur in text).
const INVISIBLE: [std::ops::RangeInclusive<char>; 6] = [
    '\u{ad}'..='\u{ad}',
    '\u{61c}'..='\u{61c}',
    '\u{180e}'..='\u{180e}',
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{206f}',
    '\u{feff}'..='\u{feff}',
];

impl Name {
    /// Checks a name and brings it into the form that is shown.
    pub(crate) fn new(text: &str) -> Result<Self, NameError> {
        let name: String = text.trim().nfkc().collect();
        let name = name.trim();
        let is_invisible =
            |c: char| c.is_control() || INVISIBLE.iter().any(|range| range.contains(&c));
        if name.is_empty() {
            Err(NameError::Empty)
        } else if name.len() > NAME_MAX_BYTES {
            Err(NameError::TooLong)
        } else if name.chars().any(is_invisible) {
            Err(NameError::Unprintable)
        } else {
            Ok(Self(name.to_owned()))
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The same for all spellings that differ in case only.
    pub(crate) fn key(&self) -> NameKey {
        // Upper case first: it tells `ß` and `ss`, or the two small sigmas, no longer apart.
        NameKey(self.0.to_uppercase().to_lowercase().nfkc().collect())
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NameError {}

impl std::fmt::Display for NameError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("the name is empty"),
            Self::TooLong => write!(f, "the name is longer than {NAME_MAX_BYTES} bytes"),
            Self::Unprintable => f.write_str("the name has characters that cannot be shown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> NameKey {
        Name::new(text).expect("a name").key()
    }

    #[test]
    fn spellings_of_one_name_are_one() {
        for same in ["ADA", " ada ", "Ada", "ａｄａ"] {
            assert_eq!(key(same), key("ada"), "{same:?}");
        }
        assert_eq!(key("Straße"), key("STRASSE"));
        assert_eq!(key("ΟΔΟΣ"), key("οδος"));
        assert_eq!(key("e\u{301}ve"), key("\u{e9}ve"));
        assert_ne!(key("ada"), key("bob"));
    }

    #[test]
    fn what_cannot_be_shown_is_no_name() {
        for (text, error) in [
            ("", NameError::Empty),
            (" \u{2003} ", NameError::Empty),
            ("a\u{1b}[31mda", NameError::Unprintable),
            ("a\nda", NameError::Unprintable),
            ("a\u{200b}da", NameError::Unprintable),
            ("\u{202e}ada", NameError::Unprintable),
            (&"a".repeat(NAME_MAX_BYTES + 1), NameError::TooLong),
        ] {
            assert_eq!(Name::new(text), Err(error), "{text:?}");
        }
    }
}

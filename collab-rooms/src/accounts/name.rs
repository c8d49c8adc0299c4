//! Names: what people call each other, and type behind `@`.

use std::fmt;

use super::random::Random;

const LEN_MIN: usize = 2;
const LEN_MAX: usize = 24;

/// Names that would be taken for something else.
const RESERVED: [&str; 12] = [
    "admin", "all", "channel", "everyone", "guest", "here", "me", "nobody", "relay", "root",
    "server", "system",
];

/// A name that an account may have: 2 to 24 of `[A-Za-z0-9_.-]`, a letter or a digit at both ends.
/// Other alphabets are left out, since letters of one look like those of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

/// What two names must not share: equal for names that differ only in case, in separators, or in
/// characters that look alike.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NameKey(String);

impl Name {
    /// The name, if anybody may have it.
    pub fn new(name: &str) -> Option<Self> {
        let is_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let is_allowed =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        let bytes = name.as_bytes();
        let fits = (LEN_MIN..=LEN_MAX).contains(&bytes.len())
            && bytes.iter().copied().all(is_allowed)
            && is_end(bytes.first())
            && is_end(bytes.last())
            && RESERVED.iter().all(|reserved| NameKey::of(reserved) != NameKey::of(name));
        fits.then(|| Self(name.to_owned()))
    }

    /// A readable name for somebody who has not chosen one, as in `quiet-otter-417`.
    pub(crate) fn of_guest(random: &mut Random) -> Self {
        let manner = MANNERS[random.below(MANNERS.len())];
        let animal = ANIMALS[random.below(ANIMALS.len())];
        Self(format!("{manner}-{animal}-{}", 100 + random.below(900)))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn key(&self) -> NameKey {
        NameKey::of(&self.0)
    }
}

impl NameKey {
    /// The key of any text, also of one that is no name: then nobody has it.
    pub(crate) fn of(name: &str) -> Self {
        let looks = |character: char| match character.to_ascii_lowercase() {
            '0' => Some('o'),
            '1' | 'i' => Some('l'),
            '_' | '.' | '-' => None,
            other => Some(other),
        };
        Self(name.chars().take(LEN_MAX + 1).filter_map(looks).collect())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const MANNERS: [&str; 48] = [
    "amber", "brave", "bright", "brisk", "calm", "clever", "cosy", "crisp", "curious", "daring",
    "eager", "early", "fair", "fond", "free", "fresh", "gentle", "glad", "golden", "grand",
    "happy", "honest", "jolly", "keen", "kind", "lively", "lucky", "mellow", "merry", "mild",
    "neat", "nimble", "noble", "polite", "proud", "quick", "quiet", "ready", "silver", "sleek",
    "smart", "snug", "spry", "sunny", "swift", "tidy", "warm", "witty",
];

const ANIMALS: [&str; 48] = [
    "badger", "bear", "beaver", "bison", "crane", "curlew", "deer", "dove", "duck", "eagle",
    "ermine", "falcon", "ferret", "finch", "fox", "gecko", "goose", "hare", "hawk", "heron",
    "ibex", "jay", "koala", "lark", "lemur", "lynx", "marten", "mole", "moose", "newt", "ocelot",
    "orca", "otter", "owl", "panda", "plover", "puffin", "quail", "raven", "robin", "seal",
    "shrew", "sparrow", "stork", "swan", "tapir", "wombat", "wren",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_have_one_key() {
        for (one, other) in [("Ada", "aDA"), ("user-1", "USER_l"), ("Ian", "lan"), ("b0b", "bob")] {
            assert_eq!(NameKey::of(one), NameKey::of(other));
        }
        assert_ne!(NameKey::of("ada"), NameKey::of("bob"));
    }

    #[test]
    fn names_fit_behind_an_at_sign() {
        for name in ["ad", "Ada.L-99_x", "0x", &"a".repeat(24)] {
            assert!(Name::new(name).is_some(), "{name}");
        }
        let long = "a".repeat(25);
        for name in
            ["", "a", ".a", "a-", "a b", "ädä", "а\u{434}а", "a\u{1b}[m", &long, "Every-One"]
        {
            assert!(Name::new(name).is_none(), "{name}");
        }
    }

    #[test]
    fn a_guest_has_a_name_that_anybody_may_have() {
        for manner in MANNERS {
            for animal in ANIMALS {
                assert!(Name::new(&format!("{manner}-{animal}-100")).is_some());
            }
        }
    }
}

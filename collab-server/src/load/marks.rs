//! Marks by which a message is known wherever it lies: in a frame of its own, in an update, or
//! merged with others.

/// `#` on both sides of eight digits.
const LENGTH: usize = 10;
const NUMBERS_MAX: u64 = 100_000_000;

/// A text that says which message this is.
pub(super) fn write(number: u64) -> String {
    format!("#{:08}# says that a message has about this length", number % NUMBERS_MAX)
}

/// The numbers of all messages in these bytes.
pub(super) fn find(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.windows(LENGTH).filter_map(|window| {
        let digits = window.strip_prefix(b"#")?.strip_suffix(b"#")?;
        digits.iter().try_fold(0, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + u64::from(digit - b'0'))
        })
    })
}

/// Which messages somebody has.
#[derive(Debug, Default)]
pub(super) struct Seen {
    words: Vec<u64>,
}

impl Seen {
    /// Returns whether it is new.
    pub(super) fn add(&mut self, number: u64) -> bool {
        let (word, bit) = ((number / 64) as usize, 1 << (number % 64));
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        let is_new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_wherever_they_lie() {
        let bytes = format!("\x01{}#00#{}#", write(3), write(12_345_678));
        assert!(find(bytes.as_bytes()).eq([3, 12_345_678]));
    }

    #[test]
    fn what_was_seen_is_seen_once() {
        let mut seen = Seen::default();
        assert!([70, 3, 70, 64].map(|number| seen.add(number)) == [true, true, false, true]);
    }
}

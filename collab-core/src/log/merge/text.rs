//! Bytes of content that may be joined: borrowed from the input, or grown in one arena.

use crate::wire::Writer;

/// A piece of content. Joined pieces lie in the arena one after the other, so that a run's text is
/// written with one copy.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece<'a> {
    Borrowed(&'a [u8]),
    /// `start..end` of the arena.
    Joined(usize, usize),
}

/// Joined content of one client.
#[derive(Debug, Default)]
pub(super) struct Arena {
    bytes: Vec<u8>,
}

impl Arena {
    pub(super) fn get<'s>(&'s self, piece: Piece<'s>) -> &'s [u8] {
        match piece {
            Piece::Borrowed(bytes) => bytes,
            Piece::Joined(start, end) => &self.bytes[start..end],
        }
    }

    /// Appends `right` to `left`. Cheap if `left` is what was joined last.
    #[inline]
    pub(super) fn join<'a>(&mut self, left: &mut Piece<'a>, right: Piece<'a>) {
        match left {
            Piece::Joined(_, end) if *end == self.bytes.len() => {
                self.extend(right);
                *end = self.bytes.len();
            }
            _ => {
                let start = self.bytes.len();
                self.extend(*left);
                self.extend(right);
                *left = Piece::Joined(start, self.bytes.len());
            }
        }
    }

    #[inline]
    fn extend(&mut self, piece: Piece<'_>) {
        match piece {
            // One typed character: not worth a call.
            Piece::Borrowed(&[byte]) => self.bytes.push(byte),
            Piece::Borrowed(bytes) => self.bytes.extend_from_slice(bytes),
            Piece::Joined(start, end) => self.bytes.extend_from_within(start..end),
        }
    }
}

/// Walks through a run's content, handing out its units piece by piece; linear over the whole run.
pub(crate) struct Cutter<'a> {
    text: &'a [u8],
    at: usize,
    /// The second half of a surrogate pair that was cut in two.
    half: bool,
}

/// What of a text belongs to a piece. A pair that was cut leaves U+FFFD on both sides, as
/// JavaScript's encoder does.
#[derive(Clone, Copy)]
pub(crate) struct Cut<'a> {
    pub(super) starts_in_pair: bool,
    pub(super) text: &'a [u8],
    pub(super) ends_in_pair: bool,
}

impl<'a> Cutter<'a> {
    pub(crate) const fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, half: false }
    }

    /// The next `units` UTF-16 units; there are so many.
    pub(crate) fn take(&mut self, units: u32, is_ascii: bool) -> Cut<'a> {
        let start = self.at;
        if units == 0 {
            return Cut { starts_in_pair: false, text: &[], ends_in_pair: false };
        }
        let starts_in_pair = std::mem::take(&mut self.half);
        if is_ascii {
            self.at += units as usize;
            return Cut { starts_in_pair, text: &self.text[start..self.at], ends_in_pair: false };
        }
        let mut left = units - u32::from(starts_in_pair);
        while left > 0 {
            let lead = self.text[self.at];
            let (bytes, width) = match lead {
                0..0x80 => (1, 1),
                0x80..0xe0 => (2, 1),
                0xe0..0xf0 => (3, 1),
                _ => (4, 2),
            };
            if width > left {
                let text = &self.text[start..self.at];
                self.at += bytes;
                self.half = true;
                return Cut { starts_in_pair, text, ends_in_pair: true };
            }
            self.at += bytes;
            left -= width;
        }
        Cut { starts_in_pair, text: &self.text[start..self.at], ends_in_pair: false }
    }
}

impl Cut<'_> {
    /// Appends it to a text.
    pub(crate) fn push_to(&self, text: &mut String) {
        if self.starts_in_pair {
            text.push(char::REPLACEMENT_CHARACTER);
        }
        // Cut between characters of what was checked.
        text.push_str(std::str::from_utf8(self.text).unwrap_or_default());
        if self.ends_in_pair {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }

    /// Writes it as a string.
    pub(in crate::log) fn write(&self, out: &mut Writer) {
        let replacement = "\u{fffd}".as_bytes();
        let halves = usize::from(self.starts_in_pair) + usize::from(self.ends_in_pair);
        out.var_uint((self.text.len() + halves * replacement.len()) as u64);
        if self.starts_in_pair {
            out.bytes(replacement);
        }
        out.bytes(self.text);
        if self.ends_in_pair {
            out.bytes(replacement);
        }
    }
}

//! A position in borrowed bytes, and the lib0 primitives read from there.
//!
//! Beside `wire::Reader` because it is stricter: integers must have their shortest form, so that
//! equal values are equal bytes.

use super::Refusal;
use crate::wire::VAR_UINT_MAX;

/// What has not been read yet.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// What was read since `start` was the rest.
    #[inline]
    pub(crate) fn since(&self, start: &'a [u8]) -> &'a [u8] {
        &start[..start.len() - self.rest.len()]
    }

    #[inline]
    pub(crate) fn byte(&mut self) -> Result<u8, Refusal> {
        let (&byte, rest) = self.rest.split_first().ok_or(Refusal::Truncated)?;
        self.rest = rest;
        Ok(byte)
    }

    /// A `varUint` in its shortest form, at most 2^53 - 1.
    #[inline]
    pub(crate) fn uint(&mut self) -> Result<u64, Refusal> {
        match *self.rest {
            [first, ref rest @ ..] if first < 0x80 => {
                self.rest = rest;
                Ok(u64::from(first))
            }
            [first, second, ref rest @ ..] if (1..0x80).contains(&second) => {
                self.rest = rest;
                Ok(u64::from(first & 0x7f) | u64::from(second) << 7)
            }
            [first, second, third, ref rest @ ..]
                if second >= 0x80 && (1..0x80).contains(&third) =>
            {
                self.rest = rest;
                let low = u64::from(first & 0x7f) | u64::from(second & 0x7f) << 7;
                Ok(low | u64::from(third) << 14)
            }
            _ => self.long_uint(),
        }
    }

    fn long_uint(&mut self) -> Result<u64, Refusal> {
        let mut value = 0;
        for (i, &byte) in self.rest.iter().enumerate().take(8) {
            value |= u64::from(byte & 0x7f) << (7 * i);
            if byte < 0x80 {
                self.rest = &self.rest[i + 1..];
                let shortest = (byte != 0 || i == 0) && value <= VAR_UINT_MAX;
                return if shortest { Ok(value) } else { Err(Refusal::Integer) };
            }
        }
        Err(if self.rest.len() < 8 { Refusal::Truncated } else { Refusal::Integer })
    }

    #[inline]
    pub(crate) fn take(&mut self, len: u64) -> Result<&'a [u8], Refusal> {
        let len = usize::try_from(len).map_err(|_| Refusal::Truncated)?;
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(Refusal::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let (array, rest) = self.rest.split_first_chunk().ok_or(Refusal::Truncated)?;
        self.rest = rest;
        Ok(*array)
    }

    #[inline]
    pub(crate) fn var_bytes(&mut self) -> Result<&'a [u8], Refusal> {
        let len = self.uint()?;
        self.take(len)
    }

    pub(crate) fn string(&mut self) -> Result<&'a str, Refusal> {
        std::str::from_utf8(self.var_bytes()?).map_err(|_| Refusal::Utf8)
    }
}

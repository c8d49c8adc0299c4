//! Reading columns: runs of numbers, of differences and of bytes, and strings that lie in one.
//!
//! A run may announce any number of values in a few bytes. Nothing is reserved for them: each is
//! handed out when somebody asks for it, and a column must end with the update.

use super::super::Refusal;
use super::super::decode::{CLOCK_MAX, utf16_len};
use super::super::merge::text::{Cut, Cutter};
use super::super::reader::Reader;
use crate::wire::VAR_UINT_MAX;

/// Numbers; a negative one stands for a run (lib0 `UintOptRleDecoder`).
pub(super) struct Numbers<'a> {
    reader: Reader<'a>,
    value: u64,
    left: u64,
}

impl<'a> Numbers<'a> {
    pub(super) const fn new(column: &'a [u8]) -> Self {
        Self { reader: Reader::new(column), value: 0, left: 0 }
    }

    pub(super) fn next(&mut self) -> Result<u64, Refusal> {
        if self.left == 0 {
            let (is_run, value) = var_int(&mut self.reader)?;
            self.value = value;
            self.left = if is_run { self.reader.uint()? + 2 } else { 1 };
        }
        self.left -= 1;
        Ok(self.value)
    }

    pub(super) const fn is_spent(&self) -> bool {
        self.left == 0 && self.reader.rest().is_empty()
    }
}

/// Clocks as differences to the one before; an odd number stands for a run of one difference (lib0
/// `IntDiffOptRleDecoder`).
pub(super) struct Clocks<'a> {
    reader: Reader<'a>,
    value: i64,
    difference: i64,
    left: u64,
}

impl<'a> Clocks<'a> {
    pub(super) const fn new(column: &'a [u8]) -> Self {
        Self { reader: Reader::new(column), value: 0, difference: 0, left: 0 }
    }

    pub(super) fn next(&mut self) -> Result<u32, Refusal> {
        if self.left == 0 {
            let (is_negative, magnitude) = var_int(&mut self.reader)?;
            let magnitude = i32::try_from(magnitude).map_err(|_| Refusal::Integer)?;
            let encoded = i64::from(if is_negative { -magnitude } else { magnitude });
            self.difference = encoded >> 1;
            self.left = if encoded & 1 == 1 { self.reader.uint()? + 2 } else { 1 };
        }
        self.left -= 1;
        self.value += self.difference;
        match u32::try_from(self.value) {
            Ok(clock) if u64::from(clock) <= CLOCK_MAX => Ok(clock),
            _ => Err(Refusal::Integer),
        }
    }

    pub(super) const fn is_spent(&self) -> bool {
        self.left == 0 && self.reader.rest().is_empty()
    }
}

/// Bytes, each with how often it comes again; the last one as often as it is asked for (lib0
/// `RleDecoder`).
pub(super) struct ByteRuns<'a> {
    reader: Reader<'a>,
    byte: u8,
    /// `None`: for ever.
    left: Option<u64>,
}

impl<'a> ByteRuns<'a> {
    pub(super) const fn new(column: &'a [u8]) -> Self {
        Self { reader: Reader::new(column), byte: 0, left: Some(0) }
    }

    pub(super) fn next(&mut self) -> Result<u8, Refusal> {
        if self.left == Some(0) {
            self.byte = self.reader.byte()?;
            let is_last = self.reader.rest().is_empty();
            self.left = if is_last { None } else { Some(self.reader.uint()? + 1) };
        }
        self.left = self.left.map(|left| left - 1);
        Ok(self.byte)
    }

    pub(super) const fn is_spent(&self) -> bool {
        matches!(self.left, None | Some(0)) && self.reader.rest().is_empty()
    }
}

/// Strings that lie in one, and a column of their lengths in UTF-16 units (lib0 `StringDecoder`).
pub(super) struct Strings<'a> {
    cutter: Cutter<'a>,
    is_ascii: bool,
    units_left: u64,
    lengths: Numbers<'a>,
}

impl<'a> Strings<'a> {
    pub(super) fn new(column: &'a [u8]) -> Result<Self, Refusal> {
        let mut reader = Reader::new(column);
        let text = reader.string()?;
        Ok(Self {
            cutter: Cutter::new(text.as_bytes()),
            is_ascii: text.is_ascii(),
            units_left: utf16_len(text),
            lengths: Numbers::new(reader.rest()),
        })
    }

    pub(super) fn next(&mut self) -> Result<Cut<'a>, Refusal> {
        let units = self.lengths.next()?;
        self.units_left = self.units_left.checked_sub(units).ok_or(Refusal::Truncated)?;
        let units = u32::try_from(units).map_err(|_| Refusal::Integer)?;
        Ok(self.cutter.take(units, self.is_ascii))
    }

    pub(super) const fn is_spent(&self) -> bool {
        self.units_left == 0 && self.lengths.is_spent()
    }
}

/// lib0 `varInt` in its shortest form: whether it has a minus, which a zero may have too, and its
/// magnitude, at most 2^53 - 1.
pub(super) fn var_int(reader: &mut Reader<'_>) -> Result<(bool, u64), Refusal> {
    let first = reader.byte()?;
    let mut magnitude = u64::from(first & 0x3f);
    let (mut byte, mut shift) = (first, 6);
    while byte >= 0x80 {
        byte = reader.byte()?;
        if byte == 0 || shift > 48 {
            return Err(Refusal::Integer);
        }
        magnitude |= u64::from(byte & 0x7f) << shift;
        shift += 7;
    }
    if magnitude > VAR_UINT_MAX {
        return Err(Refusal::Integer);
    }
    Ok((first & 0x40 != 0, magnitude))
}

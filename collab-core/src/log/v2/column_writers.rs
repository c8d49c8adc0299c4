//! Writing columns, byte for byte as lib0 does; see [`super::column_readers`] for what they are.

use super::super::decode::utf16_len;
use crate::wire::Writer;

/// Numbers, by runs (lib0 `UintOptRleEncoder`).
#[derive(Default)]
pub(super) struct Numbers {
    column: Writer,
    value: u64,
    count: u64,
}

impl Numbers {
    pub(super) fn push(&mut self, value: u64) {
        if self.value != value {
            self.flush();
            (self.value, self.count) = (value, 0);
        }
        self.count += 1;
    }

    fn flush(&mut self) {
        if self.count > 0 {
            write_var_int(&mut self.column, self.count > 1, self.value);
            write_rest_of_run(&mut self.column, self.count);
        }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.flush();
        self.column.into_vec()
    }
}

/// Clocks, by runs of differences (lib0 `IntDiffOptRleEncoder`).
#[derive(Default)]
pub(super) struct Clocks {
    column: Writer,
    value: u32,
    difference: i64,
    count: u64,
    is_too_far: bool,
}

impl Clocks {
    pub(super) fn push(&mut self, value: u32) {
        let difference = i64::from(value) - i64::from(self.value);
        self.value = value;
        if self.difference != difference {
            self.flush();
            (self.difference, self.count) = (difference, 0);
            // yrs 0.28.1 reads the difference and the bit beside it as 32 bits.
            self.is_too_far |= !(-(1 << 30)..1 << 30).contains(&difference);
        }
        self.count += 1;
    }

    fn flush(&mut self) {
        if self.count > 0 {
            let encoded = self.difference * 2 + i64::from(self.count > 1);
            write_var_int(&mut self.column, encoded < 0, encoded.unsigned_abs());
            write_rest_of_run(&mut self.column, self.count);
        }
    }

    /// `None` if two clocks were too far from each other for some reader.
    pub(super) fn finish(mut self) -> Option<Vec<u8>> {
        self.flush();
        (!self.is_too_far).then(|| self.column.into_vec())
    }
}

/// Bytes, each with how often it comes again (lib0 `RleEncoder`).
#[derive(Default)]
pub(super) struct ByteRuns {
    column: Writer,
    byte: u8,
    count: u64,
}

impl ByteRuns {
    pub(super) fn push(&mut self, byte: u8) {
        if self.count == 0 || self.byte != byte {
            if self.count > 0 {
                self.column.var_uint(self.count - 1);
            }
            self.column.bytes(&[byte]);
            (self.byte, self.count) = (byte, 0);
        }
        self.count += 1;
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.column.into_vec()
    }
}

/// Strings as one, and their lengths in UTF-16 units (lib0 `StringEncoder`).
#[derive(Default)]
pub(super) struct Strings {
    text: Writer,
    lengths: Numbers,
}

impl Strings {
    pub(super) fn push(&mut self, text: &str) {
        self.text.bytes(text.as_bytes());
        self.lengths.push(utf16_len(text));
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let mut column = Writer::with_capacity(self.text.len() + 16);
        column.var_bytes(self.text.as_slice());
        column.bytes(&self.lengths.finish());
        column.into_vec()
    }
}

/// How often a run's value comes after the second time.
fn write_rest_of_run(column: &mut Writer, count: u64) {
    if count > 1 {
        column.var_uint(count - 2);
    }
}

/// lib0 `varInt`: a minus may stand before a zero, too.
pub(super) fn write_var_int(column: &mut Writer, is_negative: bool, magnitude: u64) {
    let more = if magnitude > 0x3f { 0x80 } else { 0 };
    let minus = if is_negative { 0x40 } else { 0 };
    column.bytes(&[more | minus | (magnitude & 0x3f) as u8]);
    if magnitude > 0x3f {
        // Behind the first byte it goes on like any other number.
        column.var_uint(magnitude >> 6);
    }
}

//! Values of lib0's `any`, as much of it as units are made of: read without copying, and written.

use super::UnitId;
use crate::log::{Reader, Refusal, skip_any};
use crate::wire::{VAR_UINT_MAX, Writer};

/// Tags of lib0's `any` (lib0 `encoding.js`, `writeAny`).
pub(super) mod tag {
    pub(in crate::chat::unit) const INTEGER: u8 = 125;
    pub(in crate::chat::unit) const FLOAT_32: u8 = 124;
    pub(in crate::chat::unit) const FLOAT_64: u8 = 123;
    pub(in crate::chat::unit) const BIG_INT: u8 = 122;
    pub(in crate::chat::unit) const FALSE: u8 = 121;
    pub(in crate::chat::unit) const TRUE: u8 = 120;
    pub(in crate::chat::unit) const STRING: u8 = 119;
    pub(in crate::chat::unit) const OBJECT: u8 = 118;
    pub(in crate::chat::unit) const ARRAY: u8 = 117;
}

/// As much of a value as units are made of.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Number(u64),
    Flag(bool),
    /// Two or three numbers.
    Id([u64; 3], usize),
    Other,
}

impl<'a> Value<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, Refusal> {
        match reader.rest().first() {
            Some(&tag::STRING) => {
                reader.byte()?;
                Ok(Value::Text(reader.string()?))
            }
            Some(&(tag::TRUE | tag::FALSE)) => Ok(Value::Flag(reader.byte()? == tag::TRUE)),
            Some(&tag::ARRAY) => Self::read_array(reader),
            _ => Ok(read_number(reader)?.map_or(Value::Other, Value::Number)),
        }
    }

    fn read_array(reader: &mut Reader<'a>) -> Result<Self, Refusal> {
        let mut numbers = [0; 3];
        let mut ahead = Reader::new(reader.rest());
        skip_any(reader)?;
        ahead.byte()?;
        let count = ahead.uint()?;
        if !(2..=3).contains(&count) {
            return Ok(Value::Other);
        }
        for number in numbers.iter_mut().take(count as usize) {
            let Some(read) = read_number(&mut ahead)? else { return Ok(Value::Other) };
            *number = read;
        }
        Ok(Value::Id(numbers, count as usize))
    }
}

/// Reads any value; a number if it is a whole one that is not negative. JavaScript writes those beyond
/// 2^31 as floats, yrs as integers.
fn read_number(reader: &mut Reader<'_>) -> Result<Option<u64>, Refusal> {
    let start = reader.rest();
    skip_any(reader)?;
    let (tag, raw) = reader.since(start).split_first().ok_or(Refusal::Truncated)?;
    let number = match (*tag, raw) {
        (tag::INTEGER, raw) => small_int(raw),
        (tag::FLOAT_32, &[a, b, c, d]) => whole(f64::from(f32::from_be_bytes([a, b, c, d]))),
        (tag::FLOAT_64, raw) => raw.try_into().ok().map(f64::from_be_bytes).and_then(whole),
        (tag::BIG_INT, raw) => raw.try_into().ok().map(u64::from_be_bytes),
        _ => None,
    };
    Ok(number.filter(|&number| number <= VAR_UINT_MAX))
}

/// A checked `varInt` that is not negative: six bits and the sign, then seven each.
fn small_int(raw: &[u8]) -> Option<u64> {
    let (&first, rest) = raw.split_first()?;
    let low = u64::from(first & 0x3f);
    let add = |sum, (i, &byte): (usize, &u8)| sum | u64::from(byte & 0x7f) << (6 + 7 * i);
    (first & 0x40 == 0).then(|| rest.iter().enumerate().fold(low, add))
}

#[allow(clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "bounds come first")]
fn whole(float: f64) -> Option<u64> {
    let fits = (0.0..=VAR_UINT_MAX as f64).contains(&float) && float.fract() == 0.0;
    fits.then_some(float as u64)
}

/// An object being written.
#[derive(Default)]
pub(super) struct Object {
    fields: Writer,
    count: u64,
}

impl Object {
    fn key(&mut self, key: &str, tag: u8) {
        self.count += 1;
        self.fields.var_string(key);
        self.fields.bytes(&[tag]);
    }

    pub(super) fn text(&mut self, key: &str, text: &str) -> &mut Self {
        self.key(key, tag::STRING);
        self.fields.var_string(text);
        self
    }

    pub(super) fn number(&mut self, key: &str, number: u64) -> &mut Self {
        self.key(key, tag::INTEGER);
        write_int(number, &mut self.fields);
        self
    }

    pub(super) fn flag(&mut self, key: &str, flag: bool) -> &mut Self {
        self.key(key, if flag { tag::TRUE } else { tag::FALSE });
        self
    }

    pub(super) fn id(&mut self, key: &str, id: UnitId, segment: Option<u32>) -> &mut Self {
        self.key(key, tag::ARRAY);
        self.fields.var_uint(2 + u64::from(segment.is_some()));
        let numbers = [Some(id.client), Some(id.clock.into()), segment.map(u64::from)];
        for number in numbers.into_iter().flatten() {
            self.fields.bytes(&[tag::INTEGER]);
            write_int(number, &mut self.fields);
        }
        self
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let mut object = Writer::with_capacity(self.fields.len() + 2);
        object.bytes(&[tag::OBJECT]);
        object.var_uint(self.count);
        object.bytes(self.fields.as_slice());
        object.into_vec()
    }
}

/// A `varInt` that is not negative.
fn write_int(number: u64, writer: &mut Writer) {
    if number < 0x40 {
        writer.bytes(&[number as u8]);
    } else {
        writer.bytes(&[(number & 0x3f) as u8 | 0x80]);
        writer.var_uint(number >> 6);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_javascript_and_yrs_write_them() {
        use yrs::encoding::write::Write;
        let mut number = vec![tag::FLOAT_64];
        number.extend(1_700_000_000_123_f64.to_be_bytes());
        assert_eq!(read_number(&mut Reader::new(&number)), Ok(Some(1_700_000_000_123)));
        for value in [0, 1, 63, 64, 8191, 1 << 31, VAR_UINT_MAX] {
            let mut ours = Writer::default();
            write_int(value, &mut ours);
            let mut theirs = Vec::new();
            theirs.write_var(value.cast_signed());
            assert_eq!(ours.as_slice(), theirs);
            assert_eq!(small_int(&theirs), Some(value));
        }
        for float in [-1.0, 0.5, f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(whole(float), None);
        }
    }
}

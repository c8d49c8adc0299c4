//! One unit of a chat: a lib0 `any` object, read and written (PROTOCOL section 7).
//!
//! Shared by the relay, which refuses what cannot be read here, and by clients, which do not show
//! it. Nothing is copied: texts borrow from the update.

use crate::log::{Reader, Refusal, skip_any};
use crate::wire::{VAR_UINT_MAX, Writer};

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

/// Tags of lib0's `any` (lib0 `encoding.js`, `writeAny`).
mod tag {
    pub(super) const INTEGER: u8 = 125;
    pub(super) const FLOAT_32: u8 = 124;
    pub(super) const FLOAT_64: u8 = 123;
    pub(super) const BIG_INT: u8 = 122;
    pub(super) const FALSE: u8 = 121;
    pub(super) const TRUE: u8 = 120;
    pub(super) const STRING: u8 = 119;
    pub(super) const OBJECT: u8 = 118;
    pub(super) const ARRAY: u8 = 117;
}

/// As much of a value as units are made of.
#[derive(Clone, Copy)]
enum Value<'a> {
    Text(&'a str),
    Number(u64),
    Flag(bool),
    /// Two or three numbers.
    Id([u64; 3], usize),
    Other,
}

impl<'a> Value<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Refusal> {
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

/// The fields that any kind of unit has.
#[derive(Default)]
struct Fields<'a> {
    values: [Option<Value<'a>>; KEYS.len()],
}

const KEYS: [&str; 9] = ["t", "user", "name", "at", "text", "re", "of", "with", "on"];

impl<'a> Fields<'a> {
    fn put(&mut self, key: &str, value: Value<'a>) -> Result<(), UnitError> {
        let Some(place) = KEYS.iter().position(|known| *known == key) else { return Ok(()) };
        // Which of two counts, readers would not agree on.
        match self.values[place].replace(value) {
            None => Ok(()),
            Some(_) => Err(UnitError::Field(KEYS[place])),
        }
    }

    fn get(&self, key: &str) -> Option<Value<'a>> {
        self.values[KEYS.iter().position(|known| *known == key)?]
    }

    fn text(&self, key: &'static str) -> Result<&'a str, UnitError> {
        if let Some(Value::Text(text)) = self.get(key) {
            Ok(text)
        } else {
            Err(UnitError::Field(key))
        }
    }

    fn at(&self) -> Result<u64, UnitError> {
        if let Some(Value::Number(at)) = self.get("at") {
            Ok(at)
        } else {
            Err(UnitError::Field("at"))
        }
    }

    fn of(&self) -> Result<UnitId, UnitError> {
        match self.get("of") {
            Some(Value::Id(numbers, 2)) => id(numbers).ok_or(UnitError::Field("of")),
            _ => Err(UnitError::Field("of")),
        }
    }

    fn re(&self) -> Result<Option<Re>, UnitError> {
        let wrong = UnitError::Field("re");
        let Some(value) = self.get("re") else { return Ok(None) };
        let Value::Id(numbers, len) = value else { return Err(wrong) };
        let segment = u32::try_from(numbers[2]).map_err(|_| wrong)?;
        let of = id(numbers).ok_or(wrong)?;
        Ok(Some(Re { of, segment: (len == 3).then_some(segment) }))
    }

    fn unit(&self) -> Result<Unit<'a>, UnitError> {
        Ok(match self.text("t")? {
            "iam" => Unit::Iam { user: self.text("user")?, name: self.text("name")? },
            "msg" => Unit::Message { at: self.at()?, text: self.text("text")?, re: self.re()? },
            "edit" => Unit::Edit { at: self.at()?, of: self.of()?, text: self.text("text")? },
            "react" => {
                let Some(Value::Flag(on)) = self.get("on") else {
                    return Err(UnitError::Field("on"));
                };
                Unit::React { at: self.at()?, of: self.of()?, with: self.text("with")?, on }
            }
            _ => Unit::Unknown,
        })
    }
}

fn id([client, clock, _]: [u64; 3]) -> Option<UnitId> {
    Some(UnitId { client, clock: u32::try_from(clock).ok()? })
}

/// An object being written.
#[derive(Default)]
struct Object {
    fields: Writer,
    count: u64,
}

impl Object {
    fn key(&mut self, key: &str, tag: u8) {
        self.count += 1;
        self.fields.var_string(key);
        self.fields.bytes(&[tag]);
    }

    fn text(&mut self, key: &str, text: &str) -> &mut Self {
        self.key(key, tag::STRING);
        self.fields.var_string(text);
        self
    }

    fn number(&mut self, key: &str, number: u64) -> &mut Self {
        self.key(key, tag::INTEGER);
        write_int(number, &mut self.fields);
        self
    }

    fn flag(&mut self, key: &str, flag: bool) -> &mut Self {
        self.key(key, if flag { tag::TRUE } else { tag::FALSE });
        self
    }

    fn id(&mut self, key: &str, id: UnitId, segment: Option<u32>) -> &mut Self {
        self.key(key, tag::ARRAY);
        self.fields.var_uint(2 + u64::from(segment.is_some()));
        let numbers = [Some(id.client), Some(id.clock.into()), segment.map(u64::from)];
        for number in numbers.into_iter().flatten() {
            self.fields.bytes(&[tag::INTEGER]);
            write_int(number, &mut self.fields);
        }
        self
    }

    fn finish(self) -> Vec<u8> {
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

//! Values of maps: lib0's `any`, to and from JSON (lib0 `encoding.js`, `writeAny`).

use serde_json::{Map, Number, Value};

use crate::log::{Reader, Refusal};
use crate::wire::Writer;

mod tag {
    pub(super) const NULL: u8 = 126;
    pub(super) const INTEGER: u8 = 125;
    pub(super) const FLOAT_32: u8 = 124;
    pub(super) const FLOAT_64: u8 = 123;
    pub(super) const BIG_INTEGER: u8 = 122;
    pub(super) const FALSE: u8 = 121;
    pub(super) const TRUE: u8 = 120;
    pub(super) const STRING: u8 = 119;
    pub(super) const OBJECT: u8 = 118;
    pub(super) const ARRAY: u8 = 117;
}

/// Beyond, JavaScript writes whole numbers as floats.
const INTEGER_MAX: f64 = 2_147_483_647.0;

/// Below, floats hold every whole number.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// Reads a value that was checked. `None` for what JSON cannot say: undefined, bytes, NaN.
pub(super) fn read(bytes: &[u8]) -> Option<Value> {
    value(&mut Reader::new(bytes)).ok()?
}

/// Writes a value.
pub(super) fn write(value: &Value) -> Vec<u8> {
    let mut writer = Writer::with_capacity(16);
    write_value(value, &mut writer);
    writer.into_vec()
}

/// Recurses as deep as the check lets values nest.
fn value(reader: &mut Reader<'_>) -> Result<Option<Value>, Refusal> {
    Ok(Some(match reader.byte()? {
        tag::NULL => Value::Null,
        tag::TRUE => Value::Bool(true),
        tag::FALSE => Value::Bool(false),
        tag::STRING => Value::String(reader.string()?.to_owned()),
        tag::INTEGER => Value::from(integer(reader)?),
        tag::BIG_INTEGER => Value::from(i64::from_be_bytes(reader.array()?)),
        tag::FLOAT_32 => return Ok(number(f32::from_be_bytes(reader.array()?).into())),
        tag::FLOAT_64 => return Ok(number(f64::from_be_bytes(reader.array()?))),
        tag::ARRAY => return array(reader),
        tag::OBJECT => return object(reader),
        _ => return Ok(None),
    }))
}

fn array(reader: &mut Reader<'_>) -> Result<Option<Value>, Refusal> {
    let mut items = Vec::new();
    for _ in 0..reader.uint()? {
        let Some(item) = value(reader)? else { return Ok(None) };
        items.push(item);
    }
    Ok(Some(Value::Array(items)))
}

fn object(reader: &mut Reader<'_>) -> Result<Option<Value>, Refusal> {
    let mut fields = Map::new();
    for _ in 0..reader.uint()? {
        let key = reader.string()?.to_owned();
        let Some(field) = value(reader)? else { return Ok(None) };
        fields.insert(key, field);
    }
    Ok(Some(Value::Object(fields)))
}

/// lib0 `varInt`: six bits and a sign in the first byte, seven in the others.
fn integer(reader: &mut Reader<'_>) -> Result<i64, Refusal> {
    let mut byte = reader.byte()?;
    let is_negative = byte & 0x40 != 0;
    let (mut value, mut shift) = (i64::from(byte & 0x3f), 6);
    while byte >= 0x80 {
        byte = reader.byte()?;
        value |= i64::from(byte & 0x7f) << shift.min(56);
        shift += 7;
    }
    Ok(if is_negative { -value } else { value })
}

#[allow(clippy::cast_possible_truncation, reason = "it is whole and small")]
fn number(float: f64) -> Option<Value> {
    if float.fract() == 0.0 && float.abs() < WHOLE_MAX {
        return Some(Value::from(float as i64));
    }
    Number::from_f64(float).map(Value::Number)
}

fn write_value(value: &Value, writer: &mut Writer) {
    match value {
        Value::Null => writer.bytes(&[tag::NULL]),
        Value::Bool(value) => writer.bytes(&[if *value { tag::TRUE } else { tag::FALSE }]),
        Value::Number(number) => write_number(number.as_f64().unwrap_or(0.0), writer),
        Value::String(text) => {
            writer.bytes(&[tag::STRING]);
            writer.var_string(text);
        }
        Value::Array(items) => {
            writer.bytes(&[tag::ARRAY]);
            writer.var_uint(items.len() as u64);
            for item in items {
                write_value(item, writer);
            }
        }
        Value::Object(fields) => {
            writer.bytes(&[tag::OBJECT]);
            writer.var_uint(fields.len() as u64);
            for (key, field) in fields {
                writer.var_string(key);
                write_value(field, writer);
            }
        }
    }
}

#[allow(clippy::cast_sign_loss, clippy::float_cmp, reason = "the sign is written apart")]
fn write_number(number: f64, writer: &mut Writer) {
    if number.fract() == 0.0 && number.abs() <= INTEGER_MAX {
        let (sign, size) = (if number < 0.0 { 0x40 } else { 0 }, number.abs() as u64);
        let more = if size > 0x3f { 0x80 } else { 0 };
        writer.bytes(&[tag::INTEGER, more | sign | (size & 0x3f) as u8]);
        if more > 0 {
            writer.var_uint(size >> 6);
        }
    } else if f64::from(number as f32) == number {
        writer.bytes(&[tag::FLOAT_32]);
        writer.bytes(&(number as f32).to_be_bytes());
    } else {
        writer.bytes(&[tag::FLOAT_64]);
        writer.bytes(&number.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use yrs::updates::decoder::{Decoder, DecoderV1};
    use yrs::updates::encoder::{Encoder, EncoderV1};

    use super::*;

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            (-(1i64 << 53) + 1..1i64 << 53).prop_map(Value::from),
            any::<f32>().prop_filter("JSON has no others", |n| n.is_finite()).prop_map(Value::from),
            any::<f64>().prop_filter("JSON has no others", |n| n.is_finite()).prop_map(Value::from),
            "\\PC{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{0,3}", inner, 0..5)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    /// JSON tells 1 from 1.0; nobody else does.
    fn floats(value: &Value) -> Value {
        match value {
            Value::Number(number) => Value::from(number.as_f64().unwrap()),
            Value::Array(items) => items.iter().map(floats).collect(),
            Value::Object(fields) => Value::Object(
                fields.iter().map(|(key, value)| (key.clone(), floats(value))).collect(),
            ),
            other => other.clone(),
        }
    }

    proptest! {
        #[test]
        fn values_come_back_and_yrs_reads_the_same(value in json()) {
            let bytes = write(&value);
            prop_assert_eq!(floats(&read(&bytes).unwrap()), floats(&value));
            let theirs = DecoderV1::from(&bytes[..]).read_any().unwrap();
            let mut encoder = EncoderV1::new();
            encoder.write_any(&theirs);
            prop_assert_eq!(floats(&read(&encoder.to_vec()).unwrap()), floats(&value));
        }
    }

    #[test]
    fn what_json_cannot_say_is_nothing() {
        for bytes in
            [&[127][..], &[116, 1, 0], &[123, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0], &[117, 1, 127]]
        {
            assert_eq!(read(bytes), None);
        }
        assert_eq!(read(&[125, 0x41]), Some(json!(-1)));
    }
}

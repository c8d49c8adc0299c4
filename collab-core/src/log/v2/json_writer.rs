//! JSON of lib0 values, as `JSON.stringify` writes it: formats and embeds are JSON in the first
//! encoding, values in the second.

use super::super::Refusal;
use super::super::reader::Reader;
use super::super::value::NESTING_MAX;
use super::column_readers::var_int;
use super::tag;

/// An array or object that is still open.
struct Open {
    /// Values still to come.
    left: u64,
    is_object: bool,
    is_empty: bool,
}

/// Reads a value. Refused is what JSON cannot say: binaries, big integers, `undefined` alone.
pub(super) fn json_of_value(reader: &mut Reader<'_>) -> Result<String, Refusal> {
    let mut json = String::new();
    let mut open: Vec<Open> = Vec::new();
    loop {
        match reader.byte()? {
            // Only in an array: see `next_place`.
            tag::UNDEFINED if !open.is_empty() => json.push_str("null"),
            tag::OBJECT => begin(true, reader, &mut open, &mut json)?,
            tag::ARRAY => begin(false, reader, &mut open, &mut json)?,
            scalar => write_scalar(scalar, reader, &mut json)?,
        }
        if !next_place(reader, &mut open, &mut json)? {
            return Ok(json);
        }
    }
}

fn begin(
    is_object: bool,
    reader: &mut Reader<'_>,
    open: &mut Vec<Open>,
    json: &mut String,
) -> Result<(), Refusal> {
    if open.len() == NESTING_MAX as usize {
        return Err(Refusal::Nesting);
    }
    json.push(if is_object { '{' } else { '[' });
    open.push(Open { left: reader.uint()?, is_object, is_empty: true });
    Ok(())
}

/// Writes all that stands before the next value; `false` if there is none.
fn next_place(
    reader: &mut Reader<'_>,
    open: &mut Vec<Open>,
    json: &mut String,
) -> Result<bool, Refusal> {
    while let Some(top) = open.last_mut() {
        if top.left == 0 {
            json.push(if top.is_object { '}' } else { ']' });
            open.pop();
            continue;
        }
        top.left -= 1;
        let key = if top.is_object { Some(reader.string()?) } else { None };
        if key.is_some() && reader.rest().first() == Some(&tag::UNDEFINED) {
            reader.byte()?;
            continue;
        }
        if !std::mem::replace(&mut top.is_empty, false) {
            json.push(',');
        }
        if let Some(key) = key {
            write_string(key, json);
            json.push(':');
        }
        return Ok(true);
    }
    Ok(false)
}

fn write_scalar(tag: u8, reader: &mut Reader<'_>, json: &mut String) -> Result<(), Refusal> {
    match tag {
        tag::NULL => json.push_str("null"),
        tag::TRUE => json.push_str("true"),
        tag::FALSE => json.push_str("false"),
        tag::STRING => write_string(reader.string()?, json),
        tag::INTEGER => {
            let (is_negative, magnitude) = var_int(reader)?;
            if is_negative && magnitude > 0 {
                json.push('-');
            }
            json.push_str(&magnitude.to_string());
        }
        tag::FLOAT32 => write_number(f32::from_be_bytes(reader.array()?).into(), json),
        tag::FLOAT64 => write_number(f64::from_be_bytes(reader.array()?), json),
        _ => return Err(Refusal::Json),
    }
    Ok(())
}

fn write_string(text: &str, json: &mut String) {
    // The same escapes as in JavaScript; a `str` is always written.
    json.push_str(&serde_json::Value::from(text).to_string());
}

/// `Number::toString` (ECMA-262, 6.1.6.1.20): the shortest digits that give the number back, with
/// an exponent from 10^21 and below 10^-6 on.
fn write_number(value: f64, json: &mut String) {
    if !value.is_finite() {
        json.push_str("null");
        return;
    }
    if value < 0.0 {
        json.push('-');
    }
    let scientific = format!("{:e}", value.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = mantissa.replace('.', "");
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let distance = exponent.unsigned_abs() as usize;
    let text = match exponent {
        _ if value == 0.0 => "0".to_owned(),
        0..=20 if distance < digits.len() - 1 => {
            let (whole, fraction) = digits.split_at(distance + 1);
            format!("{whole}.{fraction}")
        }
        0..=20 => format!("{digits:0<width$}", width = distance + 1),
        -6..=-1 => format!("0.{}{digits}", "0".repeat(distance - 1)),
        _ => format!("{mantissa}e{exponent:+}"),
    };
    json.push_str(&text);
}

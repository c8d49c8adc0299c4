//! lib0 values of JSON, as `JSON.parse` and lib0's `writeAny` make them: formats and embeds are
//! JSON in the first encoding, values in the second.
//!
//! The text passed the check, which is stricter than JSON; so this only takes it apart.

use std::collections::BTreeMap;

use super::super::Refusal;
use super::column_writers::write_var_int;
use super::tag;
use crate::wire::Writer;

/// An array or object that is still open: its values so far.
enum Open {
    Array { count: u64, values: Writer },
    Object { entries: Entries, key: String },
}

/// An object's values in the order in which JavaScript goes through them: numbers first, then as
/// they came. Of two with one key the later one counts, in the place of the first.
#[derive(Default)]
struct Entries {
    numbered: BTreeMap<u32, Vec<u8>>,
    places: BTreeMap<String, usize>,
    named: Vec<Vec<u8>>,
}

/// Writes the value that `json` says.
pub(super) fn value_of_json(json: &str, out: &mut Writer) -> Result<(), Refusal> {
    let mut rest = json.trim_ascii_start();
    let mut open: Vec<Open> = Vec::new();
    loop {
        let Some(&first) = rest.as_bytes().first() else { return Err(Refusal::Json) };
        let mut value = Writer::default();
        match first {
            b'{' | b'[' => {
                open.push(Open::new(first == b'{'));
                rest = &rest[1..];
            }
            b'}' | b']' => {
                rest = &rest[1..];
                open.pop().ok_or(Refusal::Json)?.write(&mut value);
            }
            b',' => rest = &rest[1..],
            _ => {
                let (token, behind) = rest.split_at(token_len(rest));
                rest = behind.trim_ascii_start();
                if let Some(behind) = rest.strip_prefix(':') {
                    let Some(Open::Object { key, .. }) = open.last_mut() else {
                        return Err(Refusal::Json);
                    };
                    *key = string(token)?;
                    rest = behind;
                } else {
                    write_scalar(token, &mut value)?;
                }
            }
        }
        rest = rest.trim_ascii_start();
        if value.len() == 0 {
            continue;
        }
        let Some(parent) = open.last_mut() else {
            out.bytes(value.as_slice());
            return Ok(());
        };
        parent.push(value.into_vec());
    }
}

impl Open {
    fn new(is_object: bool) -> Self {
        if is_object {
            Self::Object { entries: Entries::default(), key: String::new() }
        } else {
            Self::Array { count: 0, values: Writer::default() }
        }
    }

    fn push(&mut self, value: Vec<u8>) {
        match self {
            Self::Array { count, values } => {
                *count += 1;
                values.bytes(&value);
            }
            Self::Object { entries, key } => entries.insert(std::mem::take(key), value),
        }
    }

    fn write(self, out: &mut Writer) {
        match self {
            Self::Array { count, values } => {
                out.bytes(&[tag::ARRAY]);
                out.var_uint(count);
                out.bytes(values.as_slice());
            }
            Self::Object { entries, .. } => entries.write(out),
        }
    }
}

impl Entries {
    fn insert(&mut self, key: String, value: Vec<u8>) {
        // Array indexes (ECMA-262, 6.1.7): without a zero before them, below 2^32 - 1.
        let number = key.parse::<u32>().ok().filter(|&n| n < u32::MAX && n.to_string() == key);
        if let Some(number) = number {
            self.numbered.insert(number, value);
            return;
        }
        let place = *self.places.entry(key).or_insert(self.named.len());
        if place < self.named.len() {
            self.named[place] = value;
        } else {
            self.named.push(value);
        }
    }

    fn write(self, out: &mut Writer) {
        out.bytes(&[tag::OBJECT]);
        out.var_uint((self.numbered.len() + self.named.len()) as u64);
        for (number, value) in self.numbered {
            out.var_string(&number.to_string());
            out.bytes(&value);
        }
        let mut keys: Vec<(usize, String)> =
            self.places.into_iter().map(|(key, place)| (place, key)).collect();
        crate::sorting::sort_unstable(&mut keys);
        for ((_, key), value) in keys.into_iter().zip(self.named) {
            out.var_string(&key);
            out.bytes(&value);
        }
    }
}

/// Where a string, a number or a word ends.
fn token_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    if bytes[0] != b'"' {
        let is_end =
            |byte: &u8| matches!(byte, b',' | b']' | b'}' | b':' | b' ' | b'\n' | b'\r' | b'\t');
        return bytes.iter().position(is_end).unwrap_or(bytes.len());
    }
    let mut is_escaped = false;
    let end = bytes[1..].iter().position(|&byte| {
        let is_quote = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_quote
    });
    end.map_or(bytes.len(), |end| end + 2)
}

fn string(token: &str) -> Result<String, Refusal> {
    serde_json::from_str(token).map_err(|_| Refusal::Json)
}

fn write_scalar(token: &str, out: &mut Writer) -> Result<(), Refusal> {
    match token {
        "null" => out.bytes(&[tag::NULL]),
        "true" => out.bytes(&[tag::TRUE]),
        "false" => out.bytes(&[tag::FALSE]),
        _ if token.starts_with('"') => {
            out.bytes(&[tag::STRING]);
            out.var_string(&string(token)?);
        }
        _ => write_number(token.parse().map_err(|_| Refusal::Json)?, out),
    }
    Ok(())
}

/// As an integer, or in four bytes, where nothing is lost by it.
#[allow(clippy::float_cmp, reason = "exact, as in lib0")]
fn write_number(number: f64, out: &mut Writer) {
    let (integer, short) = (number as i32, number as f32);
    // -2^31 has no place among lib0's integers.
    if f64::from(integer) == number && integer != i32::MIN {
        out.bytes(&[tag::INTEGER]);
        write_var_int(out, number.is_sign_negative(), integer.unsigned_abs().into());
    } else if f64::from(short) == number {
        out.bytes(&[tag::FLOAT32]);
        out.bytes(&short.to_be_bytes());
    } else {
        out.bytes(&[tag::FLOAT64]);
        out.bytes(&number.to_be_bytes());
    }
}

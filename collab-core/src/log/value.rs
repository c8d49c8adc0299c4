//! Checks of the values inside structs: lib0's `any`, and JSON in formats and embeds.

use super::Refusal;
use super::reader::Reader;

/// Levels of arrays and objects in one value, and of types in each other (PROTOCOL section 5,
/// `nesting_max`). Readers recurse: lib0 values nested 10,000 deep overflow the stack of a thread
/// that decodes them with yrs 0.28.
pub(super) const NESTING_MAX: u32 = 64;

/// Reads one lib0 `any` (lib0 `encoding.js`, `writeAny`), without recursion.
pub(super) fn any(reader: &mut Reader<'_>) -> Result<(), Refusal> {
    // Per open container: values still to come, and whether a key stands before each.
    let mut open = [(0u64, false); NESTING_MAX as usize];
    let mut depth = 0;
    loop {
        let container = scalar_or_container(reader)?;
        if let Some(entries) = container {
            if depth == open.len() {
                return Err(Refusal::Nesting);
            }
            open[depth] = entries;
            depth += 1;
        }
        while depth > 0 && open[depth - 1].0 == 0 {
            depth -= 1;
        }
        let Some((left, keyed)) = depth.checked_sub(1).map(|top| &mut open[top]) else {
            return Ok(());
        };
        *left -= 1;
        if *keyed {
            reader.string()?;
        }
    }
}

/// Reads a tag and what follows it; for a container its number of values and whether they have keys.
fn scalar_or_container(reader: &mut Reader<'_>) -> Result<Option<(u64, bool)>, Refusal> {
    match reader.byte()? {
        120 | 121 | 126 | 127 => {}
        125 => var_int(reader)?,
        124 => drop(reader.take(4)?),
        123 | 122 => drop(reader.take(8)?),
        119 => drop(reader.string()?),
        118 => return counted(reader, 2).map(|count| Some((count, true))),
        117 => return counted(reader, 1).map(|count| Some((count, false))),
        116 => drop(reader.var_bytes()?),
        tag => return Err(Refusal::UnknownTag(tag)),
    }
    Ok(None)
}

/// A count that the remaining bytes can hold at `min` bytes each: readers reserve memory for it.
fn counted(reader: &mut Reader<'_>, min: u64) -> Result<u64, Refusal> {
    let count = reader.uint()?;
    if count > reader.rest().len() as u64 / min { Err(Refusal::Truncated) } else { Ok(count) }
}

/// lib0 `varInt`: six bits and a sign in the first byte, seven in the others; within +-(2^53 - 1).
fn var_int(reader: &mut Reader<'_>) -> Result<(), Refusal> {
    let mut byte = reader.byte()?;
    let mut value = u64::from(byte & 0x3f);
    let mut shift = 6;
    while byte >= 0x80 {
        byte = reader.byte()?;
        if shift > 48 {
            return Err(Refusal::Integer);
        }
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
    }
    if value <= crate::wire::VAR_UINT_MAX { Ok(()) } else { Err(Refusal::Integer) }
}

/// Accepts text that every reader parses as JSON: yrs by serde, yjs by `JSON.parse`.
pub(super) fn json(text: &str) -> Result<(), Refusal> {
    if matches!(text, "true" | "false" | "null" | "\"\"") {
        return Ok(());
    }
    if json_nesting(text) > NESTING_MAX {
        return Err(Refusal::Nesting);
    }
    // `Value` rather than `IgnoredAny`: the latter accepts lone surrogates and endless numbers,
    // which yrs does not.
    serde_json::from_str::<serde_json::Value>(text).map(drop).map_err(|_| Refusal::Json)
}

/// The deepest level of brackets outside strings.
fn json_nesting(text: &str) -> u32 {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0u32, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

//! Cutting a struct: what is left of it when its first units are known already.

use super::decode::{Id, Struct, content, info};
use super::reader::Reader;
use super::value;
use crate::wire::Writer;

/// Writes `block` without its first `offset` units (`offset < len`). What is left has the unit
/// before it as its origin and keeps its right origin, as yjs writes it (`Item.write`).
pub(super) fn write_from(block: &Struct<'_>, offset: u32, writer: &mut Writer) {
    if offset == 0 {
        writer.bytes(block.raw);
        return;
    }
    if matches!(block.info, content::GC | content::SKIP) {
        writer.bytes(&[block.info]);
        writer.var_uint(u64::from(block.len - offset));
        return;
    }
    writer.bytes(&[block.info | info::ORIGIN]);
    write_id(Id { client: block.id.client, clock: block.id.clock + offset - 1 }, writer);
    if let Some(right_origin) = block.right_origin {
        write_id(right_origin, writer);
    }
    write_content_from(block, offset, writer);
}

fn write_id(id: Id, writer: &mut Writer) {
    writer.var_uint(id.client);
    writer.var_uint(u64::from(id.clock));
}

/// Only deleted units, text and values are longer than one unit.
fn write_content_from(block: &Struct<'_>, offset: u32, writer: &mut Writer) {
    let mut reader = Reader::new(block.content);
    match block.kind() {
        content::STRING => {
            let (replacement, rest) = utf16_tail(reader.string().unwrap_or_default(), offset);
            writer.var_uint((replacement.len() + rest.len()) as u64);
            writer.bytes(replacement.as_bytes());
            writer.bytes(rest.as_bytes());
        }
        content::ANY => {
            // Values were checked when the struct was read, so neither of these fails.
            let _count = reader.uint();
            for _ in 0..offset {
                let _checked = value::any(&mut reader);
            }
            writer.var_uint(u64::from(block.len - offset));
            writer.bytes(reader.rest());
        }
        _ => writer.var_uint(u64::from(block.len - offset)),
    }
}

/// The text after `offset` UTF-16 units. A cut inside a surrogate pair leaves U+FFFD for the second
/// half, as JavaScript's encoder does.
fn utf16_tail(text: &str, offset: u32) -> (&'static str, &str) {
    if text.is_ascii() {
        return ("", &text[offset as usize..]);
    }
    let mut units = 0;
    for (at, character) in text.char_indices() {
        if units >= offset {
            return (if units > offset { "\u{fffd}" } else { "" }, &text[at..]);
        }
        units += character.len_utf16() as u32;
    }
    (if units > offset { "\u{fffd}" } else { "" }, "")
}

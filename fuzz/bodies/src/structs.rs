//! Updates that are well formed and refer to each other as no honest client's do: origins in other
//! types, right origins before left ones, parents that are no types, types in themselves.

use collab_core::log;
use collab_core::wire::Writer;

use crate::readers::{VIEWS, VIEWS_BUT_ARRAY, View, survive};
use crate::script::Script;
use crate::update::merges;

const CLIENTS: usize = 3;
/// Clocks that are referred to.
const CLOCKS: u32 = 12;
const UPDATES_MAX: usize = 4;
const STRUCTS_MAX: u32 = 12;

/// The claims of [`crate::update`], for several updates that are applied one after the other. Each
/// continues what its clients said before it, without gaps and overlaps: Yrs 0.28.1 does not survive
/// those (docs/fuzzing.md, "gaps and overlaps"), so nobody may be shown them.
pub fn run(bytes: &[u8]) {
    let (updates, view) = sequence(bytes);
    merges(&updates);
    survive(&updates, view);
}

/// The updates that an input stands for.
pub fn updates(bytes: &[u8]) -> Vec<Vec<u8>> {
    sequence(bytes).0
}

fn sequence(bytes: &[u8]) -> (Vec<Vec<u8>>, View) {
    let mut script = Script::new(bytes);
    // Yrs 0.28.1 never ends reading an array that holds such characters.
    let arrays = script.flip();
    let view = if arrays { script.pick(&VIEWS) } else { script.pick(&VIEWS_BUT_ARRAY) };
    let mut next = [0; CLIENTS];
    let mut updates = Vec::new();
    while !script.is_over() && updates.len() < UPDATES_MAX {
        let (update, after) = update(&mut script, next, arrays);
        if log::check(&update, usize::MAX).is_ok() {
            updates.push(update);
            next = after;
        }
    }
    (updates, view)
}

/// The next clock of each client, whose IDs count from 1.
type Clocks = [u32; CLIENTS];

fn update(script: &mut Script<'_>, mut next: Clocks, arrays: bool) -> (Vec<u8>, Clocks) {
    let mut writer = Writer::default();
    let sections = 1 + script.roll(CLIENTS as u32) as usize;
    writer.var_uint(sections as u64);
    for client in (1..=sections).rev() {
        let structs = 1 + script.roll(STRUCTS_MAX);
        writer.var_uint(u64::from(structs));
        writer.var_uint(client as u64);
        writer.var_uint(u64::from(next[client - 1]));
        for _ in 0..structs {
            next[client - 1] += write_struct(&mut writer, script, arrays);
        }
    }
    write_deletions(&mut writer, script);
    (writer.into_vec(), next)
}

/// Writes a struct and returns its length in clocks.
fn write_struct(writer: &mut Writer, script: &mut Script<'_>, arrays: bool) -> u32 {
    let kind = script.pick(&[4, 4, 4, 1, 7, 7, 8, 6, 5, 3, 0]);
    if kind == 0 {
        let len = 1 + script.roll(4);
        writer.bytes(&[kind, len as u8]);
        return len;
    }
    let neighbours = script.pick(&[0x80, 0xc0, 0x40, 0, 0, 0x20, 0xa0]);
    writer.bytes(&[kind | neighbours]);
    if neighbours & 0x80 != 0 {
        write_id(writer, script);
    }
    if neighbours & 0x40 != 0 {
        write_id(writer, script);
    }
    if neighbours & 0xc0 == 0 {
        write_parent(writer, script);
        if neighbours & 0x20 != 0 {
            writer.var_string(script.pick(&["k", "l"]));
        }
    }
    write_content(writer, script, (kind, arrays))
}

fn write_id(writer: &mut Writer, script: &mut Script<'_>) {
    writer.var_uint(u64::from(1 + script.roll(CLIENTS as u32)));
    writer.var_uint(u64::from(script.roll(CLOCKS)));
}

fn write_parent(writer: &mut Writer, script: &mut Script<'_>) {
    if script.flip() {
        writer.var_uint(1);
        writer.var_string(script.pick(&["main", "list"]));
    } else {
        writer.var_uint(0);
        write_id(writer, script);
    }
}

fn write_content(writer: &mut Writer, script: &mut Script<'_>, (kind, arrays): (u8, bool)) -> u32 {
    match kind {
        1 => {
            let len = 1 + script.roll(4);
            writer.var_uint(u64::from(len));
            return len;
        }
        3 => writer.var_bytes(&[1, 2]),
        4 => {
            let astral = script.pick(&["😀", "x😀y", "😀😀"]);
            let text = script.pick(&["a", "bc", "def", "é", "\u{fffd}", "xyzw", astral]);
            let text = if arrays && text == astral { "uv" } else { text };
            writer.var_string(text);
            return text.encode_utf16().count() as u32;
        }
        5 => writer.var_string("{\"e\":1}"),
        6 => {
            writer.var_string(script.pick(&["b", "i"]));
            writer.var_string(script.pick(&["true", "null"]));
        }
        7 => match script.pick(&[u64::from(!arrays), 1, 2, 3, 4, 6]) {
            3 => {
                writer.var_uint(3);
                writer.var_string("p");
            }
            shared => writer.var_uint(shared),
        },
        _ => {
            let values = 1 + script.roll(3);
            writer.var_uint(u64::from(values));
            for _ in 0..values {
                writer.bytes(&[125, script.byte() & 0x3f]);
            }
            return values;
        }
    }
    1
}

fn write_deletions(writer: &mut Writer, script: &mut Script<'_>) {
    let clients = script.roll(CLIENTS as u32);
    writer.var_uint(u64::from(clients));
    for client in (1..=clients).rev() {
        writer.var_uint(u64::from(client));
        let ranges = 1 + script.roll(3);
        writer.var_uint(u64::from(ranges));
        for _ in 0..ranges {
            writer.var_uint(u64::from(script.roll(CLOCKS)));
            writer.var_uint(u64::from(1 + script.roll(4)));
        }
    }
}

//! Writes updates struct by struct, knowing where each unit lies.

use std::collections::BTreeMap;

use collab_core::wire::Writer;

use crate::script::Script;

const CLIENTS: u32 = 3;
const STRUCTS_MAX: u32 = 10;

/// A unit of content: client and clock.
type Id = (u32, u32);

/// Where a unit lies: in a root (by number) or a type, perhaps below a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    parent: Result<usize, Id>,
    key: Option<usize>,
}

const KEYS: [&str; 2] = ["k", "l"];

/// Info bits of a struct (see the core's `log::decode`).
const ORIGIN: u8 = 0x80;
const RIGHT_ORIGIN: u8 = 0x40;
const KEY: u8 = 0x20;

/// One struct in so many says what a log must not take.
const HONESTY: u32 = 24;

/// Updates that are being written.
#[derive(Clone)]
pub(crate) struct Writing {
    /// Whether roots may be arrays. Then they hold no characters of two UTF-16 units: Yrs 0.28.1
    /// never ends reading an array that holds one, and a log cannot tell what a root is that holds text.
    arrays: bool,
    roots: [&'static str; 2],
    places: BTreeMap<Id, Place>,
    /// Units that are types.
    types: Vec<Id>,
    /// The next clock of each client.
    next: [u32; CLIENTS as usize],
}

impl Writing {
    pub(crate) fn new(arrays: bool, roots: [&'static str; 2]) -> Self {
        let (places, types) = (BTreeMap::new(), Vec::new());
        Self { arrays, roots, places, types, next: [0; CLIENTS as usize] }
    }

    /// An update that continues what each client said before.
    pub(crate) fn update(&mut self, script: &mut Script<'_>) -> Vec<u8> {
        let mut writer = Writer::default();
        let sections = 1 + script.roll(CLIENTS);
        writer.var_uint(u64::from(sections));
        for at in (0..sections as usize).rev() {
            let client = 1 + at as u32;
            let structs = 1 + script.roll(STRUCTS_MAX);
            writer.var_uint(u64::from(structs));
            writer.var_uint(u64::from(client));
            writer.var_uint(u64::from(self.next[at]));
            for _ in 0..structs {
                self.write_struct(&mut writer, script, at);
            }
        }
        Self::write_deletions(&mut writer, script);
        writer.into_vec()
    }

    fn write_struct(&mut self, writer: &mut Writer, script: &mut Script<'_>, at: usize) {
        let client = 1 + at as u32;
        let clock = self.next[at];
        let kind = script.pick(&[4, 4, 4, 1, 7, 7, 8, 6, 5, 3, 0]);
        if kind == 0 {
            let len = 1 + script.roll(4);
            writer.bytes(&[kind, len as u8]);
            self.next[at] += len;
            return;
        }
        let (place, has_key) = self.write_place(writer, script, kind);
        // One unit below a key, as clients write it; or else the bit of the key must be left out.
        let len = self.write_content(writer, script, (kind, !has_key), place);
        if kind == 7 {
            self.types.push((client, clock));
        }
        self.places.extend((clock..clock + len).map(|clock| ((client, clock), place)));
        self.next[at] += len;
    }

    /// Writes info byte and neighbours, or else the parent. Returns the place, and whether it was said
    /// that it lies below a key.
    fn write_place(&self, writer: &mut Writer, script: &mut Script<'_>, kind: u8) -> (Place, bool) {
        let neighbours = script.pick(&[ORIGIN, ORIGIN | RIGHT_ORIGIN, RIGHT_ORIGIN, 0, 0]);
        let left = self.unit(script).filter(|_| neighbours & ORIGIN != 0);
        let right = self.unit(script).filter(|_| neighbours & RIGHT_ORIGIN != 0);
        let anywhere = lies(script);
        let right = right.filter(|right| anywhere || left.is_none_or(|left| left.1 == right.1));
        let Some((_, place)) = left.or(right) else {
            let place = self.write_parent(writer, script, kind);
            return (place, place.key.is_some());
        };
        let bit = |present: bool, bit: u8| if present { bit } else { 0 };
        let has_key = place.key.is_some() && !lies(script);
        let key = bit(has_key, KEY);
        writer.bytes(&[kind
            | key
            | bit(left.is_some(), ORIGIN)
            | bit(right.is_some(), RIGHT_ORIGIN)]);
        for (id, _) in left.into_iter().chain(right) {
            write_id(writer, id);
        }
        (place, has_key)
    }

    fn write_parent(&self, writer: &mut Writer, script: &mut Script<'_>, kind: u8) -> Place {
        let key = script.flip().then(|| script.roll(2) as usize);
        writer.bytes(&[kind | if key.is_some() { KEY } else { 0 }]);
        let parent = if script.flip() && !self.types.is_empty() {
            let any = if lies(script) { self.unit(script) } else { None };
            let parent = any.map_or_else(|| script.pick(&self.types), |(id, _)| id);
            writer.var_uint(0);
            write_id(writer, parent);
            Err(parent)
        } else {
            let root = script.roll(2) as usize;
            writer.var_uint(1);
            writer.var_string(self.roots[root]);
            Ok(root)
        };
        if let Some(key) = key {
            writer.var_string(KEYS[key]);
        }
        Place { parent, key }
    }

    /// One of the units that exist.
    fn unit(&self, script: &mut Script<'_>) -> Option<(Id, Place)> {
        let at = script.roll(self.places.len() as u32) as usize;
        self.places.iter().nth(at).map(|(&id, &place)| (id, place))
    }

    /// Writes content and returns its length in clocks.
    fn write_content(
        &self,
        writer: &mut Writer,
        script: &mut Script<'_>,
        (kind, long): (u8, bool),
        place: Place,
    ) -> u32 {
        match kind {
            1 => {
                let len = if long { 1 + script.roll(4) } else { 1 };
                writer.var_uint(u64::from(len));
                return len;
            }
            3 => writer.var_bytes(&[1, 2]),
            4 if long => return self.write_text(writer, script, place),
            4 => writer.var_string("a"),
            5 => writer.var_string("{\"e\":1}"),
            6 => {
                writer.var_string(script.pick(&["b", "i"]));
                writer.var_string(script.pick(&["true", "null"]));
            }
            7 => write_type(writer, script),
            _ => {
                let values = if long { 1 + script.roll(3) } else { 1 };
                writer.var_uint(u64::from(values));
                for _ in 0..values {
                    writer.bytes(&[125, script.byte() & 0x3f]);
                }
                return values;
            }
        }
        1
    }

    fn write_text(&self, writer: &mut Writer, script: &mut Script<'_>, place: Place) -> u32 {
        let text = if self.arrays && place.parent.is_ok() {
            script.pick(&["a", "bc", "def", "é", "\u{fffd}", "xyzw"])
        } else {
            script.pick(&["a", "bc", "é", "😀", "x😀y", "😀😀"])
        };
        writer.var_string(text);
        text.encode_utf16().count() as u32
    }

    fn write_deletions(writer: &mut Writer, script: &mut Script<'_>) {
        let clients = script.roll(CLIENTS);
        writer.var_uint(u64::from(clients));
        for client in (1..=clients).rev() {
            writer.var_uint(u64::from(client));
            let ranges = 1 + script.roll(3);
            writer.var_uint(u64::from(ranges));
            for _ in 0..ranges {
                writer.var_uint(u64::from(script.roll(24)));
                writer.var_uint(u64::from(1 + script.roll(4)));
            }
        }
    }
}

fn write_type(writer: &mut Writer, script: &mut Script<'_>) {
    match script.pick(&[0, 1, 2, 3, 4, 6]) {
        3 => {
            writer.var_uint(3);
            writer.var_string("p");
        }
        shared => writer.var_uint(shared),
    }
}

/// Whether to say what no log takes.
fn lies(script: &mut Script<'_>) -> bool {
    script.roll(HONESTY) == 1
}

fn write_id(writer: &mut Writer, (client, clock): Id) {
    writer.var_uint(u64::from(client));
    writer.var_uint(u64::from(clock));
}

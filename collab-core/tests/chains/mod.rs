//! Updates of hostile types in types, struct by struct.

#![allow(dead_code, reason = "each test file uses a part of it")]

use collab_core::wire::Writer;

/// Client and clock.
pub(crate) type Unit = (u64, u32);

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Map,
    Value,
    /// A GC struct, which has no place.
    Gone,
}

#[derive(Clone, Copy)]
pub(crate) enum Place {
    Root,
    In(Unit),
    Behind(Unit),
}

/// Structs of one unit each, by `client` from `clock` on.
pub(crate) fn update(client: u64, clock: u32, structs: &[(Kind, Place)]) -> Vec<u8> {
    let mut writer = Writer::default();
    write_all(&mut writer, &[1, structs.len() as u64, client, u64::from(clock)]);
    for &(kind, place) in structs {
        write(&mut writer, kind, place);
    }
    writer.var_uint(0);
    writer.into_vec()
}

/// `len` types, the first at `place`, each of the others in the one before.
pub(crate) fn chain(client: u64, clock: u32, len: u32, place: Place) -> Vec<u8> {
    let inner = (1..len).map(|level| (Kind::Map, Place::In((client, clock + level - 1))));
    let structs: Vec<_> = std::iter::once((Kind::Map, place)).chain(inner).collect();
    update(client, clock, &structs)
}

/// An update that only deletes one unit.
pub(crate) fn deletion((client, clock): Unit) -> Vec<u8> {
    let mut writer = Writer::default();
    write_all(&mut writer, &[0, 1, client, 1, u64::from(clock), 1]);
    writer.into_vec()
}

fn write(writer: &mut Writer, kind: Kind, place: Place) {
    let info = match kind {
        Kind::Gone => return writer.bytes(&[0, 1]),
        Kind::Map => 7,
        Kind::Value => 8,
    };
    match place {
        Place::Root => {
            writer.bytes(&[info, 1]);
            writer.var_string("list");
        }
        Place::In((client, clock)) => {
            writer.bytes(&[info, 0]);
            write_all(writer, &[client, u64::from(clock)]);
        }
        Place::Behind((client, clock)) => {
            writer.bytes(&[info | 0x80]);
            write_all(writer, &[client, u64::from(clock)]);
        }
    }
    match kind {
        Kind::Map => writer.bytes(&[1]),
        _ => writer.bytes(&[1, 126]),
    }
}

fn write_all(writer: &mut Writer, numbers: &[u64]) {
    for &number in numbers {
        writer.var_uint(number);
    }
}

//! Updates of a chat, right and wrong, written by hand: nothing here stops anybody from lying.

#![allow(dead_code, reason = "each user has a part of it")]

/// A section of an update: client ID, first clock, structs.
pub(crate) type Section = (u64, u32, Vec<Vec<u8>>);

/// Units `clock..` of a client as one struct, as PROTOCOL section 7 wants it.
pub(crate) fn run(client: u64, clock: u32, units: &[Vec<u8>]) -> Vec<u8> {
    match clock.checked_sub(1) {
        None => [root("chat"), values(units)].concat(),
        Some(before) => [vec![0x88], id(client, before), values(units)].concat(),
    }
}

/// An update of one client that says just that.
pub(crate) fn says(client: u64, clock: u32, units: &[Vec<u8>]) -> Vec<u8> {
    update(&[(client, clock, vec![run(client, clock, units)])], &[])
}

/// An update that deletes: client, first clock, length.
pub(crate) fn deletes(ranges: &[(u64, u32, u32)]) -> Vec<u8> {
    update(&[], ranges)
}

/// Any update.
pub(crate) fn update(sections: &[Section], deleted: &[(u64, u32, u32)]) -> Vec<u8> {
    let mut bytes = uint(sections.len() as u64);
    for (client, clock, structs) in sections {
        bytes.extend([uint(structs.len() as u64), uint(*client), uint((*clock).into())].concat());
        bytes.extend(structs.concat());
    }
    bytes.extend(uint(deleted.len() as u64));
    for &(client, clock, len) in deleted {
        bytes.extend([uint(client), uint(1), uint(clock.into()), uint(len.into())].concat());
    }
    bytes
}

/// The head of a struct of values in a root type.
pub(crate) fn root(name: &str) -> Vec<u8> {
    [vec![8, 1, name.len() as u8], name.as_bytes().to_vec()].concat()
}

/// The content of a struct of values.
pub(crate) fn values(units: &[Vec<u8>]) -> Vec<u8> {
    [uint(units.len() as u64), units.concat()].concat()
}

pub(crate) fn id(client: u64, clock: u32) -> Vec<u8> {
    [uint(client), uint(clock.into())].concat()
}

pub(crate) fn uint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

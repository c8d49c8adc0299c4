//! Runs as v1 updates: the only shape that a chat's updates have.

use crate::log::{content, info};
use crate::wire::Writer;

use super::super::unit::ROOT_ARRAY;
use super::run::Run;

/// Units `start..end` of a client, to be written.
pub(super) struct Part<'a> {
    pub(super) client: u64,
    pub(super) run: &'a Run,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// One update of `parts` (none of them empty, clients in descending order as yjs writes them), and
/// of all deletions among the units below each part's end, if `deletions`.
pub(super) fn write_update(parts: &[Part<'_>], deletions: bool) -> Vec<u8> {
    let mut writer = Writer::with_capacity(256);
    let sections = || parts.iter().filter(|part| part.start < part.end);
    writer.var_uint(sections().count() as u64);
    for part in sections() {
        write_section(part, &mut writer);
    }
    let deleted: &[Part<'_>] = if deletions { parts } else { &[] };
    write_deletions(deleted, &mut writer);
    writer.into_vec()
}

/// What is deleted below each part's end, as a delete set.
pub(super) fn write_deletions(parts: &[Part<'_>], writer: &mut Writer) {
    let ranges = |part: &Part<'_>| {
        let deleted = part.run.stretches(0, part.end).filter(|&(_, _, deleted)| deleted);
        deleted.map(|(start, end, _)| (start, end)).collect::<Vec<_>>()
    };
    let clients = parts.iter().map(|part| (part.client, ranges(part)));
    let clients: Vec<_> = clients.filter(|(_, ranges)| !ranges.is_empty()).collect();
    write_ranges(&clients, writer);
}

/// A delete set: `varUint(clients) . (varUint(client) . varUint(ranges) . (start . length)*)*`.
pub(super) fn write_ranges(clients: &[(u64, Vec<(u32, u32)>)], writer: &mut Writer) {
    writer.var_uint(clients.len() as u64);
    for (client, ranges) in clients {
        writer.var_uint(*client);
        writer.var_uint(ranges.len() as u64);
        for &(start, end) in ranges {
            writer.var_uint(start.into());
            writer.var_uint((end - start).into());
        }
    }
}

fn write_section(part: &Part<'_>, writer: &mut Writer) {
    writer.var_uint(part.run.stretches(part.start, part.end).count() as u64);
    writer.var_uint(part.client);
    writer.var_uint(part.start.into());
    for (start, end, deleted) in part.run.stretches(part.start, part.end) {
        let kind = if deleted { content::DELETED } else { content::ANY };
        write_place(part.client, start, kind, writer);
        writer.var_uint((end - start).into());
        if !deleted {
            (start..end).for_each(|clock| writer.bytes(part.run.raw(clock)));
        }
    }
}

/// Info byte, and the unit before it; the first one has the root array instead.
fn write_place(client: u64, clock: u32, kind: u8, writer: &mut Writer) {
    if let Some(before) = clock.checked_sub(1) {
        writer.bytes(&[kind | info::ORIGIN]);
        writer.var_uint(client);
        writer.var_uint(before.into());
    } else {
        writer.bytes(&[kind]);
        writer.var_uint(1);
        writer.var_string(ROOT_ARRAY);
    }
}

//! First stage of a merge: read all updates and join what can be joined while it is read.
//!
//! Whether a unit is deleted is not known before the last delete set was read, so joining ignores
//! it here; the second stage cuts runs at the borders of what turned out to be deleted.

use std::collections::BTreeMap;

use super::super::Refusal;
use super::super::decode::{Struct, Visitor, content, walk};
use super::run::Run;
use super::text::Arena;
use crate::sorting::{sort_unstable, sort_unstable_by};

/// No run is longer: its end is a clock (see `decode::CLOCK_MAX`).
const LEN_MAX: u32 = i32::MAX as u32;

/// Everything that the updates say of one client.
#[derive(Debug, Default)]
pub(super) struct ClientRuns<'a> {
    pub(super) client: u64,
    pub(super) runs: Vec<Run<'a>>,
    pub(super) arena: Arena,
    /// Ranges of which nothing but the length is known any more.
    pub(super) gone: Vec<(u32, u32)>,
    pub(super) deleted: Vec<(u32, u32)>,
    /// A run began before the end of the one that came before it.
    unsorted: bool,
}

/// Reads updates in any order.
#[derive(Debug, Default)]
pub(super) struct Collector<'a> {
    clients: Vec<ClientRuns<'a>>,
    index: BTreeMap<u64, usize>,
    /// Whose turn it was last: updates of one author come in rows.
    current: usize,
}

impl<'a> Collector<'a> {
    /// Reads one update. After an error what was read of it stays inside.
    pub(super) fn add(&mut self, update: &'a [u8]) -> Result<(), Refusal> {
        walk(update, self)
    }

    /// What was read, clients in descending order as yjs writes them, runs sorted and disjoint,
    /// ranges sorted and joined.
    pub(super) fn finish(self) -> Vec<ClientRuns<'a>> {
        let mut clients = self.clients;
        clients.iter_mut().for_each(ClientRuns::settle);
        sort_unstable_by(&mut clients, |a, b| b.client.cmp(&a.client));
        clients
    }

    #[inline]
    fn client(&mut self, client: u64) -> &mut ClientRuns<'a> {
        if self.clients.get(self.current).is_none_or(|current| current.client != client) {
            self.turn_to(client);
        }
        &mut self.clients[self.current]
    }

    fn turn_to(&mut self, client: u64) {
        self.current = *self.index.entry(client).or_insert_with(|| {
            self.clients.push(ClientRuns { client, ..ClientRuns::default() });
            self.clients.len() - 1
        });
    }
}

impl<'a> Visitor<'a> for Collector<'a> {
    #[inline]
    fn block(&mut self, block: &Struct<'a>) {
        match block.info {
            content::SKIP => {}
            content::GC => {
                push_range(&mut self.client(block.id.client).gone, block.id.clock, block.end());
            }
            _ => self.client(block.id.client).push_struct(block),
        }
    }

    #[inline]
    fn delete(&mut self, client: u64, start: u32, end: u32) {
        push_range(&mut self.client(client).deleted, start, end);
    }
}

impl<'a> ClientRuns<'a> {
    #[inline]
    fn push_struct(&mut self, block: &Struct<'a>) {
        if let Some(last) = self.runs.last_mut() {
            if last.try_join_struct(block, &mut self.arena) {
                return;
            }
            self.unsorted |= block.id.clock < last.end();
        }
        self.runs.push(Run::of(block));
    }

    fn settle(&mut self) {
        if self.unsorted {
            self.sort();
        }
        normalize(&mut self.gone);
        let deleted_runs = self.runs.iter().filter(|run| run.kind() == content::DELETED);
        self.deleted.extend(deleted_runs.map(|run| (run.clock, run.end())));
        self.deleted.extend_from_slice(&self.gone);
        normalize(&mut self.deleted);
    }

    /// Puts runs in order and drops what is there twice. Where one copy lost its content already,
    /// the other one is taken.
    fn sort(&mut self) {
        let runs = std::mem::take(&mut self.runs);
        let rank = |(at, run): (usize, &Run<'a>)| {
            let lost = run.kind() == content::DELETED;
            (u64::from(run.clock) << 32 | u64::from(lost) << 31 | u64::from(LEN_MAX - run.len), at)
        };
        let mut order: Vec<(u64, usize)> = runs.iter().enumerate().map(rank).collect();
        sort_unstable(&mut order);
        for run in order.into_iter().map(|(_, at)| &runs[at]) {
            let known = self.runs.last().map_or(0, Run::end);
            if run.end() > known {
                let run = run.cut(known.saturating_sub(run.clock), &mut self.arena);
                self.push(run);
            }
        }
    }

    /// Adds what lies behind everything that is there.
    fn push(&mut self, run: Run<'a>) {
        if !self.runs.last_mut().is_some_and(|last| last.try_join(&run, &mut self.arena)) {
            self.runs.push(run);
        }
    }
}

/// Adds a range, joining it with the last one where they touch: typing deletes forwards, the
/// backspace key backwards.
#[inline]
fn push_range(ranges: &mut Vec<(u32, u32)>, start: u32, end: u32) {
    match ranges.last_mut() {
        Some(last) if start <= last.1 && end >= last.0 => {
            *last = (last.0.min(start), last.1.max(end));
        }
        _ if start < end => ranges.push((start, end)),
        _ => {}
    }
}

/// Sorts ranges and joins those that touch.
pub(in crate::log) fn normalize(ranges: &mut Vec<(u32, u32)>) {
    sort_unstable(ranges);
    ranges.dedup_by(|next, last| {
        let touches = next.0 <= last.1;
        if touches {
            last.1 = last.1.max(next.1);
        }
        touches
    });
}

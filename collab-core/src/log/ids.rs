//! Sets of units of content as ranges of clocks per client: what a channel holds, what is deleted.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::Refusal;
use super::decode::Id;
use super::named::Named;
use super::reader::Reader;
use crate::sorting::sort_unstable;
use crate::wire::Writer;

/// So many spans are added one by one.
const FEW: usize = 16;

/// Clocks `start..end` of one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) client: u64,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl From<Id> for Span {
    fn from(Id { client, clock }: Id) -> Self {
        Self { client, start: clock, end: clock + 1 }
    }
}

/// Sorted, disjoint, non-touching ranges per client. A tree, not a hash table: client IDs are chosen
/// by whoever connects, and nothing here may draw random hash keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct IdSet {
    clients: BTreeMap<u64, Vec<(u32, u32)>>,
}

impl IdSet {
    /// Adds a span, joining it with those that it touches. An empty one changes nothing.
    pub(super) fn insert(&mut self, span: Span) {
        if span.start >= span.end {
            return;
        }
        let ranges = self.clients.entry(span.client).or_default();
        let first = ranges.partition_point(|&(_, end)| end < span.start);
        let last = first + ranges[first..].partition_point(|&(start, _)| start <= span.end);
        if first == last {
            ranges.insert(first, (span.start, span.end));
            return;
        }
        ranges[first] = (ranges[first].0.min(span.start), ranges[last - 1].1.max(span.end));
        ranges.drain(first + 1..last);
    }

    /// Adds spans in any order.
    ///
    /// Each one alone moves all ranges of its client that lie behind it, which 200,000 in descending
    /// order, an update of 800 KB, made 3.5 s of work.
    pub(super) fn extend(&mut self, spans: impl ExactSizeIterator<Item = Span>) {
        if spans.len() <= FEW {
            return spans.for_each(|span| self.insert(span));
        }
        let mut new: BTreeMap<u64, Vec<(u32, u32)>> = BTreeMap::new();
        for span in spans.filter(|span| span.start < span.end) {
            new.entry(span.client).or_default().push((span.start, span.end));
        }
        for (client, mut ranges) in new {
            sort_unstable(&mut ranges);
            let known = self.clients.entry(client).or_default();
            *known = ranges_joined(known, &ranges);
        }
    }

    /// Whether all of the span is in the set.
    pub(super) fn contains(&self, span: Span) -> bool {
        self.clients.get(&span.client).is_some_and(|ranges| {
            let at = ranges.partition_point(|&(_, end)| end < span.end);
            ranges.get(at).is_some_and(|&(start, _)| start <= span.start)
        })
    }

    /// Whether any of the span is in the set.
    pub(super) fn touches(&self, span: Span) -> bool {
        let ranges = self.of(span.client);
        let at = ranges.partition_point(|&(_, end)| end <= span.start);
        ranges.get(at).is_some_and(|&(start, _)| start < span.end)
    }

    /// Clients in ascending order, and their ranges.
    pub(super) fn clients(&self) -> impl Iterator<Item = (u64, &[(u32, u32)])> {
        self.clients.iter().map(|(&client, ranges)| (client, ranges.as_slice()))
    }

    /// The ranges of one client.
    pub(super) fn of(&self, client: u64) -> &[(u32, u32)] {
        self.clients.get(&client).map_or(&[], Vec::as_slice)
    }

    /// The parts of the set that lie in `span`.
    pub(super) fn within(&self, span: Span) -> Vec<Span> {
        let Span { client, start, end } = span;
        let ranges = self.of(client);
        let first = ranges.partition_point(|range| range.1 <= start);
        let inside = ranges[first..].iter().take_while(|range| range.0 < end);
        inside.map(|r| Span { client, start: r.0.max(start), end: r.1.min(end) }).collect()
    }

    /// All ranges.
    pub(super) fn spans(&self) -> Vec<Span> {
        let of = |(client, ranges): (u64, &[(u32, u32)])| {
            ranges.iter().map(move |&(start, end)| Span { client, start, end }).collect::<Vec<_>>()
        };
        self.clients().flat_map(of).collect()
    }

    /// The number of ranges of all clients.
    pub(super) fn ranges_count(&self) -> usize {
        self.clients.values().map(Vec::len).sum()
    }

    /// What is in this set and not in `other`.
    pub(super) fn minus(&self, other: &Self) -> Self {
        let rest = |(client, ranges): (u64, &[(u32, u32)])| {
            let rest = ranges_minus(ranges, other.of(client));
            (!rest.is_empty()).then_some((client, rest))
        };
        let mut clients = BTreeMap::new();
        clients.extend(self.clients().filter_map(rest));
        Self { clients }
    }

    /// The gapless part from 0 on, per client.
    pub(super) fn state_vector(&self) -> StateVector {
        let known = |(&client, ranges): (&u64, &Vec<(u32, u32)>)| match ranges[..] {
            [(0, end), ..] => Some((client, end)),
            _ => None,
        };
        let mut clocks = BTreeMap::new();
        clocks.extend(self.clients.iter().filter_map(known));
        StateVector { clocks }
    }

    /// Whether clocks before `spans`, which ascend for each client, or units that are `named` are
    /// neither in the gapless part nor in `spans`.
    #[inline]
    pub(super) fn lacks(&self, spans: &[Span], named: &Named) -> bool {
        match spans {
            [] => false,
            &[span] => {
                let end = self.gapless_end(span.client);
                span.start > end || named.iter().any(|id| id.clock >= self.gapless_end(id.client))
            }
            _ => self.lacks_of_many(spans, named),
        }
    }

    fn lacks_of_many(&self, spans: &[Span], named: &Named) -> bool {
        let mut ends: BTreeMap<u64, u32> = BTreeMap::new();
        let gaps = spans.iter().any(|span| {
            let end = ends.entry(span.client).or_insert_with(|| self.gapless_end(span.client));
            let gaps = span.start > *end;
            *end = span.end.max(*end);
            gaps
        });
        let end = |client| ends.get(&client).copied().unwrap_or_else(|| self.gapless_end(client));
        gaps || named.iter().any(|id| id.clock >= end(id.client))
    }

    /// The next clock expected of a client.
    pub(super) fn gapless_end(&self, client: u64) -> u32 {
        match self.of(client) {
            &[(0, end), ..] => end,
            _ => 0,
        }
    }

    /// Writes the set as an update's delete set: clients in descending order, as yjs does.
    pub(super) fn write_delete_set(&self, writer: &mut Writer) {
        writer.var_uint(self.clients.len() as u64);
        for (&client, ranges) in self.clients.iter().rev() {
            writer.var_uint(client);
            writer.var_uint(ranges.len() as u64);
            for &(start, end) in ranges {
                writer.var_uint(u64::from(start));
                writer.var_uint(u64::from(end - start));
            }
        }
    }
}

/// All of two ascending lists, of which only the second one may overlap in itself.
fn ranges_joined<'a>(mut one: &'a [(u32, u32)], mut other: &'a [(u32, u32)]) -> Vec<(u32, u32)> {
    let mut all: Vec<(u32, u32)> = Vec::with_capacity(one.len() + other.len());
    loop {
        let is_first = other.first().is_none_or(|second| one.first().is_some_and(|f| f <= second));
        let source = if is_first { &mut one } else { &mut other };
        let Some((&(start, end), rest)) = source.split_first() else { return all };
        *source = rest;
        match all.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => all.push((start, end)),
        }
    }
}

fn ranges_minus(ranges: &[(u32, u32)], mut other: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut rest = Vec::new();
    for &(mut start, end) in ranges {
        while let Some((&(from, to), behind)) = other.split_first()
            && from < end
        {
            if start < from {
                rest.push((start, from));
            }
            start = start.max(to.min(end));
            if to > end {
                break;
            }
            other = behind;
        }
        if start < end {
            rest.push((start, end));
        }
    }
    rest
}

/// Per client, the next clock expected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateVector {
    clocks: BTreeMap<u64, u32>,
}

impl StateVector {
    /// Clients, each once, and their clocks.
    pub(crate) fn of(all: impl Iterator<Item = (u64, u32)>) -> Self {
        let mut clocks = BTreeMap::new();
        clocks.extend(all);
        Self { clocks }
    }

    /// Reads `varUint(count) . (varUint(client) . varUint(clock))*`. A client that is named twice
    /// counts with its lower clock, so that it lacks nothing.
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut reader = Reader::new(bytes);
        let mut clocks = BTreeMap::new();
        for _ in 0..reader.uint()? {
            let client = reader.uint()?;
            let clock = u32::try_from(reader.uint()?).map_err(|_| Refusal::Integer)?;
            clocks.entry(client).and_modify(|c: &mut u32| *c = clock.min(*c)).or_insert(clock);
        }
        if reader.rest().is_empty() { Ok(Self { clocks }) } else { Err(Refusal::Trailing) }
    }

    /// Writes it, clients in descending order, as yjs does.
    pub fn write(&self) -> Bytes {
        let mut writer = Writer::with_capacity(2 + self.clocks.len() * 8);
        writer.var_uint(self.clocks.len() as u64);
        for (&client, &clock) in self.clocks.iter().rev() {
            writer.var_uint(client);
            writer.var_uint(u64::from(clock));
        }
        writer.into_bytes()
    }

    /// The next clock expected of `client`; 0 if it is unknown.
    pub fn get(&self, client: u64) -> u32 {
        self.clocks.get(&client).copied().unwrap_or(0)
    }

    /// Clients and their clocks, in descending order of clients.
    pub(crate) fn descending(&self) -> impl Iterator<Item = (u64, u32)> {
        self.clocks.iter().rev().map(|(&client, &clock)| (client, clock))
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.clocks.values().all(|&clock| clock == 0)
    }

    /// Whether this side has every struct that `other` has.
    pub fn covers(&self, other: &Self) -> bool {
        other.clocks.iter().all(|(&client, &clock)| self.get(client) >= clock)
    }
}

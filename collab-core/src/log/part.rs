//! Which structs of an update build on nothing that is missing.
//!
//! yrs 0.28 integrates past a gap in a client's clocks where yjs waits, and documents differ from
//! then on; and where what filled the gap overlaps, it uses memory that it has freed. So nobody
//! shows it a gap: what builds on something missing is cut off here, to wait for it.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::Refusal;
use super::decode::{Struct, Visitor, content, walk};
use crate::wire::Writer;

/// An update in two parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parted {
    /// What builds on what is known, and on itself; and all deletions.
    pub(crate) ready: Bytes,
    /// The other structs.
    pub(crate) waiting: Bytes,
}

/// Cuts off what builds on units that are neither below `known`, per client the next clock
/// expected, nor in the update; `None` if nothing does. Takes n log n time.
pub(crate) fn part(update: &[u8], known: impl Fn(u64) -> u32) -> Result<Option<Parted>, Refusal> {
    let parting = Parting::of(update, known, |_| {})?;
    Ok((!parting.is_whole()).then(|| parting.write(update)))
}

/// Shows the structs that build on nothing that is missing, in an order in which each comes after
/// those that it names. Whether these are all.
pub(super) fn in_order<'a>(
    update: &'a [u8],
    known: impl Fn(u64) -> u32,
    visit: impl FnMut(&Struct<'a>),
) -> Result<bool, Refusal> {
    // Most updates are of one author: their structs lie in order, and need not be collected.
    if update.first() != Some(&1) {
        return Parting::of(update, known, visit).map(|parting| parting.is_whole());
    }
    let mut section = OneSection { known, visit, next: None, is_whole: true };
    walk(update, &mut section)?;
    Ok(section.is_whole)
}

/// Shows the structs of an update's only section up to the first one that builds on something missing.
struct OneSection<K, V> {
    known: K,
    visit: V,
    /// The clock that the next struct must begin with, once there was one.
    next: Option<u32>,
    is_whole: bool,
}

impl<'a, K: Fn(u64) -> u32, V: FnMut(&Struct<'a>)> Visitor<'a> for OneSection<K, V> {
    fn block(&mut self, block: &Struct<'a>) {
        let client = block.id.client;
        let next = self.next.unwrap_or_else(|| (self.known)(client));
        let clock = |of| if of == client { next } else { (self.known)(of) };
        let lacks = block.names().into_iter().flatten().any(|id| id.clock >= clock(id.client));
        self.is_whole &= !lacks && !block.leaves_gap(next);
        if self.is_whole {
            (self.visit)(block);
            self.next = Some(next.max(block.end()));
        }
    }

    fn delete(&mut self, _client: u64, _start: u32, _end: u32) {}
}

impl Struct<'_> {
    /// Whether clocks from `next` on are missing before it, or where it is.
    const fn leaves_gap(&self, next: u32) -> bool {
        self.id.clock > next || (self.info == content::SKIP && self.end() > next)
    }
}

#[derive(Default)]
struct Section<'a> {
    client: u64,
    structs: Vec<Struct<'a>>,
    /// How many of them build on nothing that is missing.
    ready: usize,
    /// The clock that the next struct must begin with.
    next: u32,
    /// Sections that wait for a struct of this one.
    waiters: Vec<usize>,
}

struct Parting<'a> {
    sections: Vec<Section<'a>>,
    /// Where the delete set lies in the update.
    deletions_at: usize,
}

impl<'a> Visitor<'a> for Parting<'a> {
    fn section(&mut self, client: u64, _structs: u64) -> Result<(), Refusal> {
        self.sections.push(Section { client, ..Section::default() });
        Ok(())
    }

    fn block(&mut self, block: &Struct<'a>) {
        self.deletions_at = block.end_at();
        if let Some(section) = self.sections.last_mut() {
            section.structs.push(*block);
        }
    }

    fn delete(&mut self, _client: u64, _start: u32, _end: u32) {}
}

impl<'a> Parting<'a> {
    fn of(
        update: &'a [u8],
        known: impl Fn(u64) -> u32,
        visit: impl FnMut(&Struct<'a>),
    ) -> Result<Self, Refusal> {
        let mut parting = Self { sections: Vec::new(), deletions_at: 0 };
        walk(update, &mut parting)?;
        parting.take(known, visit);
        Ok(parting)
    }

    fn is_whole(&self) -> bool {
        self.sections.iter().all(|section| section.waiting().is_empty())
    }

    /// Takes from each section what is ready, until nothing more becomes ready by that.
    fn take(&mut self, known: impl Fn(u64) -> u32, mut visit: impl FnMut(&Struct<'a>)) {
        let mut numbers: BTreeMap<u64, u32> = BTreeMap::new();
        for (number, section) in self.sections.iter_mut().enumerate() {
            section.next = known(section.client);
            numbers.insert(section.client, number as u32);
        }
        let number_of = |client| numbers.get(&client).map(|&number| number as usize);
        let mut ready: Vec<usize> = (0..self.sections.len()).rev().collect();
        while let Some(at) = ready.pop() {
            let before = self.sections[at].ready;
            while let Some(block) = self.sections[at].first_waiting() {
                let clock = |client| {
                    number_of(client).map_or_else(|| known(client), |n| self.sections[n].next)
                };
                let names = block.names().into_iter().flatten();
                if let Some(missing) = names.into_iter().find(|id| id.clock >= clock(id.client)) {
                    // What is in no section never becomes ready.
                    if let Some(number) = number_of(missing.client) {
                        self.sections[number].waiters.push(at);
                    }
                    break;
                }
                visit(block);
                let end = block.end();
                let section = &mut self.sections[at];
                section.next = section.next.max(end);
                section.ready += 1;
            }
            if self.sections[at].ready > before {
                ready.append(&mut self.sections[at].waiters);
            }
        }
    }

    fn write(&self, update: &[u8]) -> Parted {
        let mut ready = Writer::with_capacity(update.len());
        write_sections(&mut ready, update, self.sections.iter().map(Section::ready));
        ready.bytes(&update[self.deletions_at.max(1)..]);
        let mut waiting = Writer::with_capacity(update.len());
        write_sections(&mut waiting, update, self.sections.iter().map(Section::waiting));
        waiting.var_uint(0);
        Parted { ready: ready.into_bytes(), waiting: waiting.into_bytes() }
    }
}

impl<'a> Section<'a> {
    fn ready(&self) -> &[Struct<'a>] {
        &self.structs[..self.ready]
    }

    /// The first struct that is not ready, if nothing is missing before it.
    fn first_waiting(&self) -> Option<&Struct<'a>> {
        let block = self.structs.get(self.ready)?;
        (!block.leaves_gap(self.next)).then_some(block)
    }

    /// What is not ready, without a gap before it.
    fn waiting(&self) -> &[Struct<'a>] {
        let waiting = &self.structs[self.ready..];
        let gap = waiting.iter().take_while(|block| block.info == content::SKIP).count();
        &waiting[gap..]
    }
}

fn write_sections<'s, 'a: 's>(
    writer: &mut Writer,
    update: &[u8],
    sections: impl Iterator<Item = &'s [Struct<'a>]> + Clone,
) {
    let sections = sections.filter(|structs| !structs.is_empty());
    writer.var_uint(sections.clone().count() as u64);
    for structs in sections {
        let (first, last) = (structs[0], structs[structs.len() - 1]);
        writer.var_uint(structs.len() as u64);
        writer.var_uint(first.id.client);
        writer.var_uint(u64::from(first.id.clock));
        writer.bytes(&update[first.at..last.end_at()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Client 1 types "ab" behind (2, 0), then "c" at the start of another root; nothing is deleted.
    const UPDATE: [u8; 18] = [1, 2, 1, 0, 0x84, 2, 0, 2, b'a', b'b', 4, 1, 1, b'u', 1, b'c', 1, 2];

    fn update() -> Vec<u8> {
        [&UPDATE[..16], &[1, 2, 1, 0, 1]].concat()
    }

    #[test]
    fn a_whole_update_is_not_parted() {
        assert_eq!(part(&update(), |client| u32::from(client == 2)), Ok(None));
    }

    #[test]
    fn what_follows_a_struct_that_waits_waits_too() {
        let parted = part(&update(), |_| 0).unwrap().unwrap();
        assert_eq!(parted.ready[..], [0, 1, 2, 1, 0, 1]);
        assert_eq!(parted.waiting[..], [&UPDATE[..16], &[0]].concat());
    }

    #[test]
    fn a_gap_before_the_first_struct_makes_all_wait() {
        let gapped = [1, 1, 1, 5, 4, 1, 1, b'u', 1, b'c', 0];
        let parted = part(&gapped, |_| 4).unwrap().unwrap();
        assert_eq!(parted.ready[..], [0, 0]);
        assert_eq!(parted.waiting[..], gapped);
        assert_eq!(part(&gapped, |_| 5), Ok(None));
        assert_eq!(part(&gapped, |_| 9), Ok(None), "known already");
    }

    #[test]
    fn a_skip_in_the_middle_ends_what_is_ready() {
        // "c", a gap of three, "d".
        let skipping = [1, 3, 1, 0, 4, 1, 1, b'u', 1, b'c', 10, 3, 4, 1, 1, b'u', 1, b'd', 0];
        let parted = part(&skipping, |_| 0).unwrap().unwrap();
        assert_eq!(parted.ready[..], [1, 1, 1, 0, 4, 1, 1, b'u', 1, b'c', 0]);
        assert_eq!(parted.waiting[..], [1, 1, 1, 4, 4, 1, 1, b'u', 1, b'd', 0]);
    }

    #[test]
    fn sections_that_build_on_each_other_are_ready_together_unless_in_a_circle() {
        // Client 2 behind (1, 0), which is in the next section.
        let chain = [2, 1, 2, 0, 0x84, 1, 0, 1, b'a', 1, 1, 0, 4, 1, 1, b'u', 1, b'c', 0];
        assert_eq!(part(&chain, |_| 0), Ok(None));
        let circle = [2, 1, 2, 0, 0x84, 1, 0, 1, b'a', 1, 1, 0, 0x84, 2, 0, 1, b'c', 0];
        let parted = part(&circle, |_| 0).unwrap().unwrap();
        assert_eq!((&parted.ready[..], &parted.waiting[..]), (&[0, 0][..], &circle[..]));
    }
}

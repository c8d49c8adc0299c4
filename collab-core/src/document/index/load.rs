//! The index of a text from all that there is of it, at once: two to three times as fast as to let
//! one struct after the other take its place in a tree.
//!
//! Where structs will have to be cut is known before: in front of and behind whatever is named. So
//! the pieces are numbered first, by client and clock, and then take their places in a list, which
//! nothing cuts any more. A unit's piece is found by counting bits. The list becomes the tree. Not in
//! browsers, where the code would be too large (`absorb.rs` says what they do).

use super::absorb::{absorb_parts, flags};
use super::ids::Ids;
use super::parts::{Part, Parts};
use super::span::{DELETED, NONE, Span};
use super::tree::Tree;
use super::{Index, Known, Unit};
use crate::log::decode::content;

/// The flag of a piece that begins within what was a character.
const TORN: u32 = 8;

/// Stands for "not in this text" where a number of a piece is expected.
const ABSENT: u32 = NONE - 1;

impl Index {
    /// Lets all units of an update take their places in an empty index. Nothing of it may be
    /// `known`, and it must hold all that it builds on.
    pub(in crate::document) fn load(&mut self, update: &[u8], known: &mut Known) {
        let mut parts = Parts::of(update, known);
        // Few bytes may delete many units, for which there would be no room.
        let Some(starts) = Starts::of(&parts, known, update.len()) else {
            absorb_parts(&mut parts, known, &mut [self], None);
            return;
        };
        let mut list = List::new(starts);
        parts.place(known, &mut |known, part| list.place(self, known, part));
        for &(client, start, end) in &parts.deletions {
            let end = end.min(known.next(client));
            if start < end {
                list.tear(self, Unit { client, clock: start });
                list.tear(self, Unit { client, clock: end });
                list.delete(client, start, end);
            }
        }
        self.tree = list.into_tree();
    }
}

/// At which units pieces begin: a bit for each unit, and per word how many bits lie before it.
struct Starts {
    words: Vec<u64>,
    before: Vec<u32>,
    /// Per client its first word, and the clock behind its last unit.
    clients: Vec<(usize, u32)>,
}

impl Starts {
    /// `None` if the bits take more than so many words.
    fn of(parts: &Parts<'_>, known: &Known, words_max: usize) -> Option<Self> {
        let mut clients = vec![(0, 0); known.count()];
        for part in parts.iter() {
            let (_, end) = &mut clients[part.id.client as usize];
            *end = part.end().max(*end);
        }
        let mut words = 0;
        for (first, end) in &mut clients {
            *first = words;
            words += end.div_ceil(64) as usize;
        }
        if words > words_max {
            return None;
        }
        let mut starts = Self { words: vec![0; words], before: Vec::with_capacity(words), clients };
        for part in parts.iter() {
            for unit in [part.id, part.id.plus(part.len), part.origin.next(), part.right_origin] {
                starts.mark(unit);
            }
        }
        for &(client, start, end) in &parts.deletions {
            starts.mark(Unit { client, clock: start });
            starts.mark(Unit { client, clock: end });
        }
        let mut sum = 0;
        for word in &starts.words {
            starts.before.push(sum);
            sum += word.count_ones();
        }
        Some(starts)
    }

    /// The word and the bit of a unit.
    fn bit(&self, unit: Unit) -> Option<(usize, u32)> {
        let &(first, end) = self.clients.get(unit.client as usize)?;
        (unit.clock < end).then_some((first + unit.clock as usize / 64, unit.clock % 64))
    }

    fn mark(&mut self, unit: Unit) {
        if let Some((word, bit)) = self.bit(unit) {
            self.words[word] |= 1 << bit;
        }
    }

    /// The number of the piece that a unit lies in.
    fn piece(&self, unit: Unit) -> Option<u32> {
        let (word, bit) = self.bit(unit)?;
        let up_to_it = self.words[word] << (63 - bit);
        (self.before[word] + up_to_it.count_ones()).checked_sub(1)
    }

    /// All pieces, by client and clock: their first units.
    fn pieces(&self) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        for (client, &(first, end)) in (0..).zip(&self.clients) {
            for at in 0..end.div_ceil(64) {
                let mut word = self.words[first + at as usize];
                while word != 0 {
                    let id = Unit { client, clock: at * 64 + word.trailing_zeros() };
                    let (origin, right_origin) = (Unit::NONE, Unit::NONE);
                    let span = Span { id, len: 0, flags: 0, origin, right_origin };
                    pieces.push(Piece { span, next: ABSENT, passed: 0 });
                    word &= word - 1;
                }
            }
        }
        pieces
    }
}

/// A part of a struct that nothing cuts.
struct Piece {
    span: Span,
    /// The piece behind it, [`NONE`] or [`ABSENT`].
    next: u32,
    /// When it was last passed.
    passed: u64,
}

/// All pieces; those of the text, in its order, as a list.
struct List {
    starts: Starts,
    pieces: Vec<Piece>,
    first: u32,
    /// Counts pieces that were passed, from 1.
    passed: u64,
}

impl List {
    fn new(starts: Starts) -> Self {
        Self { pieces: starts.pieces(), starts, first: NONE, passed: 0 }
    }

    /// The piece of a unit; [`NONE`] if it does not belong to this text.
    fn find(&self, unit: Unit) -> u32 {
        let piece = self.starts.piece(unit).unwrap_or(NONE);
        let is_here = self.pieces.get(piece as usize).is_some_and(|piece| piece.next != ABSENT);
        if is_here { piece } else { NONE }
    }

    fn behind(&self, piece: u32) -> u32 {
        if piece == NONE { self.first } else { self.pieces[piece as usize].next }
    }

    /// Puts a struct into its place, if it has one in this text.
    fn place(&mut self, index: &mut Index, known: &Known, part: &Part<'_>) {
        let (left, right) = (self.find(part.origin), self.find(part.right_origin));
        let is_complete = (left != NONE) == part.origin.is_some()
            && (right != NONE) == part.right_origin.is_some();
        let is_first = !part.origin.is_some() && !part.right_origin.is_some();
        if part.info == content::GC
            || !is_complete
            || is_first && part.root() != Some((&index.name, None))
        {
            return;
        }
        self.tear(index, part.origin.next());
        self.tear(index, part.right_origin);
        if part.kind() == content::STRING && part.payload.len() != part.len as usize {
            index.note_pairs(part.id, part.text());
        }
        let behind = if self.behind(left) == right {
            left
        } else {
            self.behind_conflicts(left, part, known)
        };
        self.link(behind, part);
    }

    /// [`Index::tear`], and what was one character does not become one again.
    fn tear(&mut self, index: &mut Index, unit: Unit) {
        if index.tear(unit)
            && let Some(piece) = self.starts.piece(unit)
        {
            self.pieces[piece as usize].span.flags |= TORN;
        }
    }

    /// Puts the pieces of a struct behind a piece.
    fn link(&mut self, behind: u32, part: &Part<'_>) {
        let (Some(first), Some(last)) =
            (self.starts.piece(part.id), self.starts.piece(part.id.plus(part.len - 1)))
        else {
            return;
        };
        let (mut next, mut end) = (self.behind(behind), part.end());
        for number in (first..=last).rev() {
            let Piece { span, next: behind, .. } = &mut self.pieces[number as usize];
            let clock = span.id.clock;
            let origin = if number == first { part.origin } else { span.id.before() };
            let (flags, right_origin) = (flags(part), part.right_origin);
            *span = Span { id: span.id, len: end - clock, flags, origin, right_origin };
            *behind = next;
            (next, end) = (number, clock);
        }
        match self.pieces.get_mut(behind as usize) {
            Some(piece) => piece.next = first,
            None => self.first = first,
        }
    }

    /// [`Tree::integrate`] where others were typed in the same place at the same time. A unit lies
    /// behind `left` if it was passed since there.
    fn behind_conflicts(&mut self, left: u32, part: &Part<'_>, known: &Known) -> u32 {
        let (mut behind, from) = (left, self.passed + 1);
        let mut conflicts_from = self.passed;
        let mut cursor = self.behind(left);
        while cursor != NONE {
            let other = &mut self.pieces[cursor as usize];
            let span = other.span;
            if span.id == part.right_origin {
                break;
            }
            self.passed += 1;
            other.passed = self.passed;
            let next = other.next;
            let passes = if span.origin == part.origin {
                let first = known.client(span.id.client) < known.client(part.id.client);
                if !first && span.right_origin == part.right_origin {
                    break;
                }
                first
            } else {
                let origin = self.find(span.origin);
                match self.pieces.get(origin as usize) {
                    Some(origin) if origin.passed >= from => origin.passed <= conflicts_from,
                    _ => break,
                }
            };
            if passes {
                (behind, conflicts_from) = (cursor, self.passed);
            }
            cursor = next;
        }
        behind
    }

    /// Marks units as deleted.
    fn delete(&mut self, client: u32, start: u32, end: u32) {
        let Some(first) = self.starts.piece(Unit { client, clock: start }) else { return };
        for piece in &mut self.pieces[first as usize..] {
            if piece.span.id.client != client || piece.span.id.clock >= end {
                return;
            }
            piece.span.flags = DELETED;
        }
    }

    /// The tree of the text.
    fn into_tree(mut self) -> Tree {
        let mut tree = Tree::new();
        let mut cursor = self.first;
        while let Some(piece) = self.pieces.get_mut(cursor as usize) {
            let may_join = !piece.span.is(TORN);
            piece.span.flags &= !TORN;
            let leaf = tree.append(&piece.span, may_join);
            // From here on: the leaf that a span begins in.
            cursor = std::mem::replace(&mut piece.next, leaf.unwrap_or(ABSENT));
        }
        let mut ids = Ids::default();
        for piece in self.pieces.iter().filter(|piece| piece.next != ABSENT) {
            ids.append(piece.span.id, piece.next);
        }
        tree.finish(ids);
        tree
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::absorb::absorb;
    use super::super::content::Contents;
    use super::*;
    use crate::log::decode::info;
    use crate::wire::Writer;

    const CLIENTS: u32 = 3;
    const TEXTS: [&str; 4] = ["a", "bcd", "e\u{1f600}f", "ghijkl"];

    /// One struct: whose, what, its neighbours as shares of what is there, and in which root.
    type Draw = (u32, u8, u8, u16, u16);

    /// An update of structs between any neighbours, as no honest client would write it.
    fn update(draws: &[Draw], deletions: &[(u32, u16, u8)]) -> Vec<u8> {
        let mut sections: Vec<(u64, u32, Writer)> =
            (0..CLIENTS).map(|_| (0, 0, Writer::with_capacity(64))).collect();
        for &(client, what, neighbours, left, right) in draws {
            let ends: Vec<u32> = sections.iter().map(|&(_, end, _)| end).collect();
            let unit = |share: u16| {
                let client = u32::from(share) % CLIENTS;
                let end = ends[client as usize];
                (end > 0).then(|| (client, u32::from(share) / CLIENTS % end))
            };
            let left = unit(left).filter(|_| neighbours & 1 != 0);
            let right = unit(right).filter(|_| neighbours & 2 != 0);
            let (structs, end, body) = &mut sections[client as usize];
            let deleted = what % 8 == 7;
            let mut tag = if deleted { content::DELETED } else { content::STRING };
            tag |= if left.is_some() { info::ORIGIN } else { 0 };
            tag |= if right.is_some() { info::RIGHT_ORIGIN } else { 0 };
            body.bytes(&[tag]);
            for (client, clock) in [left, right].into_iter().flatten() {
                body.var_uint(client.into());
                body.var_uint(clock.into());
            }
            if left.or(right).is_none() {
                body.var_uint(1);
                body.var_string(if neighbours < 64 { "other" } else { "main" });
            }
            if deleted {
                body.var_uint(5);
                *end += 5;
            } else {
                let text = TEXTS[usize::from(what % 4)];
                body.var_string(text);
                *end += text.encode_utf16().count() as u32;
            }
            *structs += 1;
        }
        let deletions = deletions.iter().filter_map(|&(client, start, len)| {
            let (start, end) = (u32::from(start), sections[client as usize].1);
            (start < end).then(|| (client, start, u32::from(len).min(end - start)))
        });
        let deletions: Vec<(u32, u32, u32)> = deletions.filter(|&(.., len)| len > 0).collect();
        let sections: Vec<_> =
            (0..).zip(&sections).filter(|(_, section)| section.0 > 0).collect::<Vec<(u64, _)>>();
        let mut update = Writer::with_capacity(256);
        update.var_uint(sections.len() as u64);
        for (client, (structs, _, body)) in sections {
            update.var_uint(*structs);
            update.var_uint(client);
            update.var_uint(0);
            update.bytes(body.as_slice());
        }
        update.var_uint(deletions.len() as u64);
        for (client, start, len) in deletions {
            for number in [client, 1, start, len] {
                update.var_uint(number.into());
            }
        }
        update.into_vec()
    }

    proptest! {
        #[test]
        fn a_text_at_once_is_the_text_struct_by_struct(
            draws in proptest::collection::vec(
                (0..CLIENTS, any::<u8>(), any::<u8>(), any::<u16>(), any::<u16>()),
                0..120,
            ),
            deletions in proptest::collection::vec((0..CLIENTS, 0..300u16, 0..9u8), 0..8),
        ) {
            let update = update(&draws, &deletions);
            let (mut known, mut again) = (Known::default(), Known::default());
            let mut one_by_one = Index::new("main".into());
            absorb(&update, &mut known, &mut [&mut one_by_one], None);
            let mut at_once = Index::new("main".into());
            at_once.load(&update, &mut again);
            prop_assert_eq!(one_by_one.units(), at_once.units());
            prop_assert_eq!(one_by_one.tree.total(), at_once.tree.total());
            prop_assert_eq!(one_by_one.is_unclear, at_once.is_unclear);
            prop_assert_eq!(
                Contents::of(&update, &known).text(&one_by_one),
                Contents::of(&update, &known).text(&at_once)
            );
            for rank in 0..at_once.tree.total().units {
                let place = at_once.tree.seek(rank, |counts| counts.units);
                let place = place.expect("a unit of this rank");
                let unit = at_once.tree.span(place.slot).id.plus(place.offset);
                prop_assert_eq!(at_once.tree.rank(unit), Some(rank));
                prop_assert_eq!(
                    one_by_one.low_surrogates.contains(unit),
                    at_once.low_surrogates.contains(unit)
                );
            }
        }
    }
}

//! Second stage of a merge: cut runs where deletions begin and end, join again, encode.

use super::super::decode::{content, info};
use super::Deleted;
use super::collect::ClientRuns;
use super::run::{Origin, Run, is_ascii, values_len};
use super::text::Cutter;
use crate::wire::Writer;

/// Writes one client's section; nothing if there are no structs.
pub(super) fn write_section(client: &ClientRuns<'_>, deleted: Deleted, out: &mut Writer) -> bool {
    let Some(first) = first_clock(client) else { return false };
    let mut section = Section {
        client,
        body: Writer::with_capacity(256),
        structs: 0,
        clock: first,
        open: None,
        deleted_at: 0,
        drops: deleted == Deleted::Drop,
    };
    section.write_all();
    out.var_uint(section.structs);
    out.var_uint(client.client);
    out.var_uint(u64::from(first));
    out.bytes(&section.body.into_vec());
    true
}

fn first_clock(client: &ClientRuns<'_>) -> Option<u32> {
    let run = client.runs.first().map(|run| run.clock);
    let gone = client.gone.first().map(|range| range.0);
    run.into_iter().chain(gone).min()
}

struct Section<'s, 'a> {
    client: &'s ClientRuns<'a>,
    body: Writer,
    structs: u64,
    /// The next clock to write.
    clock: u32,
    /// Deleted units that the next ones may be joined to.
    open: Option<Run<'a>>,
    /// The first deleted range that may still matter.
    deleted_at: usize,
    drops: bool,
}

impl<'a> Section<'_, 'a> {
    /// Runs in order; between them what is gone, and skips for what is missing.
    fn write_all(&mut self) {
        let client = self.client;
        let mut gone = 0;
        for run in &client.runs {
            gone = self.fill(gone, run.clock);
            self.write_run(run);
        }
        self.fill(gone, u32::MAX);
        self.close();
    }

    /// Writes what is known to be gone before `until`, and skips for the rest up to the last of it.
    fn fill(&mut self, mut at: usize, until: u32) -> usize {
        while let Some(&(start, end)) = self.client.gone.get(at) {
            if start >= until {
                break;
            }
            let (from, to) = (start.max(self.clock), end.min(until));
            if from < to {
                self.write_range(content::SKIP, from);
                self.write_range(content::GC, to);
            }
            if end > until {
                break;
            }
            at += 1;
        }
        if until < u32::MAX {
            self.write_range(content::SKIP, until);
        }
        at
    }

    /// A GC or skip from the current clock to `end`.
    fn write_range(&mut self, kind: u8, end: u32) {
        if end > self.clock {
            self.close();
            self.body.bytes(&[kind]);
            self.body.var_uint(u64::from(end - self.clock));
            self.structs += 1;
            self.clock = end;
        }
    }

    fn write_run(&mut self, run: &Run<'a>) {
        let content = self.client.arena.get(run.content);
        let mut source = Source::new(run, content);
        while self.clock < run.end() {
            let (deleted, end) = self.next_border(run);
            let piece = run.part(self.clock - run.clock, end - run.clock);
            if deleted {
                source.skip(piece.len);
                self.write_deleted(piece);
            } else {
                self.close();
                self.write_live(&piece, &mut source);
            }
            self.clock = end;
        }
    }

    /// Whether the unit at the current clock is to lose its content, and where that changes.
    ///
    /// Deleted values that stay become structs of one unit. They may be entries of a map, which only
    /// their neighbours tell after yjs or yrs merged updates; and where an entry of several units is
    /// split, yrs 0.28 reads freed memory.
    fn next_border(&mut self, run: &Run<'_>) -> (bool, u32) {
        let end = run.end();
        if !self.drops && run.kind() != content::ANY {
            return (false, end);
        }
        while let Some(&(start, stop)) = self.client.deleted.get(self.deleted_at) {
            if stop <= self.clock {
                self.deleted_at += 1;
            } else if start > self.clock {
                return (false, start.min(end));
            } else if self.drops {
                return (true, stop.min(end));
            } else {
                return (false, self.clock + 1);
            }
        }
        (false, end)
    }

    fn write_deleted(&mut self, mut piece: Run<'a>) {
        piece.info = piece.info & !info::CONTENT | content::DELETED;
        if let Some(open) = &mut self.open
            && open.try_join_deleted(&piece)
        {
            return;
        }
        self.close();
        self.open = Some(piece);
    }

    /// Writes the deleted units that were held back.
    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.write_header(&open);
            self.body.var_uint(u64::from(open.len));
        }
    }

    fn write_live(&mut self, piece: &Run<'a>, source: &mut Source<'_>) {
        self.write_header(piece);
        source.write(piece.len, &mut self.body);
    }

    fn write_header(&mut self, run: &Run<'_>) {
        self.structs += 1;
        self.body.bytes(&[run.info]);
        if run.origin == Origin::Implied {
            self.body.var_uint(self.client.client);
            self.body.var_uint(u64::from(run.clock - 1));
        }
        self.body.bytes(run.header);
    }
}

/// A run's content, handed out from front to back.
enum Source<'a> {
    Text { cutter: Cutter<'a>, is_ascii: bool },
    Values(&'a [u8]),
    Deleted,
    Whole(&'a [u8]),
}

impl<'a> Source<'a> {
    fn new(run: &Run<'_>, bytes: &'a [u8]) -> Self {
        match run.kind() {
            content::STRING => {
                Self::Text { cutter: Cutter::new(bytes), is_ascii: is_ascii(bytes, run.len) }
            }
            content::ANY => Self::Values(bytes),
            content::DELETED => Self::Deleted,
            _ => Self::Whole(bytes),
        }
    }

    fn skip(&mut self, units: u32) {
        match self {
            Self::Text { cutter, is_ascii } => drop(cutter.take(units, *is_ascii)),
            Self::Values(rest) => *rest = &rest[values_len(rest, units)..],
            Self::Deleted | Self::Whole(_) => {}
        }
    }

    fn write(&mut self, units: u32, out: &mut Writer) {
        match self {
            Self::Text { cutter, is_ascii } => cutter.take(units, *is_ascii).write(out),
            Self::Values(rest) => {
                let (values, behind) = rest.split_at(values_len(rest, units));
                out.var_uint(u64::from(units));
                out.bytes(values);
                *rest = behind;
            }
            Self::Deleted => out.var_uint(u64::from(units)),
            Self::Whole(bytes) => out.bytes(bytes),
        }
    }
}

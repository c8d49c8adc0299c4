//! Opening a document: a snapshot that holds nothing but text waits for Yrs like any other change,
//! and is read without it.
//!
//! Yrs takes most of the time that loading takes, and much of what is opened is only looked at. So
//! the index is made of the snapshot itself, which also has the text. Everything else (marks,
//! embeds, the list of files, something missing) Yrs must know at once.

use std::borrow::Cow;
use std::collections::BTreeMap;

use yrs::ReadTxn;

use super::index::{self, Index, Known, Mode, Unit};
use super::{Document, DocumentError, FileId, read};
use crate::log::decode::{Struct, Visitor, content, info, walk};
use crate::log::reader::Reader;
use crate::log::{self, Deleted, Refusal};

/// Smaller ones cost Yrs less than this costs.
pub(super) const LOADED_FROM_BYTES: usize = 1 << 10;

impl Document {
    /// Keeps checked updates for Yrs if the document is empty and they are nothing but text.
    pub(super) fn load(&mut self, updates: &[&[u8]]) -> Result<bool, DocumentError> {
        let bytes: usize = updates.iter().map(|update| update.len()).sum();
        if bytes < LOADED_FROM_BYTES || !self.is_blank() {
            return Ok(false);
        }
        let update = match updates {
            [update] => Cow::Borrowed(*update),
            // What was deleted keeps its content, as in the queue.
            _ => Cow::Owned(log::merge(updates, Deleted::Keep)?.update.into()),
        };
        let is_loaded = is_plain(&update)?;
        if is_loaded {
            self.queue_mut().load(&update);
        }
        Ok(is_loaded)
    }

    /// Whether nothing was ever here.
    fn is_blank(&self) -> bool {
        self.texts.is_empty() && self.held_back.is_none() && !self.is_gapped && self.is_yrs_blank()
    }

    /// Whether Yrs has nothing, and nothing waits for it.
    pub(super) fn is_yrs_blank(&self) -> bool {
        let txn = read(&self.doc);
        self.queue().is_empty() && txn.state_vector().is_empty() && !txn.has_missing_updates()
    }

    /// An index of a file's text, while all that there is was not shown to Yrs.
    pub(super) fn loaded_index(&self, file: &FileId) -> Option<(Index, Known)> {
        self.index_of(self.queue().load_alone()?, file)
    }

    /// A file's text, while all that there is was not shown to Yrs.
    pub(super) fn loaded_text(&self, file: &FileId) -> Option<String> {
        let mut queue = self.queue();
        let is_first = queue.note_reading();
        let update = queue.load_alone()?;
        if let Some(text) = self.texts.get(file) {
            return index::text_of(text.sound_index()?, &self.known, update);
        }
        // To read Yrs' text takes less, from the second time on.
        let (index, known) = is_first.then(|| self.index_of(update, file))??;
        index::text_of(&index, &known, update)
    }

    fn index_of(&self, update: &[u8], file: &FileId) -> Option<(Index, Known)> {
        let (mut index, mut known) = (Index::new(file.shared()), self.known.emptied());
        let mode = Mode::Update { local: Unit::NONE };
        index::absorb(update, mode, &mut known, &mut [&mut index]).ok()?;
        (!index.is_disordered()).then_some((index, known))
    }
}

/// Whether an update is the whole of something that holds only text of files.
fn is_plain(update: &[u8]) -> Result<bool, Refusal> {
    let mut plain = Plain::default();
    walk(update, &mut plain)?;
    if plain.has_other || plain.is_dangling() {
        return Ok(false);
    }
    // Structs of several clients may wait for each other in a circle, still.
    Ok(plain.ends.len() == 1 || log::part(update, |_| 0)?.is_none())
}

/// What was seen of an update.
#[derive(Default)]
struct Plain {
    /// Something else than text of files, or a gap.
    has_other: bool,
    /// Per client, the next clock.
    ends: BTreeMap<u64, u32>,
    /// Per client, the end of what is named or deleted. The last one apart: it is mostly the next.
    named: BTreeMap<u64, u32>,
    last_named: (u64, u32),
    next: u32,
}

impl Plain {
    fn name(&mut self, client: u64, end: u32) {
        if client != self.last_named.0 {
            self.note_last_named();
            self.last_named = (client, 0);
        }
        self.last_named.1 = self.last_named.1.max(end);
    }

    fn note_last_named(&mut self) {
        let (client, end) = self.last_named;
        let named = self.named.entry(client).or_default();
        *named = end.max(*named);
    }

    /// Whether something is named or deleted that is not there.
    fn is_dangling(&mut self) -> bool {
        self.note_last_named();
        self.named.iter().any(|(client, &end)| end > self.ends.get(client).copied().unwrap_or(0))
    }
}

impl<'a> Visitor<'a> for Plain {
    fn section(&mut self, client: u64, _structs: u64) -> Result<(), Refusal> {
        self.ends.insert(client, 0);
        self.next = 0;
        Ok(())
    }

    fn block(&mut self, block: &Struct<'a>) {
        let is_text = matches!(block.kind(), content::STRING | content::DELETED);
        self.has_other |= !is_text || block.id.clock != self.next || !has_file(block);
        self.next = block.end();
        self.ends.insert(block.id.client, self.next);
        for id in block.origin.into_iter().chain(block.right_origin) {
            self.name(id.client, id.clock + 1);
        }
    }

    fn delete(&mut self, client: u64, _start: u32, end: u32) {
        self.name(client, end);
    }
}

/// Whether a struct lies in a file's text, as far as it tells that itself.
fn has_file(block: &Struct<'_>) -> bool {
    if block.info & info::KEY != 0 {
        return false;
    }
    let mut reader = Reader::new(block.parent);
    block.parent.is_empty()
        || (reader.uint() == Ok(1) && reader.string().is_ok_and(|name| FileId::parse(name).is_ok()))
}

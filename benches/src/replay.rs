//! From edits to the updates that Yrs documents emit for them, and what they lead to.

use std::sync::{Arc, Mutex};

use anyhow::{Result, anyhow};
use histories::History;
use yrs::updates::decoder::Decode;
use yrs::{
    ClientID, Doc, OffsetKind, Options, ReadTxn, StateVector, Text, TextRef, Transact, Update,
};

use super::cache;

/// A history as Yjs updates.
#[derive(Debug)]
pub struct Replayed {
    /// One per patch, in an order in which each comes after what it builds on.
    pub updates: Vec<Vec<u8>>,
    /// The encoded state of a document that has them all.
    pub state: Vec<u8>,
}

struct Author {
    doc: Doc,
    text: TextRef,
    seen: Vec<bool>,
    outbox: Arc<Mutex<Vec<Vec<u8>>>>,
}

/// Reads a history by its name and replays it; says so if that is not possible.
pub fn replayed(name: &str) -> Option<Replayed> {
    if let Some(replayed) = cache::read(name) {
        return Some(replayed);
    }
    let replayed = History::read(name).map_err(Into::into).and_then(|history| replay(&history));
    let replayed = replayed.inspect_err(|error| println!("{name} left out: {error}")).ok()?;
    cache::write(name, &replayed);
    Some(replayed)
}

/// Replays a history with one document per author, client IDs small and in their order.
pub fn replay(history: &History) -> Result<Replayed> {
    let count = history.txns.len();
    let authors: Result<Vec<Author>> =
        (0..history.num_agents).map(|agent| Author::new(agent as u64 + 1, count)).collect();
    let mut authors = authors?;
    let mut made: Vec<Vec<Vec<u8>>> = Vec::with_capacity(count);
    for (number, edit) in history.txns.iter().enumerate() {
        let author = &mut authors[edit.agent];
        author.see(history, &made, history.parents(number))?;
        for (at, delete, insert) in &edit.patches {
            author.patch(*at, *delete, insert)?;
        }
        author.seen[number] = true;
        made.push(author.take_outbox()?);
    }
    authors[0].see(history, &made, (0..count).collect())?;
    let state = authors[0].doc.try_transact()?.encode_state_as_update_v1(&StateVector::default());
    Ok(Replayed { updates: made.into_iter().flatten().collect(), state })
}

impl Author {
    fn new(client: u64, edits: usize) -> Result<Self> {
        let mut options = Options::with_client_id(ClientID::new(client));
        options.offset_kind = OffsetKind::Utf16;
        let doc = Doc::with_options(options);
        let text = doc.get_or_insert_text("main");
        let outbox = Arc::<Mutex<Vec<Vec<u8>>>>::default();
        let outgoing = outbox.clone();
        doc.observe_update_v1("outbox", move |txn, event| {
            if txn.origin().is_none()
                && let Ok(mut updates) = outgoing.lock()
            {
                updates.push(event.update.clone());
            }
        })?;
        Ok(Self { doc, text, seen: vec![false; edits], outbox })
    }

    fn see(&mut self, history: &History, made: &[Vec<Vec<u8>>], wanted: Vec<usize>) -> Result<()> {
        for update in history.lacking(&mut self.seen, wanted).iter().flat_map(|&edit| &made[edit]) {
            let mut txn = self.doc.try_transact_mut_with("remote")?;
            txn.apply_update(Update::decode_v1(update)?)?;
        }
        Ok(())
    }

    /// Positions that lie beyond the text, which git histories have, are moved to its end.
    fn patch(&mut self, at: u32, delete: u32, insert: &str) -> Result<()> {
        let mut txn = self.doc.try_transact_mut()?;
        let length = self.text.len(&txn);
        let (at, end) = (at.min(length), (at + delete).min(length));
        if end > at {
            self.text.remove_range(&mut txn, at, end - at);
        }
        if !insert.is_empty() {
            self.text.insert(&mut txn, at, insert);
        }
        Ok(())
    }

    fn take_outbox(&self) -> Result<Vec<Vec<u8>>> {
        let mut updates = self.outbox.lock().map_err(|_| anyhow!("a replay panicked"))?;
        Ok(std::mem::take(&mut updates))
    }
}

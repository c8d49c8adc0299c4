//! Documents at the end of a pipe: one JSON line in, one out.
//!
//! `tests/interop/oracle` lets them edit together with documents of Yjs itself. A line names a
//! document by its client ID and says what it does; the answer has the updates that it emitted, and
//! what its default file holds.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, BufRead, Write};

use collab_core::Timestamp;
use collab_core::document::{Document, Event, FileId, Splice};
use collab_core::log::{Deleted, merge};
use serde::{Deserialize, Serialize};

/// One line in.
#[derive(Deserialize)]
struct Request {
    client: u64,
    #[serde(flatten)]
    action: Action,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "camelCase")]
enum Action {
    Edit {
        at: u32,
        delete: u32,
        insert: String,
    },
    Undo,
    Redo,
    /// So much time goes by.
    Pause {
        ms: u64,
    },
    /// Updates arrive together, as hex.
    Receive {
        updates: Vec<String>,
    },
    /// Only look; and tell the digest of any update.
    Look {
        digest: Option<String>,
    },
}

/// One line out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    updates: Vec<String>,
    text: String,
    /// The document's whole state.
    snapshot: String,
    /// Of the update that was asked about.
    digest: Option<String>,
}

/// A document, and its time.
struct Peer {
    document: Document,
    now_ms: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut peers = BTreeMap::new();
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let Request { client, action } = serde_json::from_str(&line?)?;
        let peer = peers.entry(client).or_insert_with(|| Peer::new(client));
        serde_json::to_writer(&mut out, &peer.act(action)?)?;
        out.write_all(b"\n")?;
        out.flush()?;
    }
    Ok(())
}

impl Peer {
    fn new(client: u64) -> Self {
        let mut document = Document::new(client);
        document.watch(&FileId::main());
        Self { document, now_ms: 0 }
    }

    fn act(&mut self, action: Action) -> Result<Response, Box<dyn Error>> {
        let (document, main) = (&mut self.document, FileId::main());
        let mut digest = None;
        match action {
            Action::Edit { at, delete, insert } => {
                document.edit(&main, &[Splice { at, delete, insert: &insert }])?;
            }
            Action::Undo => drop(document.undo(&main)),
            Action::Redo => drop(document.redo(&main)),
            Action::Pause { ms } => {
                self.now_ms += ms;
                document.set_now(Timestamp::from_millis(self.now_ms));
            }
            Action::Receive { updates } => {
                let updates: Vec<Vec<u8>> =
                    updates.iter().map(|u| bytes(u)).collect::<Result<_, _>>()?;
                document.apply_all(updates.iter().map(Vec::as_slice))?;
            }
            Action::Look { digest: update } => {
                digest = update.map(|update| digest_of(&bytes(&update)?)).transpose()?;
            }
        }
        let mut updates = Vec::new();
        while let Some(event) = document.poll_event() {
            if let Event::LocalUpdate(update) = event {
                updates.push(hex(&update));
            }
        }
        let (text, snapshot) = (document.text(&main), hex(&document.snapshot()));
        Ok(Response { updates, text, snapshot, digest })
    }
}

/// Equal for updates that hold and delete the same.
fn digest_of(update: &[u8]) -> Result<String, Box<dyn Error>> {
    Ok(hex(&merge(&[update], Deleted::Drop)?.convergence_digest()))
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn bytes(hex: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?)).collect()
}

//! Who one is in this browser, and what was not sent yet, in `localStorage`.
//!
//! Where storage is blocked one is a new guest with each visit, and nothing is kept.

use collab_core::chat::{Client, guest_token};
use tui_chat::seat::guest_name;
use wasm_bindgen::JsValue;
use web_sys::Storage;

use crate::page::{random, window};

const TOKEN: &str = "collab.tui.token";
const NAME: &str = "collab.tui.name";

/// What this browser keeps.
pub(crate) struct Kept {
    storage: Option<Storage>,
    /// Whether this tab is the one that keeps what was not sent.
    keeps_unsent: bool,
    pub(crate) token: String,
    pub(crate) name: String,
    /// Whose messages wait; empty for the guest of this browser.
    owner: String,
}

impl Kept {
    /// Reads it; `name`, if not empty, replaces the name that was kept.
    pub(crate) fn open(keeps_unsent: bool, name: &str) -> Result<Self, JsValue> {
        let storage = window()?.local_storage().ok().flatten();
        let read = |key| storage.as_ref().and_then(|storage| storage.get_item(key).ok().flatten());
        let token = match read(TOKEN) {
            Some(token) => token,
            None => guest_token(random()?),
        };
        let name = match (name.is_empty(), read(NAME)) {
            (false, _) => name.to_owned(),
            (true, Some(kept)) => kept,
            (true, None) => guest_name(u64::from_le_bytes(random()?)),
        };
        let kept = Self { storage, keeps_unsent, token, name, owner: String::new() };
        kept.write(TOKEN, &kept.token);
        kept.write(NAME, &kept.name);
        Ok(kept)
    }

    /// Remembers a name for the next visit.
    pub(crate) fn keep_name(&mut self, name: &str) {
        name.clone_into(&mut self.name);
        self.write(NAME, name);
    }

    /// One is this account now, or the guest of this browser, and what waits in these rooms is sent as
    /// them: what is kept from now on is theirs.
    pub(crate) fn belongs_to<'a>(
        &mut self,
        account: Option<&str>,
        rooms: impl Iterator<Item = &'a str>,
    ) {
        let owner = account.map(|account| format!("{account}.")).unwrap_or_default();
        let before = std::mem::replace(&mut self.owner, owner);
        if before == self.owner || !self.keeps_unsent {
            return;
        }
        for room in rooms {
            let key = unsent(&before, room);
            let _ = self.storage.as_ref().map(|storage| storage.remove_item(&key));
        }
    }

    /// Gives a client what an earlier tab kept of a room.
    pub(crate) fn restore(&self, room: &str, client: &mut Client) {
        let Some(storage) = self.storage.as_ref().filter(|_| self.keeps_unsent) else { return };
        let Some(text) = storage.get_item(&unsent(&self.owner, room)).ok().flatten() else {
            return;
        };
        // Each byte is one character; others are not ours, and then nothing is taken.
        let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
        let _ = bytes.map(|bytes| client.import(&bytes));
    }

    /// Keeps what [`Client::export`] says.
    pub(crate) fn keep_unsent(&self, room: &str, exported: &[u8]) {
        if self.keeps_unsent {
            let text: String = exported.iter().map(|byte| char::from(*byte)).collect();
            self.write(&unsent(&self.owner, room), &text);
        }
    }

    /// A full or blocked storage keeps nothing; the chat goes on.
    fn write(&self, key: &str, value: &str) {
        let _ = self.storage.as_ref().map(|storage| storage.set_item(key, value));
    }
}

fn unsent(owner: &str, room: &str) -> String {
    format!("collab.tui.unsent.{owner}{room}")
}

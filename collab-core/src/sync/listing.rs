//! Which channels are there: asked for once by the caller, and again by the session on each connection.

use super::{Fault, ListPrefixError, Output, Session};
use crate::wire::{LIST_PREFIXES, Message, read_names};

impl Session {
    /// Asks which channels with this prefix (`chat/` or `dm/`) hold something and may be opened:
    /// [`Output::Listed`] tells, and tells each new one from then on, through all reconnects. A relay
    /// that knows no chat says nothing.
    pub fn list(&mut self, prefix: &str) -> Result<(), ListPrefixError> {
        let prefix = known_prefix(prefix).ok_or(ListPrefixError)?;
        if self.listings.contains(&prefix) {
            return Ok(());
        }
        self.listings.push(prefix);
        if self.link.is_welcomed() && self.lists {
            self.send(0, &Message::List { prefix });
        }
        Ok(())
    }

    /// A connection begins: `lists` says whether its relay can be asked.
    pub(super) fn ask_lists(&mut self, lists: bool) {
        self.lists = lists;
        for at in 0..if lists { self.listings.len() } else { 0 } {
            let prefix = self.listings[at];
            self.send(0, &Message::List { prefix });
        }
    }

    pub(super) fn listed(&mut self, prefix: &str, names: &[u8]) -> Result<(), Fault> {
        let prefix = known_prefix(prefix).ok_or(Fault::Unexpected)?;
        let names = read_names(names)?.into_iter().map(Into::into).collect();
        self.outputs.push_back(Output::Listed { prefix, names });
        Ok(())
    }
}

fn known_prefix(prefix: &str) -> Option<&'static str> {
    LIST_PREFIXES.into_iter().find(|known| *known == prefix)
}

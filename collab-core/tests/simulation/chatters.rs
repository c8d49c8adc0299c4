//! The world's side of those who chat.

use collab_core::chat::{Chat, Segment, Unit, UserId};

use super::model::Fate;
use super::process::Storage;
use super::sayings::{Deed, What, write_text};
use super::world::World;

/// The segment that may be there before anybody comes, and who wrote it.
const OLD_CHANNEL: &str = "chat/0";
const OLD_CLIENT: u64 = 7;
const OLD_USER: &str = "old";

/// What chatters show as their token, which is their user ID as well. Others show none of these.
const USERS: [&str; 4] = ["u0", "u1", "u2", "u3"];

/// Whose token this is; empty for those who do not chat.
pub(crate) fn user_of(token: &str) -> &str {
    if USERS.contains(&token) { token } else { "" }
}

impl World {
    pub(crate) fn start_chatters(&mut self) {
        for chatter in 0..self.plan.chat.clients {
            let client = self.plan.clients + chatter;
            let keeps = chatter < self.plan.chat.with_storage;
            self.start_client(client, keeps.then(Storage::default));
            self.plan_edit(client);
        }
    }

    /// Whose a client is, and whom else there is to talk to.
    pub(crate) fn chat_users(&self, client: usize) -> (UserId, Vec<UserId>) {
        let users = &USERS[..self.plan.chat.users];
        let own = users[(client - self.plan.clients) % users.len()];
        let user = |id: &str| UserId::new(id).expect("short and plain");
        (user(own), users.iter().filter(|&&id| id != own).map(|id| user(id)).collect())
    }

    /// Fills the first segment almost, so that others begin.
    pub(crate) fn chat_before(&mut self) {
        let user = UserId::new(OLD_USER).expect("short and plain");
        let mut segment = Segment::new(0, OLD_CLIENT, Some(user.clone()));
        for at_ms in 1..=self.plan.chat.old_messages {
            let key = format!("old-{at_ms}");
            let text = write_text(&key, at_ms, &Chat::Room);
            segment.write(&user, OLD_USER, &Unit::Message { at: at_ms, text: &text, re: None });
            let deed = Deed { chat: Chat::Room, key, at_ms, what: What::Said };
            self.sayings.did(usize::MAX, deed, Fate::Durable);
        }
        if let Some((update, _)) = segment.release(u32::MAX) {
            self.store.append(OLD_CHANNEL.into(), update.into());
        }
    }

    pub(crate) fn did(&mut self, client: usize, deed: Deed) {
        self.trace(|_| format!("client {client}: {deed:?}"));
        self.sayings.did(client, deed, Fate::Kept);
    }

    /// Everybody loads all that there is.
    pub(crate) fn read_back(&mut self) {
        let now = self.now();
        for client in 0..self.clients.len() {
            if let Some(process) = &mut self.clients[client] {
                let effects = process.read_back(now);
                self.carry_out(client, effects);
            }
        }
    }
}

//! Somebody in a chat: what such a client says first, hears and writes (PROTOCOL section 7), with as
//! little work as possible. It reads no message; whoever counts them looks for marks in the bytes.

use std::time::{SystemTime, UNIX_EPOCH};

use collab_core::chat::{Chat, PRESENCE_CHANNEL, ROOT_ARRAY, SegmentName, Unit, UserId};
use collab_core::wire::{self, AwarenessEntry, Frame, Message, Sync, Writer, write_awareness};

use super::LoadError;
use super::dialect::{Dialect, Said};

/// Struct info of values (kind 8), and of values that name the ID left of them.
const VALUES: u8 = 8;
const VALUES_WITH_ORIGIN: u8 = VALUES | 0x80;

/// The part of one person.
pub(super) struct Chatter {
    dialect: Dialect,
    token: String,
    user: UserId,
    name: String,
    /// Client ID of presence and messages.
    client: u64,
    /// Units written so far.
    units: u64,
    channel: u64,
    seq: u64,
}

impl Chatter {
    /// `token` is sent in `hello`, `secret` is what the relay makes the user of.
    pub(super) fn new(
        dialect: Dialect,
        client: u64,
        name: String,
        secret: &str,
        token: String,
    ) -> Result<Self, LoadError> {
        let user = UserId::of_guest(secret).ok_or(LoadError::NoSecret)?;
        Ok(Self { dialect, token, user, name, client, units: 0, channel: 0, seq: 0 })
    }

    /// The payloads that open the conversation.
    pub(super) fn greeting(&self) -> Vec<Vec<u8>> {
        if self.dialect != Dialect::Collab {
            return Vec::new();
        }
        let messages = [
            Message::Hello { version: 1, token: &self.token },
            Message::Open { name: PRESENCE_CHANNEL },
            Message::Open { name: &first_segment() },
        ];
        messages.map(|message| message.frame(wire::Dialect::V1, 0).into()).into()
    }

    /// Reads one payload; `reply` gets the payload to answer with, if there is one.
    pub(super) fn hear<'a>(
        &mut self,
        payload: &'a [u8],
        reply: &mut Option<Vec<u8>>,
    ) -> Result<Said<'a>, LoadError> {
        if self.dialect != Dialect::Collab {
            return Ok(Said::Update(payload));
        }
        let Frame { channel, message } = Frame::read(wire::Dialect::V1, payload)?;
        Ok(match message {
            Message::Opened { name, .. } => {
                *reply = Some(self.opened(channel, name));
                Said::Nothing
            }
            Message::Sync(Sync::Update(update)) => Said::Update(update),
            Message::Sync(Sync::Step2(update)) => Said::Answer(update),
            Message::Error { code, .. } => Said::Refused(code),
            _ => Said::Nothing,
        })
    }

    /// Who one is, to those who are here; and that one has nothing, to the relay.
    fn opened(&mut self, channel: u64, name: &str) -> Vec<u8> {
        let frame = if name == PRESENCE_CHANNEL {
            let Self { user, name, client, .. } = self;
            // Names of the load need no escapes.
            let json = format!(r#"{{"user":{{"id":"{user}","name":"{name}"}}}}"#);
            let entry = AwarenessEntry { client: *client, clock: 1, json: &json };
            Message::Awareness(&write_awareness([entry].into_iter()))
                .frame(wire::Dialect::V1, channel)
        } else {
            self.channel = channel;
            Message::Sync(Sync::Step1(&[0])).frame(wire::Dialect::V1, channel)
        };
        frame.into()
    }

    /// The payload that says something.
    pub(super) fn message(&mut self, text: &str) -> Vec<u8> {
        if self.dialect != Dialect::Collab {
            return text.as_bytes().to_owned();
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let message = Unit::Message { at: now.as_millis() as u64, text, re: None };
        let update = match self.units {
            0 => {
                let user = self.user.clone();
                let name = self.name.clone();
                self.update(&[Unit::Iam { user: user.as_str(), name: &name }, message])
            }
            _ => self.update(&[message]),
        };
        self.seq += 1;
        let push = Message::Push { seq: self.seq, update: &update };
        push.frame(wire::Dialect::V1, self.channel).into()
    }

    /// An update of one client, with one struct of these units.
    fn update(&mut self, units: &[Unit<'_>]) -> Vec<u8> {
        let mut writer = Writer::with_capacity(256);
        writer.var_uint(1);
        writer.var_uint(1);
        writer.var_uint(self.client);
        writer.var_uint(self.units);
        if let Some(left) = self.units.checked_sub(1) {
            writer.bytes(&[VALUES_WITH_ORIGIN]);
            writer.var_uint(self.client);
            writer.var_uint(left);
        } else {
            writer.bytes(&[VALUES]);
            writer.var_uint(1);
            writer.var_string(ROOT_ARRAY);
        }
        writer.var_uint(units.len() as u64);
        for unit in units {
            writer.bytes(&unit.write());
        }
        // No deletions.
        writer.var_uint(0);
        self.units += units.len() as u64;
        writer.into_vec()
    }
}

fn first_segment() -> String {
    SegmentName { chat: Chat::Room, number: 0 }.to_string()
}

#[cfg(test)]
mod tests {
    use collab_core::chat::Segment;

    use super::*;

    #[test]
    fn a_chat_reads_what_a_chatter_says() {
        let secret = "secret";
        let chatter = Chatter::new(Dialect::Collab, 7, "ada".into(), secret, secret.into());
        let Ok(mut chatter) = chatter else { panic!("a secret") };
        let mut segment = Segment::new(0, 1, None);
        for text in ["one", "two"] {
            let payload = chatter.message(text);
            let frame = Frame::read(wire::Dialect::V1, &payload).expect("a frame");
            let Message::Push { update, .. } = frame.message else { panic!("{frame:?}") };
            segment.apply(update).expect("an update of a chat");
        }
        let said = (0..segment.len()).filter_map(|place| segment.message_at(place));
        let said: Vec<_> = said.map(|message| (message.name, message.text)).collect();
        assert_eq!(said, [("ada", "one"), ("ada", "two")]);
    }
}

//! The dialects that a relay may speak: what a client says first, and what it hears.

use clap::ValueEnum;
use collab_core::wire::{self, Frame, Message, Reader, Sync, Writer};
use serde::Serialize;

use super::LoadError;

/// The state vector of somebody who has nothing.
const NOTHING: &[u8] = &[0];
/// An update that says nothing.
const EMPTY_UPDATE: &[u8] = &[0, 0];

/// How to speak to a relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Dialect {
    /// y-protocols as y-websocket sends them; y-sweet and others take the same
    YWebsocket,
    /// `collab.v1`: pushes are acknowledged
    Collab,
    /// The same behind the document's name, and a word of authentication before
    Hocuspocus,
    /// No protocol: each text frame goes to all others. For `chat` only
    Text,
}

/// What a frame means to the generator.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said<'a> {
    /// Something new.
    Update(&'a [u8]),
    /// The answer to our question what we lack; whoever has it is synced.
    Answer(&'a [u8]),
    /// A refusal, with its code.
    Refused(u64),
    /// Nothing that matters here.
    Nothing,
}

/// One client's side of a dialect: frames in, frames out.
#[derive(Debug)]
pub(super) struct Speaker {
    dialect: Dialect,
    room: String,
    /// Of `collab.v1`, once it is open.
    channel: u64,
    seq: u64,
}

impl Speaker {
    pub(super) fn new(dialect: Dialect, room: &str) -> Self {
        Self { dialect, room: room.to_owned(), channel: 0, seq: 0 }
    }

    /// The payloads that open the conversation.
    pub(super) fn greeting(&self) -> Vec<Vec<u8>> {
        let step1 = Message::Sync(Sync::Step1(NOTHING));
        match self.dialect {
            Dialect::YWebsocket => vec![step1.frame(wire::Dialect::Plain, 0).into()],
            Dialect::Collab => vec![
                Message::Hello { version: 1, token: "" }.frame(wire::Dialect::V1, 0).into(),
                Message::Open { name: wire::DOC_CHANNEL }.frame(wire::Dialect::V1, 0).into(),
            ],
            Dialect::Hocuspocus => {
                let mut auth = self.addressed(2);
                auth.var_uint(0);
                auth.var_string("");
                auth.var_string("load");
                vec![auth.into_vec(), self.hocuspocus(Sync::Step1(NOTHING))]
            }
            Dialect::Text => Vec::new(),
        }
    }

    /// Reads one payload; `reply` gets the payload to answer with, if there is one.
    pub(super) fn hear<'a>(
        &mut self,
        payload: &'a [u8],
        reply: &mut Option<Vec<u8>>,
    ) -> Result<Said<'a>, LoadError> {
        let message = match self.dialect {
            Dialect::YWebsocket => Frame::read(wire::Dialect::Plain, payload)?.message,
            Dialect::Collab => {
                let frame = Frame::read(wire::Dialect::V1, payload)?;
                if let Message::Opened { .. } = frame.message {
                    self.channel = frame.channel;
                    let step1 = Message::Sync(Sync::Step1(NOTHING));
                    *reply = Some(step1.frame(wire::Dialect::V1, frame.channel).into());
                }
                frame.message
            }
            Dialect::Hocuspocus => {
                let mut reader = Reader::new(payload);
                reader.var_bytes()?;
                // 0 sync, 1 awareness; the others are hocuspocus' own.
                if reader.rest().first().is_none_or(|&kind| kind > 1) {
                    return Ok(Said::Nothing);
                }
                Frame::read(wire::Dialect::Plain, reader.rest())?.message
            }
            Dialect::Text => return Ok(Said::Nothing),
        };
        if let Message::Sync(Sync::Step1(_)) = message {
            *reply = self.answer();
        }
        Ok(match message {
            Message::Sync(Sync::Update(update)) => Said::Update(update),
            Message::Sync(Sync::Step2(update)) => Said::Answer(update),
            Message::Error { code, .. } => Said::Refused(code),
            Message::PermissionDenied { .. } => Said::Refused(u64::MAX),
            _ => Said::Nothing,
        })
    }

    /// To "what do you have?": nothing. In `collab.v1` whoever has nothing says nothing.
    fn answer(&self) -> Option<Vec<u8>> {
        let nothing = Sync::Step2(EMPTY_UPDATE);
        match self.dialect {
            Dialect::YWebsocket => {
                Some(Message::Sync(nothing).frame(wire::Dialect::Plain, 0).into())
            }
            Dialect::Collab | Dialect::Text => None,
            Dialect::Hocuspocus => Some(self.hocuspocus(nothing)),
        }
    }

    /// The payload that sends an update.
    pub(super) fn update(&mut self, update: &[u8]) -> Vec<u8> {
        match self.dialect {
            Dialect::YWebsocket => {
                Message::Sync(Sync::Update(update)).frame(wire::Dialect::Plain, 0).into()
            }
            Dialect::Collab => {
                self.seq += 1;
                let push = Message::Push { seq: self.seq, update };
                push.frame(wire::Dialect::V1, self.channel).into()
            }
            Dialect::Hocuspocus => self.hocuspocus(Sync::Update(update)),
            Dialect::Text => update.to_owned(),
        }
    }

    fn hocuspocus(&self, sync: Sync<'_>) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.var_string(&self.room);
        writer.bytes(&Message::Sync(sync).frame(wire::Dialect::Plain, 0));
        writer.into_vec()
    }

    /// The start of a hocuspocus message: `varString(room) . varUint(kind)`.
    fn addressed(&self, kind: u64) -> Writer {
        let mut writer = Writer::default();
        writer.var_string(&self.room);
        writer.var_uint(kind);
        writer
    }
}

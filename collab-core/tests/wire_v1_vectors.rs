//! `collab.v1` against frames that lib0's encoder wrote from PROTOCOL section 4.

mod vectors;

use collab_core::wire::{
    Access, Dialect, Frame, Grant, Limits, Message, Sync, read_names, write_names,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use vectors::{Hex, load, unhex};

#[derive(Deserialize)]
struct File {
    frames: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    r#type: String,
    channel: u64,
    fields: Map<String, Value>,
    hex: Hex,
}

impl Vector {
    fn uint(&self, field: &str) -> u64 {
        self.fields[field].as_u64().expect("an integer")
    }

    fn text(&self, field: &str) -> &str {
        self.fields[field].as_str().expect("a string")
    }

    fn access(&self) -> Access {
        if self.uint("access") == 1 { Access::Write } else { Access::Read }
    }

    fn grant(&self) -> Grant {
        Grant {
            user: self.text("user").to_owned(),
            name: self.text("name").to_owned(),
            access: self.access(),
            expires_at_ms: self.uint("expiresAtMs"),
        }
    }

    fn limits(&self) -> Limits {
        Limits {
            frame_max_bytes: self.uint("frameMaxBytes"),
            update_max_bytes: self.uint("updateMaxBytes"),
            awareness_max_bytes: self.uint("awarenessMaxBytes"),
            signal_max_bytes: self.uint("signalMaxBytes"),
        }
    }

    /// The only field of bytes that a message has, beside a state vector.
    fn bytes(&self) -> Vec<u8> {
        if let Some(names) = self.fields.get("names").and_then(Value::as_array) {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            return write_names(names.into_iter());
        }
        let names = ["body", "update", "payload", "digest", "buckets"];
        let field = names.iter().find_map(|name| self.fields.get(*name)?.as_str());
        field.map_or_else(Vec::new, |hex| unhex(hex).expect("hex"))
    }

    /// Where an older relay ends this message: before the name, which a grant got later.
    fn without_name(&self) -> Option<usize> {
        let name = matches!(&*self.r#type, "welcome" | "grant").then(|| self.text("name"))?;
        Some(self.hex.0.len() - 1 - name.len())
    }

    fn state_vector(&self) -> Vec<u8> {
        let hex = self.fields.get("stateVector").and_then(Value::as_str);
        unhex(hex.unwrap_or_default()).expect("hex")
    }

    fn message<'a>(&'a self, state_vector: &'a [u8], bytes: &'a [u8]) -> Message<'a> {
        match self.r#type.as_str() {
            "step1" => Message::Sync(Sync::Step1(bytes)),
            "step2" => Message::Sync(Sync::Step2(bytes)),
            "update" => Message::Sync(Sync::Update(bytes)),
            "awareness" => Message::Awareness(bytes),
            "queryAwareness" => Message::QueryAwareness,
            "hello" => Message::Hello { version: self.uint("version"), token: self.text("token") },
            "welcome" => Message::Welcome {
                version: self.uint("version"),
                peer: self.uint("peer"),
                grant: self.grant(),
                limits: self.limits(),
                keeps: self.uint("flags") & 1 != 0,
                digests: self.uint("flags") & 2 != 0,
                lists: self.uint("flags") & 4 != 0,
            },
            "open" => Message::Open { name: self.text("name") },
            "opened" => Message::Opened { name: self.text("name"), access: self.access() },
            "close" => Message::Close,
            "ask" => Message::Ask { state_vector, digest: bytes },
            "differ" => Message::Differ { buckets: bytes },
            "push" => Message::Push { seq: self.uint("seq"), update: bytes },
            "received" => Message::Received { seq: self.uint("seq") },
            "durable" => Message::Durable { seq: self.uint("seq") },
            "error" => Message::Error {
                code: self.uint("code"),
                seq: self.uint("seq"),
                detail: self.text("detail"),
            },
            "token" => Message::Token { token: self.text("token") },
            "grant" => Message::Grant(self.grant()),
            "signal" => Message::Signal { peer: self.uint("peer"), payload: bytes },
            "event" => Message::Event { kind: self.uint("kind"), payload: bytes },
            "ping" => Message::Ping { nonce: self.uint("nonce") },
            "list" => Message::List { prefix: self.text("prefix") },
            "listed" => Message::Listed { prefix: self.text("prefix"), names: bytes },
            "pong" => Message::Pong { nonce: self.uint("nonce") },
            other => panic!("no such message: {other}"),
        }
    }
}

#[test]
fn frames_are_those_of_the_specification() {
    for vector in load::<File>("v1.json").frames {
        let (state_vector, bytes) = (vector.state_vector(), vector.bytes());
        let message = vector.message(&state_vector, &bytes);
        let frame = Frame { channel: vector.channel, message };
        assert_eq!(Frame::read(Dialect::V1, &vector.hex.0).as_ref(), Ok(&frame));
        assert_eq!(frame.write(Dialect::V1), vector.hex.0, "{}", vector.r#type);
    }
}

#[test]
fn truncated_frames_are_errors() {
    for vector in load::<File>("v1.json").frames {
        for end in 0..vector.hex.0.len() {
            let part = &vector.hex.0[..end];
            let is_older = vector.without_name() == Some(end);
            let is_read = Frame::read(Dialect::V1, part).is_ok();
            assert_eq!(is_read, is_older, "{} at {end}", vector.r#type);
        }
    }
}

#[test]
fn grants_of_older_relays_have_no_name() {
    for vector in load::<File>("v1.json").frames {
        let Some(end) = vector.without_name() else { continue };
        match Frame::read(Dialect::V1, &vector.hex.0[..end]).map(|frame| frame.message) {
            Ok(Message::Welcome { grant, .. } | Message::Grant(grant)) => {
                assert_eq!(grant, Grant { name: String::new(), ..vector.grant() });
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn listed_names_are_read_back() {
    let names = ["dm/ada/bob/0", "dm/ada/g2/12"];
    assert_eq!(read_names(&write_names(names.into_iter())).expect("names"), names);
}

#[test]
fn extension_messages_may_grow_at_their_end() {
    for vector in load::<File>("v1.json").frames {
        let longer = [vector.hex.0.as_slice(), b"later"].concat();
        let is_stock =
            ["step1", "step2", "update", "awareness", "queryAwareness"].contains(&&*vector.r#type);
        let frame = Frame::read(Dialect::V1, &longer);
        assert_eq!(frame.is_err(), is_stock, "{}", vector.r#type);
    }
}

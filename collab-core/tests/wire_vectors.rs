//! The wire codec against the bytes of the JavaScript reference packages, and against any bytes.

mod vectors;

use collab_core::wire::{
    AwarenessEntry, Dialect, Frame, Message, Reader, Sync, Writer, read_awareness, write_awareness,
};
use proptest::prelude::*;
use serde::Deserialize;
use vectors::{Hex, load};

#[derive(Deserialize)]
struct Primitives {
    #[serde(rename = "varUint")]
    integers: Vec<Primitive<u64>>,
    #[serde(rename = "varString")]
    strings: Vec<Primitive<String>>,
    #[serde(rename = "varBytes")]
    byte_strings: Vec<Primitive<Hex>>,
}

#[derive(Deserialize)]
struct Primitive<T> {
    value: T,
    hex: Hex,
}

#[derive(Deserialize)]
struct Plain {
    messages: Vec<PlainMessage>,
}

#[derive(Deserialize)]
struct PlainMessage {
    name: String,
    message: Meaning,
    hex: Hex,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Meaning {
    Step1 { body: Hex },
    Step2 { body: Hex },
    Update { body: Hex },
    Awareness { body: Hex },
    PermissionDenied { reason: String },
    QueryAwareness,
}

impl Meaning {
    fn message(&self) -> Message<'_> {
        match self {
            Self::Step1 { body } => Message::Sync(Sync::Step1(&body.0)),
            Self::Step2 { body } => Message::Sync(Sync::Step2(&body.0)),
            Self::Update { body } => Message::Sync(Sync::Update(&body.0)),
            Self::Awareness { body } => Message::Awareness(&body.0),
            Self::PermissionDenied { reason } => Message::PermissionDenied { reason },
            Self::QueryAwareness => Message::QueryAwareness,
        }
    }
}

#[derive(Deserialize)]
struct AwarenessFile {
    updates: Vec<AwarenessVector>,
}

#[derive(Deserialize)]
struct AwarenessVector {
    name: String,
    entries: Vec<Entry>,
    hex: Hex,
}

#[derive(Deserialize)]
struct Entry {
    client: u64,
    clock: u64,
    json: String,
}

#[test]
fn primitives_are_those_of_lib0() {
    let file: Primitives = load("lib0.json");
    for Primitive { value, hex: Hex(bytes) } in &file.integers {
        assert_eq!(Reader::new(bytes).var_uint(), Ok(*value));
        assert_eq!(written(|w| w.var_uint(*value)), *bytes);
        every_prefix_is_an_error(bytes, |r| r.var_uint().is_err());
    }
    for Primitive { value, hex: Hex(bytes) } in &file.strings {
        assert_eq!(Reader::new(bytes).var_string(), Ok(value.as_str()));
        assert_eq!(written(|w| w.var_string(value)), *bytes);
        every_prefix_is_an_error(bytes, |r| r.var_string().is_err());
    }
    for Primitive { value: Hex(value), hex: Hex(bytes) } in &file.byte_strings {
        assert_eq!(Reader::new(bytes).var_bytes(), Ok(value.as_slice()));
        assert_eq!(written(|w| w.var_bytes(value)), *bytes);
        every_prefix_is_an_error(bytes, |r| r.var_bytes().is_err());
    }
}

#[test]
fn stock_messages_are_those_of_y_protocols() {
    let file: Plain = load("plain.json");
    for PlainMessage { name, message, hex: Hex(bytes) } in &file.messages {
        let frame = Frame { channel: 0, message: message.message() };
        assert_eq!(Frame::read(Dialect::Plain, bytes).as_ref(), Ok(&frame), "{name}");
        assert_eq!(frame.write(Dialect::Plain), *bytes, "{name}");
        every_prefix_is_an_error(bytes, |r| Frame::read(Dialect::Plain, r.rest()).is_err());
    }
}

#[test]
fn awareness_is_that_of_y_protocols() {
    let file: AwarenessFile = load("awareness.json");
    for AwarenessVector { name, entries, hex: Hex(bytes) } in &file.updates {
        let expected: Vec<_> = entries
            .iter()
            .map(|e| AwarenessEntry { client: e.client, clock: e.clock, json: &e.json })
            .collect();
        assert_eq!(read_awareness(bytes).as_ref(), Ok(&expected), "{name}");
        assert_eq!(write_awareness(expected.iter().copied()), *bytes, "{name}");
        every_prefix_is_an_error(bytes, |r| read_awareness(r.rest()).is_err());
    }
}

#[test]
fn stock_messages_end_with_their_frame() {
    let file: Plain = load("plain.json");
    for PlainMessage { name, hex: Hex(bytes), .. } in file.messages {
        let longer = [bytes, vec![0]].concat();
        assert!(Frame::read(Dialect::Plain, &longer).is_err(), "{name}");
    }
}

fn written(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::default();
    write(&mut writer);
    writer.into_vec()
}

fn every_prefix_is_an_error(bytes: &[u8], is_error: impl Fn(&mut Reader<'_>) -> bool) {
    for end in 0..bytes.len() {
        assert!(is_error(&mut Reader::new(&bytes[..end])), "{end} of {} bytes", bytes.len());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_frame_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for dialect in [Dialect::Plain, Dialect::V1] {
            if let Ok(frame) = Frame::read(dialect, &bytes) {
                let again = frame.write(dialect);
                prop_assert_eq!(Frame::read(dialect, &again), Ok(frame));
            }
        }
        if let Ok(entries) = read_awareness(&bytes) {
            let again = write_awareness(entries.iter().copied());
            prop_assert_eq!(read_awareness(&again), Ok(entries));
        }
    }

    #[test]
    fn integers_survive_the_wire(value in 0..=collab_core::wire::VAR_UINT_MAX) {
        let bytes = written(|w| w.var_uint(value));
        prop_assert!(bytes.len() <= 8);
        prop_assert_eq!(Reader::new(&bytes).var_uint(), Ok(value));
    }
}

//! A frame of any bytes in both dialects: reading returns, and what was read is written alike.

use collab_core::log::StateVector;
use collab_core::wire::{
    Dialect, Frame, Message, Sync, is_channel_name, is_room_name, read_awareness, write_awareness,
};

/// The claims: reading never panics; what was read and written again reads the same.
pub fn run(bytes: &[u8]) {
    for dialect in [Dialect::Plain, Dialect::V1] {
        let Ok(frame) = Frame::read(dialect, bytes) else { continue };
        let written = frame.write(dialect);
        assert_eq!(Frame::read(dialect, &written).as_ref(), Ok(&frame), "reads differently");
        read_payload(&frame.message);
    }
}

fn read_payload(message: &Message<'_>) {
    match *message {
        Message::Sync(Sync::Step1(known)) => read_state_vector(known),
        Message::Awareness(update) => read_and_write_awareness(update),
        Message::Open { name } => {
            let _either = (is_channel_name(name), is_room_name(name));
        }
        _ => {}
    }
}

fn read_state_vector(bytes: &[u8]) {
    let Ok(known) = StateVector::read(bytes) else { return };
    assert_eq!(StateVector::read(&known.write()).as_ref(), Ok(&known));
}

fn read_and_write_awareness(bytes: &[u8]) {
    let Ok(entries) = read_awareness(bytes) else { return };
    let written = write_awareness(entries.iter().copied());
    assert_eq!(read_awareness(&written), Ok(entries));
}

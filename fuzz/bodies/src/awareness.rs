//! Presence that hears any bytes.

use std::time::Duration;

use collab_core::Timestamp;
use collab_core::presence::{Event, Presence, State};
use collab_core::wire::{AwarenessEntry, read_awareness, write_awareness};

use crate::script::Script;

const STEPS_MAX: usize = 64;
const GARBAGE_MAX_BYTES: u32 = 120;
const OWN: u64 = 3;

/// The claims: nothing panics; what it says can be read and applied by others; deadlines are met by
/// one tick; somebody else's word does not remove oneself.
pub fn run(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let mut now = Timestamp::from_millis(1_000_000);
    let (mut presence, mut other) = (Presence::new(OWN), Presence::new(8));
    let mut here = false;
    for _ in 0..STEPS_MAX {
        if script.is_over() {
            break;
        }
        match script.roll(8) {
            0..=2 => drop(presence.apply(now, &entries(&mut script))),
            3 => drop(presence.apply(now, script.bytes(GARBAGE_MAX_BYTES))),
            4 => now = now + Duration::from_millis(u64::from(script.byte()) * 200),
            5 => presence.reconnected(now),
            6 => {
                here = script.flip();
                let state = State::from_json(OWN, script.pick(&["{}", "{\"user\":1}", "[]"]));
                let state = state.filter(|_| here);
                presence.set_local(now, state).expect("a small state");
            }
            _ => {
                let json = String::from_utf8_lossy(script.bytes(GARBAGE_MAX_BYTES));
                if let Some(state) = State::from_json(5, &json) {
                    State::from_json(5, &state.to_json()).expect("own JSON");
                }
            }
        }
        presence.tick(now);
        assert!(presence.deadline().is_none_or(|at| at > now), "a deadline that a tick left");
        follow(&mut presence, &mut other, now);
        assert_eq!(presence.local().is_some(), here);
    }
    other.apply(now, &presence.encode_all()).expect("what presence says can be heard");
}

fn follow(presence: &mut Presence, other: &mut Presence, now: Timestamp) {
    while let Some(event) = presence.poll_event() {
        if let Event::Send(update) = event {
            other.apply(now, &update).expect("what presence says can be heard");
            let said = read_awareness(&update).expect("what presence says can be read");
            assert!(said.iter().all(|entry| entry.client == OWN), "spoke for somebody else");
        }
    }
    let people = presence.people();
    assert!(people.windows(2).all(|pair| pair[0].client < pair[1].client));
}

fn entries(script: &mut Script<'_>) -> Vec<u8> {
    let json = ["null", "{}", "{\"user\":{\"name\":\"\\u0007\",\"color\":\"#12\"}}", "[", "7"];
    let entries: Vec<AwarenessEntry<'_>> = (0..script.roll(4))
        .map(|_| AwarenessEntry {
            client: u64::from(script.roll(5)),
            clock: script.pick(&[0, 1, 2, 3, 4, (1 << 53) - 1]),
            json: script.pick(&json),
        })
        .collect();
    write_awareness(entries.into_iter()).to_vec()
}

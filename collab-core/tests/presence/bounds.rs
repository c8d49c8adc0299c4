//! Claims about what presence refuses, and what it does not keep.

use collab_core::presence::{CLIENTS_MAX, Presence, PresenceError, STATE_MAX_BYTES, State};
use collab_core::wire::{AwarenessEntry, write_awareness};
use serde_json::json;

use crate::support::{at, changed, clients, events, named, says, sent};

#[test]
fn thousands_of_joins_and_leaves_leave_nothing() {
    let mut bob = Presence::new(0);
    for round in 0..20_000u64 {
        let now = at(round * 10);
        bob.apply(now, &says(round + 1, 1, "{}")).unwrap();
        // Half of them say goodbye, the others just vanish.
        if round % 2 == 0 {
            bob.apply(now, &says(round + 1, 1, "null")).unwrap();
        }
        bob.tick(now);
        events(&mut bob);
        if round % 1_000 == 999 {
            assert_eq!(clients(&bob).len(), 1_500.min(round as usize / 2 + 1), "30 s of people");
        }
    }
    bob.tick(at(20_000 * 10 + 30_000));
    assert!(clients(&bob).is_empty());
    bob.tick(at(20_000 * 10 + 90_000));
    assert_eq!(bob.deadline(), None, "nobody is remembered");
}

#[test]
fn newcomers_beyond_the_limit_are_ignored_until_somebody_is_gone() {
    let mut bob = Presence::new(0);
    let all = 1..=CLIENTS_MAX as u64;
    let entries: Vec<_> =
        all.map(|client| AwarenessEntry { client, clock: 1, json: "{}" }).collect();
    bob.apply(at(0), &write_awareness(entries.into_iter())).unwrap();
    let one_more = says(1 << 40, 1, "{}");
    assert_eq!(bob.apply(at(1), &one_more), Err(PresenceError::Ignored { entries: 1 }));
    bob.apply(at(2), &says(7, 1, "null")).unwrap();
    bob.apply(at(3), &one_more).unwrap();
    assert_eq!(bob.people().len(), CLIENTS_MAX);
}

#[test]
fn states_too_large_are_ignored_and_all_others_applied() {
    let mut bob = Presence::new(2);
    let large = json!({ "x": "x".repeat(STATE_MAX_BYTES) }).to_string();
    let entries = [(1, large.as_str()), (3, "{}"), (4, "not json"), (5, "{}")];
    let entries = entries.map(|(client, json)| AwarenessEntry { client, clock: 1, json });
    let update = write_awareness(entries.into_iter());
    assert_eq!(bob.apply(at(0), &update), Err(PresenceError::Ignored { entries: 2 }));
    assert_eq!(clients(&bob), [3, 5]);
}

#[test]
fn all_states_together_are_bounded() {
    let mut bob = Presence::new(0);
    let json = json!({ "x": "x".repeat(16_000) }).to_string();
    let mut ignored = 0;
    for client in 1..=3_000 {
        ignored += u64::from(bob.apply(at(0), &says(client, 1, &json)).is_err());
    }
    assert!(ignored > 800, "{ignored}");
    bob.apply(at(0), &says(1, 2, "{}")).unwrap();
    bob.apply(at(0), &says(3_000, 1, &json)).unwrap();
    bob.tick(at(30_000));
    bob.apply(at(30_001), &says(3_001, 1, &json)).unwrap();
}

#[test]
fn own_state_too_large_keeps_the_one_before() {
    let mut alice = Presence::new(1);
    alice.set_local(at(0), Some(named("Alice"))).unwrap();
    events(&mut alice);
    let mut large = State::default();
    large.extra.insert("x".into(), "x".repeat(STATE_MAX_BYTES).into());
    let refused = alice.set_local(at(1), Some(large));
    assert!(matches!(refused, Err(PresenceError::TooLarge { .. })));
    assert_eq!(alice.local().unwrap().user.name, "Alice");
    assert!(sent(&mut alice).is_empty());
}

#[test]
fn malformed_updates_change_nothing() {
    let mut bob = Presence::new(2);
    let good = says(1, 1, "{}");
    for cut in 0..good.len() {
        assert!(matches!(bob.apply(at(0), &good[..cut]), Err(PresenceError::Malformed(_))));
    }
    let mut trailing = good.to_vec();
    trailing.push(0);
    assert!(bob.apply(at(0), &trailing).is_err());
    assert_eq!(bob.poll_event(), None);
    bob.apply(at(0), &good).unwrap();
    assert_eq!(events(&mut bob), [changed(&[1], &[], &[])]);
}

#[test]
fn deeply_nested_states_are_ignored() {
    let mut bob = Presence::new(2);
    let nested = format!("{}{}", "[".repeat(8_000), "]".repeat(8_000));
    assert!(bob.apply(at(0), &says(1, 1, &nested)).is_err());
    assert!(clients(&bob).is_empty());
}

//! Claims about who is here: the rules of y-protocols 1.0.7, and what we do better.

use collab_core::presence::{Event, Presence};

use crate::support::{at, changed, clients, events, named, only_entry, says, sent};

#[test]
fn people_see_each_other_come_change_and_leave() {
    let (mut alice, mut bob) = (Presence::new(1), Presence::new(2));
    alice.set_local(at(0), Some(named("Alice"))).unwrap();
    let came = sent(&mut alice);
    bob.apply(at(1), &came[0]).unwrap();
    assert_eq!(events(&mut bob), [changed(&[1], &[], &[])]);
    assert_eq!(bob.people()[0].state.user.name, "Alice");

    alice.set_local(at(2), Some(named("Alicia"))).unwrap();
    bob.apply(at(3), &sent(&mut alice)[0]).unwrap();
    assert_eq!(events(&mut bob), [changed(&[], &[1], &[])]);

    alice.set_local(at(4), None).unwrap();
    bob.apply(at(5), &sent(&mut alice)[0]).unwrap();
    assert_eq!(events(&mut bob), [changed(&[], &[], &[1])]);
    assert!(bob.people().is_empty() && alice.local().is_none());
}

#[test]
fn own_state_is_renewed_every_15_seconds_and_nobody_notices() {
    let (mut alice, mut bob) = (Presence::new(1), Presence::new(2));
    alice.set_local(at(0), Some(named("Alice"))).unwrap();
    bob.apply(at(0), &sent(&mut alice)[0]).unwrap();
    events(&mut bob);
    for round in 1..5u64 {
        let due = alice.deadline().unwrap();
        assert_eq!(due, at(round * 15_000));
        alice.tick(at(due.as_millis() - 1));
        assert!(events(&mut alice).is_empty());
        alice.tick(due);
        let renewal = sent(&mut alice);
        assert_eq!(only_entry(&renewal[0]).0, 1 + round);
        bob.apply(due, &renewal[0]).unwrap();
        bob.tick(due);
        assert!(events(&mut bob).is_empty());
        assert_eq!(clients(&bob), [1]);
    }
}

#[test]
fn who_is_silent_for_30_seconds_is_gone() {
    let mut bob = Presence::new(2);
    bob.apply(at(1_000), &says(1, 1, "{}")).unwrap();
    events(&mut bob);
    assert_eq!(bob.deadline(), Some(at(31_000)));
    bob.tick(at(30_999));
    assert_eq!(clients(&bob), [1]);
    bob.tick(at(31_000));
    assert_eq!(events(&mut bob), [changed(&[], &[], &[1])]);
    assert!(clients(&bob).is_empty());
}

#[test]
fn removal_at_the_same_clock_is_accepted_and_a_late_message_ignored() {
    let mut bob = Presence::new(2);
    bob.apply(at(0), &says(1, 5, "{}")).unwrap();
    bob.apply(at(1), &says(1, 4, "null")).unwrap();
    assert_eq!(clients(&bob), [1]);
    bob.apply(at(2), &says(1, 5, "null")).unwrap();
    assert!(clients(&bob).is_empty());
    bob.apply(at(3), &says(1, 5, "{}")).unwrap();
    assert!(clients(&bob).is_empty(), "a ghost");
    bob.apply(at(4), &says(1, 6, "{}")).unwrap();
    assert_eq!(clients(&bob), [1]);
}

#[test]
fn clock_zero_of_somebody_unknown_is_ignored() {
    let mut bob = Presence::new(2);
    bob.apply(at(0), &says(1, 0, "{}")).unwrap();
    assert!(clients(&bob).is_empty());
    assert_eq!(bob.poll_event(), None);
}

#[test]
fn nobody_else_speaks_for_a_client() {
    let mut alice = Presence::new(1);
    alice.set_local(at(0), Some(named("Alice"))).unwrap();
    let (clock, _) = only_entry(&sent(&mut alice)[0]);
    alice.apply(at(1), &says(1, clock, "null")).unwrap();
    let (clock, json) = only_entry(&sent(&mut alice)[0]);
    assert!(clock == 2 && json.contains("Alice"), "says at once that she is here");

    alice.apply(at(2), &says(1, 40, r#"{"user":{"name":"Mallory"}}"#)).unwrap();
    assert!(sent(&mut alice).is_empty(), "two with one ID must not answer each other for ever");
    assert_eq!(alice.people()[0].state.user.name, "Alice");
    alice.tick(at(60_000));
    assert_eq!(only_entry(&sent(&mut alice)[0]).0, 41);
    alice.apply(at(60_001), &says(1, (1 << 53) - 1, "null")).unwrap();
    alice.set_local(at(60_002), Some(named("Al"))).unwrap();
    assert_eq!(only_entry(&sent(&mut alice)[0]).0, 42);
}

#[test]
fn who_never_said_anything_has_nothing_to_say() {
    let mut presence = Presence::new(1);
    presence.set_local(at(0), None).unwrap();
    presence.reconnected(at(1));
    presence.tick(at(100_000));
    assert_eq!(presence.poll_event(), None);
    assert_eq!(presence.deadline(), None);
    assert_eq!(&presence.encode_local()[..], [0]);
}

#[test]
fn after_a_reconnect_others_accept_us_and_we_accept_them() {
    let (mut alice, mut bob) = (Presence::new(1), Presence::new(2));
    alice.set_local(at(0), Some(named("Alice"))).unwrap();
    bob.set_local(at(0), Some(named("Bob"))).unwrap();
    let (from_alice, from_bob) = (sent(&mut alice).remove(0), sent(&mut bob).remove(0));
    alice.apply(at(0), &from_bob).unwrap();
    bob.apply(at(0), &from_alice).unwrap();
    // Alice's machine sleeps; the relay says that she is gone.
    bob.apply(at(20_000), &says(1, 1, "null")).unwrap();
    alice.tick(at(40_000));
    assert_eq!(clients(&alice), [1], "nothing was heard of Bob");
    sent(&mut alice);
    alice.reconnected(at(40_000));
    bob.apply(at(40_000), &sent(&mut alice)[0]).unwrap();
    assert_eq!(clients(&bob), [1, 2]);
    // Bob has not renewed his state: the relay says the one that Alice knew before.
    alice.apply(at(40_000), &from_bob).unwrap();
    assert_eq!(clients(&alice), [1, 2]);
}

#[test]
fn many_changes_between_polls_are_one_message() {
    let mut alice = Presence::new(1);
    for name in ["A", "Al", "Ali"] {
        alice.set_local(at(0), Some(named(name))).unwrap();
    }
    let events = events(&mut alice);
    assert_eq!(events.len(), 2);
    assert_eq!(events[0], changed(&[1], &[], &[]));
    let Event::Send(update) = &events[1] else { panic!("nothing to send") };
    let (clock, json) = only_entry(update);
    assert!(clock == 3 && json.contains("Ali"));
}

#[test]
fn saying_the_same_again_sends_nothing() {
    let mut alice = Presence::new(1);
    alice.set_local(at(0), Some(named("Alice"))).unwrap();
    events(&mut alice);
    alice.set_local(at(1), Some(named("Alice"))).unwrap();
    assert_eq!(alice.poll_event(), None);
}

#[test]
fn who_came_and_left_between_polls_was_never_here() {
    let mut bob = Presence::new(2);
    bob.apply(at(0), &says(1, 1, "{}")).unwrap();
    bob.apply(at(0), &says(1, 1, "null")).unwrap();
    assert_eq!(bob.poll_event(), None);
    bob.apply(at(0), &says(3, 1, "{}")).unwrap();
    events(&mut bob);
    bob.apply(at(0), &says(3, 1, "null")).unwrap();
    bob.apply(at(0), &says(3, 2, "{}")).unwrap();
    assert_eq!(events(&mut bob), [changed(&[], &[3], &[])]);
}

#[test]
fn a_query_is_answered_with_everybody_unchanged() {
    let mut bob = Presence::new(2);
    let stock = r#"{"user":{"name":"x","color":"red"},"cursor":null,"mine":[1]}"#;
    bob.apply(at(0), &says(1, 3, stock)).unwrap();
    bob.apply(at(0), &says(5, 1, "{}")).unwrap();
    bob.apply(at(0), &says(5, 1, "null")).unwrap();
    bob.set_local(at(0), Some(named("Bob"))).unwrap();
    let mut newcomer = Presence::new(3);
    newcomer.apply(at(0), &bob.encode_all()).unwrap();
    assert_eq!(clients(&newcomer), [1, 2]);
    assert_eq!(newcomer.encode_all(), bob.encode_all());
}

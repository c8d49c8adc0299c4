//! Presence that lasts as long as its connection (PROTOCOL section 7).

use collab_core::presence::{Event, Presence};
use collab_core::wire::{AwarenessEntry, write_awareness};

use crate::support::{at, changed, clients, events, named, says, sent};

const LATER: u64 = 3_600_000;

#[test]
fn nobody_renews_and_nobody_expires() {
    let (mut alice, mut bob) = (Presence::lasting(1), Presence::lasting(2));
    alice.set_local(at(0), Some(named("Alice"))).unwrap();
    bob.apply(at(0), &sent(&mut alice)[0]).unwrap();
    assert_eq!((alice.deadline(), bob.deadline()), (None, None));
    alice.tick(at(LATER));
    bob.tick(at(LATER));
    assert!(events(&mut alice).is_empty());
    assert_eq!(events(&mut bob), [changed(&[1], &[], &[])]);
    bob.apply(at(LATER), &says(1, 1, "null")).unwrap();
    assert!(clients(&bob).is_empty());
}

#[test]
fn after_a_reconnect_only_those_are_here_whom_the_relay_names() {
    let mut bob = Presence::lasting(2);
    for client in [1, 3, 4] {
        bob.apply(at(0), &says(client, 1, "{}")).unwrap();
    }
    bob.set_local(at(0), Some(named("Bob"))).unwrap();
    events(&mut bob);
    bob.reconnected(at(LATER));
    assert!(matches!(events(&mut bob)[..], [Event::Send(_)]), "nobody seems gone yet");
    let here = |client, clock| AwarenessEntry { client, clock, json: "{}" };
    bob.apply(at(LATER), &write_awareness([here(3, 1), here(5, 1)].into_iter())).unwrap();
    assert_eq!(events(&mut bob), [changed(&[5], &[], &[1, 4])]);
    // What comes later names only those who changed.
    bob.apply(at(LATER), &says(6, 1, "{}")).unwrap();
    assert_eq!(clients(&bob), [2, 3, 5, 6]);
    // Who is named after all, at the clock they had, is here: the first word may have been lost.
    bob.apply(at(LATER), &says(4, 1, "{}")).unwrap();
    assert_eq!(clients(&bob), [2, 3, 4, 5, 6]);
}

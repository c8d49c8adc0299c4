//! What is written without a connection, or faster than the relay takes it.

use collab_core::chat::{Change, Conversation, Input, Place, SEGMENT_UNITS};

use crate::kit::World;

#[test]
fn a_thousand_messages_at_once_arrive_in_their_time_and_none_twice() {
    let mut world = World::new();
    let (ada, bob) = (world.here("Ada"), world.here("Bob"));
    for number in 0..400 {
        world
            .call(ada, |ada, now| ada.say(now, &Place::Room, &format!("{number}"), None))
            .expect("may write");
    }
    let at_once = world.texts(bob, &Place::Room).len();
    assert!((100..200).contains(&at_once), "{at_once}");
    assert!(world.unsaved(ada) > 200);
    world.pass(20_000);
    let expected: Vec<String> = (0..400).map(|number| number.to_string()).collect();
    assert_eq!(world.texts(bob, &Place::Room), expected);
    assert_eq!(world.unsaved(ada), 0);
}

#[test]
fn a_message_from_before_the_first_connection_goes_to_the_newest_segment() {
    let mut world = World::new();
    let ada = world.here("Ada");
    fill_segment(&mut world, ada);
    world.say(ada, "second segment");
    let bob = world.guest("Bob");
    let early = world.say(bob, "early");
    world.call(bob, |bob, now| bob.edit(now, &Place::Room, early, "early bird")).expect("own");
    let answer = world
        .call(bob, |bob, now| bob.say(now, &Place::Room, "answer", Some(early)))
        .expect("may write");
    assert_eq!((early.segment, answer.segment), (0, 0));
    world.start(bob);
    let changes = world.call(bob, |bob, _| bob.take_changes(&Place::Room));
    let told = |change| changes.contains(&change);
    assert!(told(Change::Removed(early)), "or who follows the changes shows it twice");
    assert_eq!(world.texts(bob, &Place::Room), ["second segment", "early bird", "answer"]);
    let texts = world.texts(ada, &Place::Room);
    assert_eq!(texts[texts.len() - 2..], ["early bird", "answer"]);
    let room = world.chatters[ada].client.conversation(&Place::Room).expect("always there");
    let answer = room.newest(0).expect("there");
    assert_eq!(answer.re, room.newest(1).map(|early| early.id));
    assert_eq!(answer.id.segment, 1);
}

#[test]
fn what_was_not_sent_survives_the_process() {
    let mut world = World::new();
    let (ada, bob) = (world.here("Ada"), world.here("Bob"));
    world.say(ada, "sent");
    world.cut(ada);
    let oops = world.say(ada, "oops");
    world.say(ada, "unsent");
    world.call(ada, |ada, now| ada.delete(now, &Place::Room, oops)).expect("own");
    let stored = world.chatters[ada].client.export();

    let again = world.guest_again("Ada", 4711);
    world.chatters[again].client.import(&stored).expect("what was exported");
    assert_eq!(world.texts(again, &Place::Room), ["sent", "unsent"]);
    world.say(again, "new");
    assert_eq!(world.unsaved(again), 5);
    world.start(again);
    assert_eq!(world.texts(bob, &Place::Room), ["sent", "unsent", "new"]);
    assert_eq!(world.unsaved(again), 0);

    // The first process comes back, and nothing is doubled.
    world.pass(60_000);
    for who in [ada, bob, again] {
        assert_eq!(world.texts(who, &Place::Room), ["sent", "unsent", "new"], "{who}");
        assert_eq!(world.unsaved(who), 0);
    }
    let exported = world.chatters[again].client.export();
    assert!(exported.len() < 200, "nothing but a read mark: {} B", exported.len());
}

#[test]
fn who_remembers_what_was_read_is_told_of_the_rest() {
    let mut world = World::new();
    let (ada, bob) = (world.here("Ada"), world.here("Bob"));
    let to_bob = Place::Direct(world.user(bob));
    let to_ada = Place::Direct(world.user(ada));
    world.say(ada, "read");
    world.call(bob, |bob, now| bob.mark_read(now, &Place::Room));
    let stored = world.chatters[bob].client.export();
    world.call(bob, |bob, now| bob.handle(now, collab_core::chat::Input::Stop));
    world.say(ada, "unread");
    world.say_to(ada, &to_bob, "psst");

    let again = world.guest_again("Bob", 4711);
    world.chatters[again].client.import(&stored).expect("what was exported");
    world.start(again);
    let arrived = &world.chatters[again].arrived;
    assert_eq!(arrived.len(), 2, "{arrived:?}");
    assert!(arrived.contains(&(Place::Room, "unread".to_owned())));
    assert!(arrived.contains(&(to_ada.clone(), "psst".to_owned())));
    let unread = |place| world.chatters[again].client.conversation(place).map(Conversation::unread);
    assert_eq!((unread(&Place::Room), unread(&to_ada)), (Some(1), Some(1)));

    // Without a memory everything is old.
    let stranger = world.guest_again("Bob", 4712);
    world.start(stranger);
    assert!(world.chatters[stranger].arrived.is_empty());
    assert_eq!(world.texts(stranger, &to_ada), ["psst"]);
}

#[test]
fn what_is_said_before_the_relay_knows_better_is_said_as_who_one_is() {
    let mut world = World::new();
    let (ada, bob) = (world.guest("Ada"), world.here("Bob"));
    world.say(ada, "hello");
    world.give_name(ada, "Ada of the relay");
    world.start(ada);
    let room = world.chatters[bob].client.conversation(&Place::Room).expect("always there");
    assert_eq!(room.newest(0).map(|m| (m.name, m.text)), Some(("Ada of the relay", "hello")));
}

#[test]
fn who_becomes_somebody_else_says_as_them_what_waits_that_of_earlier_processes_too() {
    let mut world = World::new();
    let (first, bob) = (world.guest("Guest"), world.here("Bob"));
    let to_bob = Place::Direct(world.user(bob));
    world.say(first, "one");
    world.say_to(first, &to_bob, "psst");
    let stored = world.chatters[first].client.export();
    let second = world.guest_again("Guest", 4711);
    world.chatters[second].client.import(&stored).expect("what was exported");
    world.say(second, "two");

    world.input(second, Input::Token("Ada's own secret, long enough".to_owned()));
    world.start(second);
    let ada = world.chatters[second].client.own().expect("known").clone();
    assert_ne!(ada, world.user(first));
    let bobs = &world.chatters[bob].client;
    let room = bobs.conversation(&Place::Room).expect("always there");
    let said: Vec<_> = room.messages().map(|m| (m.user, m.text)).collect();
    assert_eq!(said, [(ada.as_str(), "two"), (ada.as_str(), "one")]);
    assert_eq!(world.texts(bob, &Place::Direct(ada)), ["psst"]);
    assert_eq!(world.unsaved(second), 0);
}

/// Says as much as one segment takes.
pub(crate) fn fill_segment(world: &mut World, who: usize) {
    for number in 0..SEGMENT_UNITS - 1 {
        world
            .call(who, |client, now| client.say(now, &Place::Room, &format!("{number}"), None))
            .expect("may write");
    }
    world.pass(100_000);
    assert_eq!(world.unsaved(who), 0);
}

//! Long histories: what is not looked at is not loaded.

#![allow(clippy::unwrap_used, reason = "test code")]

use collab_core::chat::{Change, Place, SEGMENT_UNITS, Segment, Unit};
use collab_core::relay::Position;

use crate::kit::World;
use crate::offline::fill_segment;

/// Puts `segments` full segments into the relay's store, as if Ada had written them.
fn store(world: &mut World, ada: usize, segments: u32) -> usize {
    let user = world.user(ada);
    let mut bytes = 0;
    for number in 0..segments {
        let mut segment = Segment::new(number, 7, Some(user.clone()));
        for message in 1..SEGMENT_UNITS {
            let at = 1_600_000_000_000 + u64::from(number * SEGMENT_UNITS + message);
            let text = format!("message {message} of segment {number} says hello to everybody");
            segment.write(&user, "Ada", &Unit::Message { at, text: &text, re: None });
        }
        let (update, _) = segment.release(u32::MAX).unwrap();
        bytes += update.len();
        let stored = world.relay.store.entry(format!("chat/{number}").into()).or_default();
        stored.tail.push((Position(u64::from(number) + 1), update.into()));
    }
    bytes
}

#[test]
fn a_hundred_thousand_messages_open_at_their_last_page_alone() {
    let mut world = World::new();
    let ada = world.guest("Ada");
    let stored_bytes = store(&mut world, ada, 101);
    let bob = world.here("Bob");
    let room = |world: &World| {
        let room = world.chatters[bob].client.conversation(&Place::Room).unwrap();
        (room.segments_count(), room.len(), room.has_older())
    };
    assert_eq!(room(&world), (1, 999, true));
    let received = world.chatters[bob].received_bytes;
    println!("{received} of {stored_bytes} B received for the last of 101 segments");
    assert!(received < stored_bytes / 90, "{received} of {stored_bytes}");

    world.call(bob, |bob, _| bob.take_changes(&Place::Room));
    assert!(world.call(bob, |bob, now| bob.load_older(now, &Place::Room)));
    assert_eq!(room(&world), (2, 1998, true));
    let changes = world.call(bob, |bob, _| bob.take_changes(&Place::Room));
    assert_eq!(changes.iter().filter(|c| matches!(c, Change::Added(_))).count(), 999);
    let client = &world.chatters[bob].client;
    let room = client.conversation(&Place::Room).unwrap();
    assert_eq!(room.newest(999).unwrap().text, "message 999 of segment 99 says hello to everybody");
    assert_eq!(room.newest(1998), None);
    for place in [0, 1, 998, 999, 1000, 1997] {
        assert_eq!(room.place_of(room.newest(place).unwrap().id), Some(place));
    }
    assert_eq!(room.unread(), 0);
    assert!(world.chatters[bob].arrived.is_empty());
}

#[test]
fn more_segments_than_channels_can_be_read() {
    let mut world = World::new();
    let ada = world.guest("Ada");
    store(&mut world, ada, 30);
    let bob = world.here("Bob");
    while world.call(bob, |bob, now| bob.load_older(now, &Place::Room)) {}
    let room = world.chatters[bob].client.conversation(&Place::Room).unwrap();
    assert_eq!((room.len(), room.is_loading()), (30 * 999, false));
    assert!(world.chatters[bob].refused.is_empty());
    // What is changed in a closed segment gets through.
    let old = room.messages().find(|message| message.id.segment == 17).unwrap().id;
    world.call(bob, |bob, now| bob.react(now, &Place::Room, old, "+1", true)).unwrap();
    assert_eq!(world.unsaved(bob), 0);
    assert!(world.chatters[bob].refused.is_empty());
}

#[test]
fn who_talks_with_more_people_than_there_are_channels_misses_nobody() {
    let mut world = World::new();
    let ada = world.here("Ada");
    let to_ada = Place::Direct(world.user(ada));
    let others: Vec<usize> = (0..20).map(|number| world.here(&format!("No {number}"))).collect();
    for &other in &others {
        world.say_to(other, &to_ada, "first");
    }
    assert_eq!(world.chatters[ada].arrived.len(), 20);
    for &other in &others {
        world.say_to(other, &to_ada, "second");
    }
    world.pass(300_000);
    assert_eq!(world.chatters[ada].arrived.len(), 40);
    let unread = world.chatters[ada].client.places().map(collab_core::chat::Conversation::unread);
    assert_eq!(unread.sum::<usize>(), 40);
}

#[test]
fn a_full_segment_is_followed_by_the_next_one_for_all() {
    let mut world = World::new();
    let (ada, bob) = (world.here("Ada"), world.here("Bob"));
    fill_segment(&mut world, ada);
    let first = world.say(ada, "next");
    assert_eq!(first.segment, 1);
    assert_eq!(world.say(bob, "mine too").segment, 1);
    let texts = world.texts(ada, &Place::Room);
    assert_eq!(texts.len(), 1001);
    assert_eq!(texts, world.texts(bob, &Place::Room));
    assert_eq!(world.chatters[bob].arrived.len(), 1000);
    // A reply across the border names the segment of what it answers.
    let room = world.chatters[ada].client.conversation(&Place::Room).unwrap();
    let old = room.newest(5).unwrap().id;
    let reply = world.call(bob, |bob, now| bob.say(now, &Place::Room, "re", Some(old))).unwrap();
    let room = world.chatters[ada].client.conversation(&Place::Room).unwrap();
    assert_eq!(room.message(reply).unwrap().re, Some(old));
}

#[test]
fn segments_that_began_while_one_was_away_are_loaded_without_a_gap() {
    let mut world = World::new();
    let ada = world.guest("Ada");
    store(&mut world, ada, 30);
    // As an earlier process left it: read up to segment 26, then to segment 3.
    for (newest, held) in [(26, 4), (3, 1)] {
        let mut reader = World::new();
        let earlier = reader.guest("Bob");
        store(&mut reader, earlier, newest + 1);
        reader.start(earlier);
        reader.call(earlier, |bob, now| bob.mark_read(now, &Place::Room));
        let stored = reader.chatters[earlier].client.export();
        let again = world.guest_again("Bob", 5_000 + u64::from(newest));
        world.chatters[again].client.import(&stored).unwrap();
        world.start(again);
        let room = world.chatters[again].client.conversation(&Place::Room).unwrap();
        assert_eq!((room.segments_count(), room.has_older()), (held, true), "{newest}");
        assert_eq!(world.chatters[again].arrived.len(), 999 * (held - usize::from(held > 1)));
    }
}

//! What a relay does not take, and how its author goes on.

#![allow(clippy::unwrap_used, reason = "test code")]

use std::time::Duration;

use collab_core::chat::{Client, Input, Place, SayError, TEXT_MAX_BYTES, UserId};
use collab_core::relay::ChatLimits;
use collab_core::sync::Phase;
use collab_core::wire::{ErrorCode, Grant};

use crate::kit::World;

#[test]
fn who_has_a_clock_that_is_fast_gets_their_text_back_and_may_say_it_again() {
    let mut world = World::new();
    let ada = world.here("Ada");
    world.say(ada, "in time");
    let eve = world.guest("Eve");
    world.chatters[eve].skew = Duration::from_secs(120);
    world.start(eve);
    let refused = world.say(eve, "early");
    let texts = vec!["early".to_owned()];
    assert_eq!(world.chatters[eve].refused, [(ErrorCode::ChatRefused, texts)]);
    let room = world.chatters[eve].client.conversation(&Place::Room).unwrap();
    assert_eq!(room.message(refused), None);
    world.chatters[eve].skew = Duration::ZERO;
    let again = world.say(eve, "again");
    assert_ne!(again.client, refused.client);
    world.pass(1_000);
    for who in [ada, eve] {
        assert_eq!(world.texts(who, &Place::Room), ["in time", "again"]);
        assert_eq!(world.unsaved(who), 0);
    }
    assert_eq!(world.chatters[eve].client.status().phase, Phase::Saved);
}

#[test]
fn two_devices_that_write_too_much_together_lose_nothing() {
    let mut world = World::new();
    let ada = world.here("Ada");
    let phone = world.guest_again("Ada", 4711);
    world.start(phone);
    let bob = world.here("Bob");
    for number in 0..150 {
        for who in [ada, phone] {
            let text = format!("{who}: {number}");
            world.call(who, |ada, now| ada.say(now, &Place::Room, &text, None)).unwrap();
        }
    }
    world.pass(60_000);
    for who in [ada, phone, bob] {
        assert_eq!(world.texts(who, &Place::Room).len(), 300);
        assert_eq!(world.unsaved(who), 0);
    }
    assert!(world.chatters.iter().all(|chatter| chatter.refused.is_empty()));
}

#[test]
fn who_writes_faster_than_a_strict_relay_takes_it_loses_nothing() {
    let limits = ChatLimits { rate_per_s: 5, burst: 10, ..ChatLimits::default() };
    let mut world = World::with(limits);
    let (ada, bob) = (world.here("Ada"), world.here("Bob"));
    for number in 0..200 {
        let say = |ada: &mut Client, now| ada.say(now, &Place::Room, &format!("{number}"), None);
        world.call(ada, say).unwrap();
    }
    world.pass(120_000);
    assert!(world.texts(bob, &Place::Room).into_iter().eq((0..200).map(|n| n.to_string())));
    assert_eq!(world.unsaved(ada), 0);
    assert!(world.chatters[ada].refused.iter().all(|(_, texts)| texts.is_empty()));
}

#[test]
fn who_logs_in_as_somebody_else_writes_as_them_and_loses_sight_of_the_first() {
    let mut world = World::new();
    let (ada, bob) = (world.here("Guest"), world.here("Bob"));
    let to_bob = Place::Direct(world.user(bob));
    world.say(ada, "as a guest");
    world.say_to(ada, &to_bob, "psst");
    let grant = Grant { user: "ada".into(), name: "Ada".into(), ..Grant::open() };
    world.regrant(ada, grant);
    assert_eq!(world.chatters[ada].client.own(), UserId::new("ada").ok().as_ref());
    assert!(world.texts(ada, &to_bob).is_empty());
    world.say(ada, "as Ada");
    world.say_to(ada, &to_bob, "it was me");
    // The relay takes the direct chat away before it says why.
    assert!(world.chatters[ada].refused.iter().all(|(code, _)| *code == ErrorCode::Forbidden));
    let bobs = &world.chatters[bob].client;
    let room = bobs.conversation(&Place::Room).unwrap();
    assert_eq!(room.newest(0).map(|m| (m.user, m.name, m.text)), Some(("ada", "Ada", "as Ada")));
    let from_ada = Place::Direct(UserId::new("ada").unwrap());
    assert_eq!(world.texts(bob, &from_ada), ["it was me"]);
    let mut people: Vec<_> = bobs.people().into_iter().map(|person| person.name).collect();
    people.sort_unstable();
    assert_eq!(people, ["Ada", "Bob"]);
}

#[test]
fn who_is_given_another_name_stays_the_same_person_and_sees_the_others() {
    let mut world = World::new();
    let (ada, bob, eve) = (world.here("Ada"), world.here("Bob"), world.here("Eve"));
    let to_bob = Place::Direct(world.user(bob));
    world.say_to(ada, &to_bob, "psst");
    let user = world.user(ada).to_string();
    world.regrant(ada, Grant { user, name: "Ada.L".into(), ..Grant::open() });
    for who in [ada, bob, eve] {
        let people = world.chatters[who].client.people();
        let mut names: Vec<_> = people.into_iter().map(|person| person.name).collect();
        names.sort_unstable();
        assert_eq!(names, ["Ada.L", "Bob", "Eve"], "{who}");
    }
    world.say_to(ada, &to_bob, "still me");
    assert_eq!(world.texts(bob, &Place::Direct(world.user(ada))), ["psst", "still me"]);
}

#[test]
fn who_is_renamed_on_one_device_asks_for_a_token_on_the_others_once() {
    let mut world = World::new();
    let (desk, phone) = (world.guest("Ada"), world.guest_again("Ada", 4711));
    for device in [desk, phone] {
        world.give_name(device, "Ada");
        world.start(device);
    }
    let user = world.user(desk).to_string();
    world.regrant(phone, Grant { user, name: "Ada.L".into(), ..Grant::open() });
    world.say(phone, "still me");
    assert_eq!(world.chatters[desk].tokens_wanted, 1);
    let people = world.chatters[phone].client.people();
    assert_eq!(people.iter().map(|person| &*person.name).collect::<Vec<_>>(), ["Ada.L"]);
}

#[test]
fn who_has_no_token_reads_and_is_told_that_they_may_not_write() {
    let mut world = World::new();
    let ada = world.here("Ada");
    world.say(ada, "hello");
    let reader = world.nobody();
    world.start(reader);
    assert_eq!(world.texts(reader, &Place::Room), ["hello"]);
    let now = world.now;
    assert!(world.chatters[reader].client.say(now, &Place::Room, "hi", None).is_err());
    assert!(world.chatters[reader].client.people().iter().all(|person| person.name == "Ada"));
    world.input(reader, Input::Stop);
}

#[test]
fn what_is_too_long_is_refused_to_its_author_and_never_sent() {
    let mut world = World::new();
    let (ada, bob) = (world.here("Ada"), world.here("Bob"));
    let (room, to_bob) = (Place::Room, Place::Direct(world.user(bob)));
    let said = world.say(ada, "short");
    let large = "x".repeat(1 << 20);
    let too_long = Err(SayError::TooLong { bytes: 1 << 20 });
    let received = world.chatters[bob].received_bytes;
    world.call(ada, |ada, now| {
        for place in [&room, &to_bob] {
            assert_eq!(ada.say(now, place, &large, None).map(drop), too_long);
        }
        assert_eq!(ada.edit(now, &room, said, &large), too_long);
        assert_eq!(ada.react(now, &room, said, &large, true), too_long);
        assert_eq!(ada.unsaved(), 0);
    });
    world.pass(1_000);
    assert_eq!(world.texts(bob, &room), ["short"]);
    assert_eq!(world.chatters[bob].received_bytes, received);
    let longest = "x".repeat(TEXT_MAX_BYTES);
    world.say(ada, &longest);
    assert_eq!(world.texts(bob, &room), ["short", &longest]);
}

//! Clients of one room, through a relay.

use collab_core::chat::{Change, Place};

use crate::kit::World;

#[test]
fn what_one_says_arrives_at_the_others_once_and_is_saved() {
    let mut world = World::new();
    let (ada, bob) = (world.here("Ada"), world.here("Bob"));
    world.say(ada, "hello");
    world.say(bob, "hi");
    for who in [ada, bob] {
        assert_eq!(world.texts(who, &Place::Room), ["hello", "hi"]);
        assert_eq!(world.unsaved(who), 0);
        assert!(world.chatters[who].client.is_synced());
    }
    assert_eq!(world.chatters[ada].arrived, [(Place::Room, "hi".to_owned())]);
    let room = world.chatters[bob].client.conversation(&Place::Room).expect("always there");
    let hello = room.newest(1).expect("two messages");
    assert_eq!((hello.name, hello.is_own, hello.is_pending), ("Ada", false, false));
    assert_eq!(hello.user, world.user(ada).as_str());
    assert_eq!(room.unread(), 1);
}

#[test]
fn a_newcomer_reads_what_was_said_and_is_not_rung_for_it() {
    let mut world = World::new();
    let ada = world.here("Ada");
    world.say(ada, "hello");
    let bob = world.here("Bob");
    assert_eq!(world.texts(bob, &Place::Room), ["hello"]);
    assert!(world.chatters[bob].arrived.is_empty());
}

#[test]
fn what_was_written_offline_appears_once() {
    let mut world = World::new();
    let (ada, bob) = (world.here("Ada"), world.here("Bob"));
    world.say(ada, "before");
    world.cut(ada);
    world.say(ada, "offline 1");
    world.say(ada, "offline 2");
    world.say(bob, "meanwhile");
    assert_eq!(world.unsaved(ada), 2);
    world.pass(60_000);
    for who in [ada, bob] {
        assert_eq!(
            world.texts(who, &Place::Room),
            ["before", "offline 1", "offline 2", "meanwhile"],
            "{who}"
        );
        assert_eq!(world.unsaved(who), 0);
    }
    assert_eq!(world.chatters[bob].arrived.len(), 3);
}

#[test]
fn edits_reactions_and_deletions_reach_the_others() {
    let mut world = World::new();
    let (ada, bob) = (world.here("Ada"), world.here("Bob"));
    let hello = world.say(ada, "helo");
    let oops = world.say(ada, "oops");
    world.call(bob, |bob, _| bob.take_changes(&Place::Room));
    world.call(ada, |ada, now| ada.edit(now, &Place::Room, hello, "hello")).expect("own");
    world.call(ada, |ada, now| ada.delete(now, &Place::Room, oops)).expect("own");
    world.call(bob, |bob, now| bob.react(now, &Place::Room, hello, "👍", true)).expect("there");
    world.call(ada, |ada, now| ada.react(now, &Place::Room, hello, "👍", true)).expect("there");
    world.call(ada, |ada, now| ada.react(now, &Place::Room, hello, "👍", false)).expect("there");
    for who in [ada, bob] {
        assert_eq!(world.texts(who, &Place::Room), ["hello"]);
        assert_eq!(world.unsaved(who), 0);
        let room = world.chatters[who].client.conversation(&Place::Room).expect("always there");
        assert!(room.message(hello).is_some_and(|message| message.edited_at.is_some()));
        let reactions = room.reactions(hello);
        assert_eq!(reactions.len(), 1);
        assert_eq!(reactions[0].by, [(world.user(bob).as_str(), "Bob")]);
        assert_eq!(reactions[0].is_own, who == bob);
    }
    let changes = world.call(bob, |bob, _| bob.take_changes(&Place::Room));
    assert!(changes.contains(&Change::Removed(oops)) && changes.contains(&Change::Changed(hello)));
}

#[test]
fn a_direct_chat_reaches_one_user_alone() {
    let mut world = World::new();
    let (ada, bob, eve) = (world.here("Ada"), world.here("Bob"), world.here("Eve"));
    let to_bob = Place::Direct(world.user(bob));
    let to_ada = Place::Direct(world.user(ada));
    world.say_to(ada, &to_bob, "psst");
    assert_eq!(world.texts(bob, &to_ada), ["psst"]);
    assert_eq!(world.chatters[bob].arrived, [(to_ada.clone(), "psst".to_owned())]);
    world.say_to(bob, &to_ada, "what?");
    assert_eq!(world.texts(ada, &to_bob), ["psst", "what?"]);
    assert_eq!(world.chatters[eve].client.places().count(), 1);
}

#[test]
fn people_are_shown_once_each_and_go() {
    let mut world = World::new();
    let (ada, bob) = (world.here("Ada"), world.here("Bob"));
    let again = world.guest_again("Bob", 4711);
    world.start(again);
    world.call(bob, |bob, now| bob.set_typing(now, Some(&Place::Room)));
    let people = world.chatters[ada].client.people();
    let mut names: Vec<_> = people.iter().map(|p| (p.name.as_str(), p.is_typing)).collect();
    names.sort_unstable();
    assert_eq!(names, [("Ada", false), ("Bob", true)]);
    world.cut(bob);
    world.cut(again);
    assert_eq!(world.chatters[ada].client.people().len(), 1);
}

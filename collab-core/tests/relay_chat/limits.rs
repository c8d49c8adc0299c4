//! Claims about how much may be said.

use std::time::Duration;

use collab_core::relay::{Input, PeerId, RoomConfig};
use collab_core::wire::ErrorCode;

use crate::chat_kit::{run, says, update};
use crate::kit::{ADA, Chat, EVE, iam, msg};

/// One of the many ways to say too much.
fn flood(chat: &mut Chat, count: u32, mut pause: impl FnMut(&mut Chat, u32)) -> (u32, u64) {
    let (mut clock, mut refusals) = (1, 0);
    chat.say(EVE, 1, &says(30, 0, &[iam("eve")]));
    for at in 0..count {
        match chat.say(EVE, 1, &says(30, clock, &[msg("spam")])) {
            None => clock += 1,
            Some((code, wait)) => {
                assert_eq!(code, ErrorCode::RateLimited as u64);
                assert!(wait.parse::<u64>().unwrap() <= 50, "{wait}");
                refusals += 1;
            }
        }
        pause(chat, at);
    }
    (clock, refusals)
}

#[test]
fn ten_thousand_messages_in_a_second_are_a_burst_and_refusals() {
    let mut chat = Chat::new();
    assert_eq!(flood(&mut chat, 10_000, |_, _| {}), (200, 9_801));
    assert_eq!(chat.refused(ADA, 1, &says(10, 3, &[msg("three")])), None);
}

#[test]
fn reconnecting_and_other_windows_gain_nothing() {
    let mut chat = Chat::new();
    let again = |chat: &mut Chat, at: u32| {
        if at.is_multiple_of(10) {
            chat.relay.input(Input::Leave { peer: PeerId(EVE) });
            chat.enter(EVE, "eve");
            chat.open(EVE, "chat/0").unwrap();
        }
    };
    assert_eq!(flood(&mut chat, 10_000, again).0, 200);
    chat.enter(7, "eve");
    let number = chat.open(7, "dm/ada/eve/0").unwrap();
    let limited = Some(ErrorCode::RateLimited as u64);
    assert_eq!(chat.refused(7, number, &says(31, 0, &[iam("eve")])), limited);
}

#[test]
fn who_waits_as_told_and_opens_again_is_heard() {
    let mut chat = Chat::new();
    let (clock, _) = flood(&mut chat, 250, |_, _| {});
    let late = says(30, clock, &[msg("late"), msg("later")]);
    let (_, wait) = chat.say(EVE, 1, &late).unwrap();
    chat.relay.now = chat.relay.now + Duration::from_millis(wait.parse().unwrap());
    assert!(chat.refused(EVE, 1, &late).is_some(), "builds on what was refused");
    chat.open(EVE, "chat/0").unwrap();
    let (_, wait) = chat.say(EVE, 1, &late).unwrap();
    assert_eq!(wait, "50", "for two");
    chat.relay.now = chat.relay.now + Duration::from_millis(50);
    chat.open(EVE, "chat/0").unwrap();
    assert_eq!(chat.say(EVE, 1, &late), None);
}

#[test]
fn one_push_holds_what_was_written_offline_and_no_more() {
    let mut chat = Chat::new();
    let units = |count| [vec![iam("eve")], vec![msg("x"); count]].concat();
    let too_large = Some(ErrorCode::UpdateTooLarge as u64);
    assert_eq!(chat.refused(EVE, 1, &says(30, 0, &units(10_000))), too_large);
    chat.open(EVE, "chat/0").unwrap();
    assert_eq!(chat.refused(EVE, 1, &says(30, 0, &units(1_000))), None);
    let (code, wait) = chat.say(EVE, 1, &says(30, 1_001, &[msg("x")])).unwrap();
    assert_eq!((code, &*wait), (ErrorCode::RateLimited as u64, "40100"));
}

#[test]
fn a_segment_begins_when_the_one_before_it_is_half_full() {
    let mut chat = Chat::new();
    let number = chat.open(EVE, "chat/1").unwrap();
    let early = Some((ErrorCode::RateLimited as u64, "1000".to_owned()));
    let begin = says(31, 0, &[iam("eve")]);
    assert_eq!(chat.say(EVE, number, &begin), early);
    chat.relay.now = chat.relay.now + Duration::from_secs(1);
    let units = [vec![iam("ada")], vec![msg("x"); 499]].concat();
    assert_eq!(chat.refused(ADA, 1, &says(13, 0, &units)), None);
    assert_eq!(chat.open(EVE, "chat/1"), Ok(number));
    assert_eq!(chat.say(EVE, number, &begin), None);
    let last = chat.open(EVE, "chat/99999999").unwrap();
    assert_eq!(chat.say(EVE, last, &begin), early);
}

#[test]
fn client_ids_of_a_segment_are_limited() {
    let mut config = RoomConfig::default();
    config.chat.clients_max = 3;
    let mut chat = Chat::with(config);
    assert_eq!(chat.refused(EVE, 1, &says(30, 0, &[iam("eve")])), None);
    let two = [(31, 0, vec![run(31, 0, &[iam("eve")])]), (32, 0, vec![run(32, 0, &[iam("eve")])])];
    let full = Some(ErrorCode::RoomFull as u64);
    assert_eq!(chat.refused(EVE, 1, &update(&two, &[])), full);
}

//! Claims about presence in a chat.

use collab_core::relay::PeerId;
use collab_core::wire::{AwarenessEntry, ErrorCode, Message, write_awareness};

use crate::chat_kit::says;
use crate::kit::{ADA, BOB, Chat, EVE, iam};

pub(crate) fn presence(client: u64, clock: u64, json: &str) -> Message<'static> {
    let update = write_awareness([AwarenessEntry { client, clock, json }].into_iter());
    Message::Awareness(Vec::leak(update.to_vec()))
}

#[test]
fn nobody_is_present_as_another_or_speaks_for_them() {
    let mut chat = Chat::new();
    for peer in [ADA, BOB, EVE] {
        chat.open(peer, "chat").unwrap();
    }
    let ada = r#"{"user":{"id":"ada","name":"Ada"}}"#;
    chat.relay.say(PeerId(ADA), 2, &presence(9, 1, ada));
    assert_eq!(chat.relay.heard(PeerId(BOB)).last().unwrap(), &format!("9@1={ada}"));
    chat.relay.inbox.clear();
    let eve = r#"{"user":{"id":"eve"}}"#;
    for (client, clock, json) in [(8, 1, ada), (8, 1, "{}"), (9, 2, eve), (9, 2, "null")] {
        chat.relay.say(PeerId(EVE), 2, &presence(client, clock, json));
        let refused = format!("error {} seq 0", ErrorCode::AwarenessRefused as u64);
        assert_eq!(chat.relay.heard(PeerId(EVE)), [refused], "{json}");
        assert!(chat.relay.heard(PeerId(BOB)).is_empty(), "{json}");
    }
    chat.relay.say(PeerId(EVE), 2, &presence(8, 1, eve));
    assert_eq!(chat.relay.heard(PeerId(BOB)), [format!("8@1={eve}")]);
    let update = says(30, 0, &[iam("eve")]);
    assert_eq!(chat.refused(EVE, 2, &update), Some(ErrorCode::ReadOnly as u64));
}

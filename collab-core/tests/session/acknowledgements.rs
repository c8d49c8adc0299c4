//! Claims about `received`, `durable`, and what a user may call saved.

use collab_core::sync::{Input, Output, Phase};
use collab_core::wire::{EventKind, Message};

use crate::kit::{Client, DOC, N, event, opened, pushes, step1, step2, text_of, welcome};

fn says_durable(outputs: &[Output]) -> bool {
    outputs.iter().any(|o| matches!(o, Output::Durable { channel } if &**channel == DOC))
}

#[test]
fn only_durable_makes_an_edit_saved() {
    let mut client = Client::live();
    let outputs = client.type_text("a");
    assert_eq!(pushes(&outputs)[0].0, 1);
    assert_eq!((client.phase(), client.unsaved()), (Phase::Synced, 1));
    assert!(!says_durable(&client.hear(N, &Message::Received { seq: 1 })));
    assert_eq!((client.phase(), client.unsaved()), (Phase::Synced, 1));
    assert!(says_durable(&client.hear(N, &Message::Durable { seq: 1 })));
    assert_eq!((client.phase(), client.unsaved()), (Phase::Saved, 0));
}

#[test]
fn pushes_are_counted_from_one_without_gaps() {
    let mut client = Client::live();
    for expected in 1..=50 {
        let outputs = client.type_text("x");
        assert_eq!(pushes(&outputs).iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [expected]);
    }
    client.hear(N, &Message::Durable { seq: 30 });
    assert_eq!(client.unsaved(), 20);
    client.hear(N, &Message::Durable { seq: 10 });
    assert_eq!(client.unsaved(), 20, "acknowledgements are cumulative");
}

#[test]
fn one_push_after_a_reconnect_covers_all_that_was_not_durable() {
    let mut client = Client::live();
    client.type_text("durable ");
    client.hear(N, &Message::Durable { seq: 1 });
    client.type_text("received ");
    client.hear(N, &Message::Received { seq: 2 });
    client.type_text("sent ");
    client.input(Input::Disconnected { code: None });
    client.type_text("offline ");
    assert_eq!(client.unsaved(), 3);
    client.tick();
    client.input(Input::Connected);
    client.type_text("connecting ");
    client.hear(0, &welcome(true));
    client.hear(N, &opened());
    let outputs = client.type_text("syncing ");
    assert!(pushes(&outputs).is_empty(), "the relay's state is not known yet");
    let pushed = pushes(&client.hear(N, &step1(&[0])));
    assert_eq!(pushed.len(), 1);
    assert_eq!(pushed[0].0, 1, "counted anew on each connection");
    let text = text_of([pushed[0].1.as_slice()]);
    assert_eq!(text, "durable received sent offline connecting syncing ");
    assert_eq!(client.unsaved(), 5);
    assert_eq!(pushes(&client.type_text("live"))[0].0, 2);
    client.hear(N, &Message::Durable { seq: 1 });
    assert_eq!(client.unsaved(), 1);
}

#[test]
fn edits_are_pushed_again_though_the_relay_seems_to_have_them() {
    let mut client = Client::live();
    client.type_text("in memory there");
    client.reconnect();
    let state_vector = client.documents.0.state_vector();
    let pushed = pushes(&client.hear(N, &step1(&state_vector)));
    assert_eq!(pushed.len(), 1, "only the acknowledgement tells that it is durable");
    client.hear(N, &step2(&[0, 0]));
    assert_eq!(client.phase(), Phase::Synced);
    client.hear(N, &Message::Durable { seq: 1 });
    assert_eq!(client.phase(), Phase::Saved);
}

#[test]
fn nothing_is_pushed_where_nothing_is_lacking() {
    let mut client = Client::live();
    client.type_text("a");
    client.hear(N, &Message::Durable { seq: 1 });
    client.reconnect();
    let state_vector = client.documents.0.state_vector();
    assert!(pushes(&client.hear(N, &step1(&state_vector))).is_empty());
}

#[test]
fn an_edit_that_the_first_diff_carried_already_is_only_repeated() {
    let mut client = Client::new();
    client.reach_opened(&welcome(true));
    let update = client.edit("typed while the frame was under way");
    assert_eq!(pushes(&client.hear(N, &step1(&[0]))).len(), 1);
    let pushed = pushes(&client.input(Input::Edited { channel: DOC, update }));
    assert_eq!(pushed[0].0, 2);
    client.hear(N, &step2(&[0, 0]));
    client.hear(N, &Message::Durable { seq: 2 });
    assert_eq!(client.phase(), Phase::Saved);
}

#[test]
fn ephemeral_rooms_count_what_was_received_and_never_say_saved() {
    let mut client = Client::live_in_ephemeral_room();
    assert_eq!(client.phase(), Phase::Synced);
    client.type_text("a");
    assert_eq!((client.phase(), client.unsaved()), (Phase::Synced, 1));
    let outputs = client.hear(N, &Message::Received { seq: 1 });
    assert!(!says_durable(&outputs));
    assert_eq!((client.phase(), client.unsaved()), (Phase::Synced, 0));
    assert!(!client.session.status().keeps);
}

#[test]
fn a_store_in_trouble_is_shown_and_so_is_its_recovery() {
    let mut client = Client::live();
    client.input(Input::Frame(&event(EventKind::Store, 0)));
    assert!(!client.session.status().store_ok);
    client.type_text("a");
    assert_eq!((client.phase(), client.unsaved()), (Phase::Synced, 1));
    client.input(Input::Frame(&event(EventKind::Store, 1)));
    assert!(client.session.status().store_ok);
}

#[test]
fn status_changed_is_said_once_for_each_change() {
    let mut client = Client::live();
    let changes = |outputs: &[Output]| {
        outputs.iter().filter(|output| matches!(output, Output::StatusChanged)).count()
    };
    assert_eq!(changes(&client.type_text("a")), 1);
    assert_eq!(changes(&client.hear(N, &Message::Received { seq: 1 })), 0);
    assert_eq!(changes(&client.hear(N, &Message::Durable { seq: 1 })), 1);
    assert_eq!(changes(&client.input(Input::Tick)), 0);
}

//! Claims about work without a connection and about offline storage.

use collab_core::document::Document;
use collab_core::sync::{Input, Output, Phase};
use collab_core::wire::Message;

use crate::kit::{Client, DOC, Documents, N, opened, pushes, step1, step2, text_of, welcome};

#[test]
fn a_day_of_offline_edits_is_one_push() {
    let mut client = Client::new();
    client.input(Input::Start);
    client.input(Input::Disconnected { code: None });
    for _ in 0..500 {
        assert!(client.type_text("x").iter().all(|o| matches!(o, Output::StatusChanged)));
    }
    assert_eq!(client.unsaved(), 500);
    client.tick();
    client.input(Input::Connected);
    client.hear(0, &welcome(true));
    client.hear(N, &opened());
    let pushed = pushes(&client.hear(N, &step1(&[0])));
    assert_eq!(text_of(pushed.iter().map(|(_, update)| update.as_slice())), "x".repeat(500));
    client.hear(N, &Message::Durable { seq: 1 });
    assert_eq!(client.unsaved(), 0);
}

#[test]
fn restored_edits_are_unsaved_until_durable() {
    let mut before = Client::new();
    before.type_text("written before the crash");
    let stored = before.documents.0.snapshot();

    let mut client = Client::new();
    client.documents = Documents(Document::new(77));
    client.documents.0.apply(&stored).expect("own snapshot");
    client.input(Input::Restored { channel: DOC, unsaved: 1 });
    assert_eq!(client.unsaved(), 1);
    client.reach_opened(&welcome(true));
    let pushed = pushes(&client.hear(N, &step1(&[0])));
    assert_eq!(text_of([pushed[0].1.as_slice()]), "written before the crash");
    client.hear(N, &step2(&[0, 0]));
    client.hear(N, &Message::Durable { seq: 1 });
    assert_eq!(client.phase(), Phase::Saved);
}

#[test]
fn storage_that_is_slower_than_the_network_loses_nothing() {
    let mut before = Client::new();
    before.type_text("late");
    let stored = before.documents.0.snapshot();

    let mut client = Client::live();
    client.documents.0.apply(&stored).expect("own snapshot");
    let pushed = pushes(&client.input(Input::Restored { channel: DOC, unsaved: 3 }));
    assert_eq!(text_of([pushed[0].1.as_slice()]), "late");
    assert_eq!(client.unsaved(), 3);
    client.type_text("r");
    client.hear(N, &Message::Durable { seq: 1 });
    assert_eq!(client.unsaved(), 1);
}

#[test]
fn restored_content_without_unsaved_edits_is_not_pushed_to_a_relay_that_has_it() {
    let mut before = Client::new();
    before.type_text("known");
    let (stored, state_vector) = (before.documents.0.snapshot(), before.documents.0.state_vector());

    let mut client = Client::new();
    client.documents = Documents(Document::new(77));
    client.documents.0.apply(&stored).expect("own snapshot");
    client.input(Input::Restored { channel: DOC, unsaved: 0 });
    client.reach_opened(&welcome(true));
    assert!(pushes(&client.hear(N, &step1(&state_vector))).is_empty());
}

//! Claims about deletions: a relay that takes digests is sent only those that it can lack.

use collab_core::log::{self, Digest, Known, Log};
use collab_core::sync::Output;
use collab_core::wire::{Message, Sync};

use crate::kit::{
    Client, N, pushes, sent, step1, step2, update, update_of_other, welcome, welcome_with_digests,
};

/// A relay's channel.
struct Relay {
    log: Log<Vec<u8>>,
}

impl Relay {
    /// Takes the pushes among the outputs and returns them.
    fn take(&mut self, outputs: &[Output]) -> Vec<Vec<u8>> {
        let pushed: Vec<_> = pushes(outputs).into_iter().map(|(_, update)| update).collect();
        for update in &pushed {
            let checked = log::check(update, usize::MAX).expect("a client's update");
            self.log.append(update.clone(), checked).expect("nothing is missing");
        }
        pushed
    }

    fn has_all_of(&self, client: &Client) -> bool {
        let state = client.documents.0.snapshot();
        self.log.has(&log::check(&state, usize::MAX).expect("a client's state"))
    }

    fn greet(&self, client: &mut Client) -> Vec<Output> {
        client.hear(N, &step1(&self.log.state_vector().write()))
    }

    /// Says where it differs, and then the answer. Returns what the client said to that.
    fn answer(&mut self, client: &mut Client, asked: &[Output]) -> Vec<Output> {
        let (state_vector, digest) = question(asked).expect("a question");
        let structs = log::StateVector::read(&state_vector).expect("a state vector");
        let digest = Digest::read(&digest).expect("a digest");
        let known = Known { structs, deletions: Some(digest) };
        let answer = self.log.answer(&known).expect("an answer");
        let buckets = answer.differing.expect("asked").write();
        let mut outputs = client.hear(N, &Message::Differ { buckets: &buckets });
        if let Some(first) = &answer.first {
            outputs.extend(client.hear(N, &update(first.as_ref())));
        }
        outputs.extend(client.hear(N, &step2(&answer.last)));
        outputs
    }
}

fn question(outputs: &[Output]) -> Option<(Vec<u8>, Vec<u8>)> {
    sent(outputs).into_iter().find_map(|frame| match frame.message {
        Message::Ask { state_vector, digest } => Some((state_vector.to_vec(), digest.to_vec())),
        _ => None,
    })
}

/// A client that has typed and deleted much, and the relay that has all of it. Others were heard,
/// so that the client cannot know whether the relay has lost a deletion since.
fn synced() -> (Client, Relay) {
    let (mut client, mut relay) = (Client::new(), Relay { log: Log::new() });
    client.go_live(&welcome_with_digests());
    for number in 0..200 {
        relay.take(&client.type_text("xyz"));
        relay.take(&client.delete(number * 2));
    }
    client.hear(N, &Message::Durable { seq: 400 });
    let other = update_of_other("hello");
    relay
        .log
        .append(other.clone(), log::check(&other, usize::MAX).expect("an update"))
        .expect("nothing is missing");
    client.hear(N, &update(&other));
    assert!(relay.has_all_of(&client));
    (client, relay)
}

#[test]
fn nothing_is_pushed_where_nothing_differs() {
    let (mut client, mut relay) = synced();
    client.reconnect_to(&welcome_with_digests());
    let asked = relay.greet(&mut client);
    assert!(pushes(&asked).is_empty());
    assert!(pushes(&relay.answer(&mut client, &asked)).is_empty());
}

#[test]
fn only_deletions_that_differ_are_pushed() {
    let (mut client, mut relay) = synced();
    client.reconnect();
    let whole = pushes(&relay.greet(&mut client))[0].1.len();
    client.input(collab_core::sync::Input::Disconnected { code: None });
    client.delete(100);
    client.reconnect_to(&welcome_with_digests());
    let asked = relay.greet(&mut client);
    assert!(pushes(&asked).is_empty(), "it waits for the answer");
    let said = relay.answer(&mut client, &asked);
    let pushed = relay.take(&said);
    assert_eq!(pushed.len(), 1);
    assert!(pushed[0].len() * 4 < whole, "{} of {whole} bytes", pushed[0].len());
    assert!(relay.has_all_of(&client));
}

#[test]
fn what_is_deleted_and_typed_while_the_question_travels_is_pushed() {
    let (mut client, mut relay) = synced();
    client.reconnect_to(&welcome_with_digests());
    let asked = relay.greet(&mut client);
    assert!(pushes(&client.delete(7)).is_empty());
    assert!(pushes(&client.type_text("late")).is_empty());
    assert_eq!(client.unsaved(), 2);
    let said = relay.answer(&mut client, &asked);
    relay.take(&said);
    assert!(relay.has_all_of(&client));
    assert!(!pushes(&client.type_text("!")).is_empty(), "edits travel at once again");
}

#[test]
fn a_deletion_that_the_relay_lost_is_pushed_again() {
    let (mut client, mut relay) = synced();
    let before = relay.log.compactable(usize::MAX);
    relay.log = Log::open(None, before[..before.len() - 2].to_vec()).expect("updates");
    assert!(!relay.has_all_of(&client));
    client.reconnect_to(&welcome_with_digests());
    let asked = relay.greet(&mut client);
    let said = relay.answer(&mut client, &asked);
    relay.take(&said);
    assert!(relay.has_all_of(&client));
}

#[test]
fn a_relay_that_takes_no_digests_is_told_the_state_vector_and_sent_all_deletions() {
    let (mut client, mut relay) = synced();
    client.reconnect_to(&welcome(true));
    let said = relay.greet(&mut client);
    assert!(question(&said).is_none());
    let step1 = |message: &Message<'_>| matches!(message, Message::Sync(Sync::Step1(_)));
    assert!(sent(&said).iter().any(|frame| step1(&frame.message)));
    assert_eq!(relay.take(&said).len(), 1);
}

#[test]
fn a_relay_that_answers_what_was_not_asked_is_left() {
    let (mut client, relay) = synced();
    client.reconnect_to(&welcome(true));
    relay.greet(&mut client);
    let said = client.hear(N, &Message::Differ { buckets: &[0] });
    assert!(said.iter().any(|output| matches!(output, Output::Disconnect(_))));
}

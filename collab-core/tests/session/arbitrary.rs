//! Properties under arbitrary inputs and a relay that says anything at any time.

use collab_core::sync::{Input, Output, Phase};
use collab_core::wire::{Access, ErrorCode, Grant, Message};
use proptest::prelude::*;

use crate::kit::{Client, DOC, N, pushes, step1, step2, update, update_of_other, welcome_with};

/// One step: of the relay, of the user, of the network, of time.
#[derive(Clone, Debug)]
enum Step {
    Start,
    Stop,
    Connected,
    Disconnected(Option<u16>),
    Garbage(Vec<u8>),
    Welcome { keeps: bool, access: Access, expires_in_ms: u64 },
    Opened(Access),
    RelayStep1,
    RelayStep2,
    RelayUpdate,
    Received(u64),
    Durable(u64),
    Error { channel: u64, code: u64, seq: u64 },
    Event { channel: u64, kind: u64, payload: Vec<u8> },
    CloseByRelay,
    Type,
    Restored(u64),
    Token,
    NetworkBack,
    Presence,
    OpenChat,
    CloseDoc,
    OpenDoc,
    Pass(u64),
    Deadline,
}

fn access() -> impl Strategy<Value = Access> {
    prop_oneof![4 => Just(Access::Write), 1 => Just(Access::Read)]
}

fn steps_of_relay() -> impl Strategy<Value = Step> {
    let expiry = prop_oneof![Just(0), 0..100_000u64];
    let code = prop_oneof![prop::sample::select(&[32u64, 41, 42, 44, 45, 50, 51, 60]), 0..100u64];
    prop_oneof![
        3 => (any::<bool>(), access(), expiry)
            .prop_map(|(keeps, access, expires_in_ms)| Step::Welcome { keeps, access, expires_in_ms }),
        6 => access().prop_map(Step::Opened),
        6 => Just(Step::RelayStep1),
        3 => Just(Step::RelayStep2),
        3 => Just(Step::RelayUpdate),
        2 => (0..6u64).prop_map(Step::Received),
        4 => (0..6u64).prop_map(Step::Durable),
        2 => (prop_oneof![Just(0), Just(N)], code, 0..4u64)
            .prop_map(|(channel, code, seq)| Step::Error { channel, code, seq }),
        1 => (prop_oneof![Just(0), Just(N)], 0..6u64, prop::collection::vec(any::<u8>(), 0..4))
            .prop_map(|(channel, kind, payload)| Step::Event { channel, kind, payload }),
        1 => Just(Step::CloseByRelay),
        1 => prop::collection::vec(any::<u8>(), 0..24).prop_map(Step::Garbage),
    ]
}

fn steps_of_client() -> impl Strategy<Value = Step> {
    let code = prop_oneof![Just(None), Just(Some(1006)), (4400..4430u16).prop_map(Some)];
    prop_oneof![
        4 => Just(Step::Start),
        1 => Just(Step::Stop),
        4 => Just(Step::Connected),
        1 => code.prop_map(Step::Disconnected),
        8 => Just(Step::Type),
        1 => (0..4u64).prop_map(Step::Restored),
        1 => Just(Step::Token),
        1 => Just(Step::NetworkBack),
        1 => Just(Step::Presence),
        1 => Just(Step::OpenChat),
        1 => Just(Step::CloseDoc),
        1 => Just(Step::OpenDoc),
        2 => (0..60_000u64).prop_map(Step::Pass),
        4 => Just(Step::Deadline),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(prop_oneof![steps_of_relay(), steps_of_client()], 0..120)
}

fn carry_out(client: &mut Client, step: Step) -> Vec<Output> {
    match step {
        Step::Start => client.input(Input::Start),
        Step::Stop => client.input(Input::Stop),
        Step::Connected => client.input(Input::Connected),
        Step::Disconnected(code) => client.input(Input::Disconnected { code }),
        Step::Garbage(bytes) => client.input(Input::Frame(&bytes)),
        Step::Welcome { keeps, access, expires_in_ms } => {
            let expires_at_ms = if expires_in_ms == 0 { 0 } else { client.now_ms + expires_in_ms };
            let grant = Grant { access, expires_at_ms, ..Grant::open() };
            client.hear(0, &welcome_with(grant, keeps))
        }
        Step::Opened(access) => client.hear(N, &Message::Opened { name: DOC, access }),
        Step::RelayStep1 => client.hear(N, &step1(&[0])),
        Step::RelayStep2 => client.hear(N, &step2(&update_of_other("x"))),
        Step::RelayUpdate => client.hear(N, &update(&update_of_other("xy"))),
        Step::Received(seq) => client.hear(N, &Message::Received { seq }),
        Step::Durable(seq) => client.hear(N, &Message::Durable { seq }),
        Step::Error { channel, code, seq } => {
            client.hear(channel, &Message::Error { code, seq, detail: "" })
        }
        Step::Event { channel, kind, payload } => {
            client.hear(channel, &Message::Event { kind, payload: &payload })
        }
        Step::CloseByRelay => client.hear(N, &Message::Close),
        Step::Type => client.type_text("a"),
        Step::Restored(unsaved) => client.input(Input::Restored { channel: DOC, unsaved }),
        Step::Token => client.input(Input::Token("t".into())),
        Step::NetworkBack => client.input(Input::NetworkBack),
        Step::Presence => client.input(Input::Presence { channel: DOC, update: vec![0].into() }),
        Step::OpenChat => open(client, "chat"),
        Step::OpenDoc => open(client, DOC),
        Step::CloseDoc => {
            client.session.close(DOC);
            client.outputs()
        }
        Step::Pass(ms) => client.pass(ms),
        Step::Deadline if client.session.deadline().is_some() => client.tick(),
        Step::Deadline => Vec::new(),
    }
}

fn open(client: &mut Client, channel: &str) -> Vec<Output> {
    client.session.open(channel).expect("a name");
    client.outputs()
}

/// Follows the pushes of one opening of the document's channel.
#[derive(Default)]
struct Pushed {
    last: u64,
}

impl Pushed {
    /// `open` and `Connect` begin a new count.
    fn follow(&mut self, outputs: &[Output]) {
        for output in outputs {
            match output {
                Output::Connect => self.last = 0,
                Output::Send(_) => self.follow_frame(std::slice::from_ref(output)),
                _ => {}
            }
        }
    }

    fn follow_frame(&mut self, output: &[Output]) {
        match crate::kit::sent(output)[0].message {
            Message::Open { name: DOC } => self.last = 0,
            Message::Push { .. } => {
                let (seq, _) = pushes(output)[0];
                assert_eq!(seq, self.last + 1, "a gap");
                self.last = seq;
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn nothing_panics_seqs_have_no_gaps_and_saved_means_durable(steps in steps()) {
        let mut client = Client::new();
        let mut pushed = Pushed::default();
        for step in steps {
            let before = client.unsaved();
            let may_settle = matches!(
                step,
                Step::Durable(_) | Step::Received(_) | Step::CloseDoc
            );
            let keeps = client.session.status().keeps;
            let is_received = matches!(step, Step::Received(_));
            let outputs = carry_out(&mut client, step);
            pushed.follow(&outputs);
            let after = client.unsaved();
            prop_assert!(after >= before || may_settle, "unsaved sank from {before} to {after}");
            prop_assert!(after >= before || !is_received || !keeps, "saved by received");
            let status = client.session.status();
            prop_assert!(status.phase != Phase::Saved || (after == 0 && status.keeps));
            let waits = status.phase == Phase::Offline && client.session.deadline().is_some();
            prop_assert_eq!(status.retry_at.is_some(), waits);
        }
    }

    #[test]
    fn deadlines_are_met_by_ticks_that_do_not_spin(steps in steps()) {
        let mut client = Client::new();
        for step in steps {
            carry_out(&mut client, step);
            // At most: give up, connect again without a wait.
            let due = |client: &Client| {
                client.session.deadline().is_some_and(|(at, _)| at.as_millis() <= client.now_ms)
            };
            for _ in 0..3 {
                if due(&client) {
                    client.input(Input::Tick);
                }
            }
            prop_assert!(!due(&client), "{:?}", client.session.deadline());
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(frames in prop::collection::vec(
        prop::collection::vec(any::<u8>(), 0..64), 0..40)) {
        let mut client = Client::live();
        for frame in frames {
            client.input(Input::Frame(&frame));
            if client.phase() == Phase::Offline {
                client = Client::live();
            }
        }
    }
}

#[test]
fn every_error_code_is_survived_in_every_place() {
    for code in 0..100 {
        for channel in [0, N, 9] {
            for seq in 0..3 {
                let mut client = Client::live();
                client.type_text("a");
                client.hear(channel, &Message::Error { code, seq, detail: "" });
                assert_eq!(client.unsaved(), 1, "{:?}", ErrorCode::from_u64(code));
            }
        }
    }
}

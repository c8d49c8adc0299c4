//! A session and a document: a protocol that edits one text.

use collab_client::{Changes, Event, Handle, Input, Output, Protocol};
use collab_core::Timestamp;
use collab_core::document::{Document, Event as Edited, FileId, Splice};
use collab_core::sync::{self, Phase, Replica, Replicas, Session, SessionConfig};
use collab_core::wire::DOC_CHANNEL;
use tokio::time::timeout;

use crate::PATIENCE;

/// What a program would look at again.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Text,
    Status,
}

pub(crate) struct Editor {
    session: Session,
    text: Text,
    changes: Vec<Change>,
}

struct Text(Document);

impl Replicas for Text {
    fn replica(&mut self, _channel: &str) -> Option<&mut dyn Replica> {
        Some(&mut self.0)
    }
}

impl Editor {
    pub(crate) fn new(client: u64) -> Self {
        let mut session = Session::new(SessionConfig::new("", client));
        session.open(DOC_CHANNEL).unwrap();
        let mut document = Document::new(client);
        document.watch(&FileId::main());
        Self { session, text: Text(document), changes: Vec::new() }
    }

    pub(crate) fn phase(&self) -> Phase {
        self.session.status().phase
    }

    pub(crate) fn text(&self) -> String {
        self.text.0.text(&FileId::main())
    }

    pub(crate) fn write(&mut self, now: Timestamp, word: &str) {
        let splice = Splice { at: 0, delete: 0, insert: word };
        self.text.0.edit(&FileId::main(), &[splice]).unwrap();
        while let Some(event) = self.text.0.poll_event() {
            if let Edited::LocalUpdate(update) = event {
                self.tell(now, sync::Input::Edited { channel: DOC_CHANNEL, update });
            }
        }
    }

    fn tell(&mut self, now: Timestamp, input: sync::Input<'_>) {
        self.session.handle(now, input, &mut self.text);
        while let Some(event) = self.text.0.poll_event() {
            if !matches!(event, Edited::LocalUpdate(_)) {
                self.changes.push(Change::Text);
            }
        }
    }
}

impl Protocol for Editor {
    type Change = Change;

    fn handle(&mut self, now: Timestamp, input: Input<'_>) {
        self.tell(
            now,
            match input {
                Input::Start => sync::Input::Start,
                Input::Stop => sync::Input::Stop,
                Input::Connected => sync::Input::Connected,
                Input::Frame(frame) => sync::Input::Frame(frame),
                Input::Disconnected { code } => sync::Input::Disconnected { code },
                Input::Tick => sync::Input::Tick,
            },
        );
    }

    fn poll_output(&mut self) -> Option<Output<Change>> {
        if let Some(change) = self.changes.pop() {
            return Some(Output::Change(change));
        }
        loop {
            return Some(match self.session.poll_output()? {
                sync::Output::Connect => Output::Connect,
                sync::Output::Send(frame) => Output::Send(frame),
                sync::Output::Disconnect(_) => Output::Disconnect,
                sync::Output::StatusChanged => Output::Change(Change::Status),
                _ => continue,
            });
        }
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.session.deadline().map(|(at, _)| at)
    }
}

/// Waits until the editor is as wanted, looking whenever something changed.
pub(crate) async fn until(
    handle: &Handle<Editor>,
    changes: &mut Changes<Change>,
    wanted: impl Fn(&Editor) -> bool + Clone + Send + 'static,
) {
    let reached = async {
        loop {
            let wanted = wanted.clone();
            if handle.call(move |editor, _| wanted(editor)).await.unwrap() {
                return;
            }
            assert!(changes.next().await.is_some(), "the driver has stopped");
        }
    };
    timeout(PATIENCE, reached).await.expect("in time");
}

/// The first reason why no connection could be opened.
pub(crate) async fn unreachable(changes: &mut Changes<Change>) -> collab_client::ConnectError {
    let found = async {
        loop {
            match changes.next().await {
                Some(Event::Unreachable(error)) => return error,
                Some(_) => {}
                None => panic!("the driver has stopped"),
            }
        }
    };
    timeout(PATIENCE, found).await.expect("in time")
}

/// Writes a word at the start of the text.
pub(crate) async fn write(handle: &Handle<Editor>, word: &'static str) {
    handle.call(move |editor, now| editor.write(now, word)).await.unwrap();
}

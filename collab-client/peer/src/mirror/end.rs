//! One end of a mirror: a session with one relay, as `collab_client` drives it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use collab_client::{Input, Output, Protocol};
use collab_core::Timestamp;
use collab_core::chat::{PRESENCE_CHANNEL, ROOM_PREFIX};
use collab_core::sync::{self, Session, SessionConfig};

use super::shared::{Shared, Side};

/// What an end tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The other end should call [`End::take_news`].
    News,
    /// The connection is there ([`End::is_linked`]), or has ended; then all that came over it was told.
    Link,
}

pub(super) struct End {
    side: Side,
    session: Session,
    shared: Arc<Mutex<Shared>>,
    outputs: VecDeque<Output<Told>>,
    is_linked: bool,
}

impl End {
    pub(super) fn new(side: Side, config: SessionConfig, shared: Arc<Mutex<Shared>>) -> Self {
        let mut session = Session::new(config);
        session.list(ROOM_PREFIX).expect("relays list this prefix");
        session.open(PRESENCE_CHANNEL).expect("a channel's name");
        Self { side, session, shared, outputs: VecDeque::new(), is_linked: false }
    }

    /// Whether there is a connection.
    pub(super) const fn is_linked(&self) -> bool {
        self.is_linked
    }

    /// Pushes what the other end has heard.
    pub(super) fn take_news(&mut self, now: Timestamp) {
        let news = lock(&self.shared).take_news(self.side);
        for channel in &news.channels {
            // The other relay has it, so it is a channel's name.
            let _ = self.session.open(channel);
        }
        for (channel, update) in news.updates {
            self.give(now, sync::Input::Edited { channel: &channel, update });
        }
        for update in news.presence {
            self.give(now, sync::Input::Presence { channel: PRESENCE_CHANNEL, update });
        }
        if news.is_behind {
            self.give(now, sync::Input::Stop);
            self.give(now, sync::Input::Start);
        }
        self.settle(now);
    }

    fn give(&mut self, now: Timestamp, input: sync::Input<'_>) {
        let mut shared = lock(&self.shared);
        self.session.handle(now, input, &mut *shared);
        if shared.pass_on(self.side) {
            self.outputs.push_back(Output::Change(Told::News));
        }
    }

    fn settle(&mut self, now: Timestamp) {
        while let Some(output) = self.session.poll_output() {
            self.carry_out(now, output);
        }
    }

    fn carry_out(&mut self, now: Timestamp, output: sync::Output) {
        match output {
            sync::Output::Connect => self.outputs.push_back(Output::Connect),
            sync::Output::Send(frame) => self.outputs.push_back(Output::Send(frame)),
            sync::Output::Disconnect(_) => self.outputs.push_back(Output::Disconnect),
            sync::Output::Listed { names, .. } => self.listed(&names),
            sync::Output::PresenceReceived { update, .. } => self.hear_presence(now, &update),
            sync::Output::SendPresence { channel, .. } if &*channel == PRESENCE_CHANNEL => {
                self.send_presence(now);
            }
            sync::Output::Refused { channel, code } => {
                tracing::warn!(?channel, ?code, "a peer's relay refused what was mirrored");
            }
            _ => {}
        }
    }

    /// Opens what this relay has, and lets the other end open it too.
    fn listed(&mut self, names: &[Arc<str>]) {
        let mut shared = lock(&self.shared);
        for name in names {
            if shared.add(name) {
                // A relay lists only channels.
                let _ = self.session.open(name);
                shared.news_from(self.side).channels.push(Arc::clone(name));
            }
        }
        self.outputs.push_back(Output::Change(Told::News));
    }

    fn hear_presence(&mut self, now: Timestamp, update: &[u8]) {
        if lock(&self.shared).hear_presence(now, self.side, update) {
            self.outputs.push_back(Output::Change(Told::News));
        }
    }

    /// To a relay that has just let us in.
    fn send_presence(&mut self, now: Timestamp) {
        let update = lock(&self.shared).everybody(now);
        self.give(now, sync::Input::Presence { channel: PRESENCE_CHANNEL, update });
    }
}

impl Protocol for End {
    type Change = Told;

    fn handle(&mut self, now: Timestamp, input: Input<'_>) {
        if matches!(input, Input::Connected | Input::Disconnected { .. }) {
            self.is_linked = matches!(input, Input::Connected);
            self.outputs.push_back(Output::Change(Told::Link));
        }
        let input = match input {
            Input::Start => sync::Input::Start,
            Input::Stop => sync::Input::Stop,
            Input::Connected => sync::Input::Connected,
            Input::Frame(frame) => sync::Input::Frame(frame),
            Input::Disconnected { code } => sync::Input::Disconnected { code },
            Input::Tick => sync::Input::Tick,
        };
        self.give(now, input);
        self.settle(now);
    }

    fn poll_output(&mut self) -> Option<Output<Told>> {
        self.outputs.pop_front()
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.session.deadline().map(|(at, _)| at)
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    // Sessions and logs stay sound where a panic left them: at worst an update is pushed again.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

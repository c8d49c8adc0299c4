//! A chat as the driver drives it.

use collab_core::Timestamp;
use collab_core::chat::{self, Client, Event};

use crate::{Input, Output, Protocol};

impl Protocol for Client {
    type Change = Event;

    fn handle(&mut self, now: Timestamp, input: Input<'_>) {
        let input = match input {
            Input::Start => chat::Input::Start,
            Input::Stop => chat::Input::Stop,
            Input::Connected => chat::Input::Connected,
            Input::Frame(frame) => chat::Input::Frame(frame),
            Input::Disconnected { code } => chat::Input::Disconnected { code },
            Input::Tick => chat::Input::Tick,
        };
        Self::handle(self, now, input);
    }

    fn poll_output(&mut self) -> Option<Output<Event>> {
        Some(match Self::poll_output(self)? {
            chat::Output::Connect => Output::Connect,
            chat::Output::Send(frame) => Output::Send(frame),
            chat::Output::Disconnect => Output::Disconnect,
            chat::Output::Event(event) => Output::Change(event),
        })
    }

    fn deadline(&self) -> Option<Timestamp> {
        Self::deadline(self)
    }
}

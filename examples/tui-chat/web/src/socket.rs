//! A chat's client on a WebSocket: what the tokio driver is elsewhere, in callbacks.

use std::sync::Arc;

use collab_core::Timestamp;
use collab_core::chat::{Client, Event, Input, Output};
use collab_core::wire::SUBPROTOCOL;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use crate::program;

/// One room and its connection.
pub(crate) struct Seat {
    pub(crate) room: Arc<str>,
    pub(crate) client: Client,
    url: String,
    socket: Option<Socket>,
    /// Tells the events of this connection from those of earlier ones.
    connection: u32,
    /// It differs from what was read of it.
    pub(crate) is_stale: bool,
}

/// What a connection said.
pub(crate) enum Said {
    Opened,
    Frame(Vec<u8>),
    Closed(u16),
}

/// An open or opening WebSocket, and what it calls. Dropping it closes it and hears no more.
struct Socket {
    inner: WebSocket,
    _opened: Closure<dyn FnMut()>,
    _frame: Closure<dyn FnMut(MessageEvent)>,
    _closed: Closure<dyn FnMut(CloseEvent)>,
}

impl Seat {
    pub(crate) fn new(room: Arc<str>, url: String, client: Client) -> Self {
        Self { room, client, url, socket: None, connection: 0, is_stale: true }
    }

    /// A connection said something. What an earlier one says late is ignored.
    pub(crate) fn hear(&mut self, now: Timestamp, connection: u32, said: Said) {
        if connection != self.connection {
            return;
        }
        match said {
            Said::Opened => self.client.handle(now, Input::Connected),
            Said::Frame(frame) => self.client.handle(now, Input::Frame(&frame)),
            Said::Closed(code) => {
                self.socket = None;
                // 1006: there was no close frame.
                let code = (code != 1006).then_some(code);
                self.client.handle(now, Input::Disconnected { code });
            }
        }
    }

    /// Carries out what the client wants; what it tells is returned.
    pub(crate) fn drive(&mut self, now: Timestamp) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(output) = self.client.poll_output() {
            match output {
                Output::Connect => self.connect(now),
                Output::Send(frame) => {
                    // A socket that fails says so by its close event.
                    let _ = self.socket.as_ref().map(|open| open.inner.send_with_u8_array(&frame));
                }
                Output::Disconnect => {
                    self.connection += 1;
                    self.socket = None;
                }
                Output::Event(event) => {
                    self.is_stale = true;
                    events.push(event);
                }
            }
        }
        events
    }

    fn connect(&mut self, now: Timestamp) {
        self.connection += 1;
        match Socket::open(&self.url, self.room.clone(), self.connection) {
            Ok(socket) => self.socket = Some(socket),
            Err(_) => self.client.handle(now, Input::Disconnected { code: None }),
        }
    }
}

impl Socket {
    fn open(url: &str, room: Arc<str>, connection: u32) -> Result<Self, JsValue> {
        let socket = WebSocket::new_with_str(url, SUBPROTOCOL)?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let say = move |said| program::hear(&room, connection, said);
        let (say_opened, say_closed) = (say.clone(), say.clone());
        let opened = Closure::new(move || say_opened(Said::Opened));
        let frame = Closure::new(move |event: MessageEvent| {
            // The relay sends no text.
            if let Ok(bytes) = event.data().dyn_into::<ArrayBuffer>() {
                say(Said::Frame(Uint8Array::new(&bytes).to_vec()));
            }
        });
        let closed = Closure::new(move |event: CloseEvent| say_closed(Said::Closed(event.code())));
        socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(frame.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        Ok(Self { inner: socket, _opened: opened, _frame: frame, _closed: closed })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.inner.set_onopen(None);
        self.inner.set_onmessage(None);
        self.inner.set_onclose(None);
        let _ = self.inner.close();
    }
}

//! One client: a socket, a dialect on it, and a queue of what could not be written yet.
//!
//! Everything of the generator runs on one thread, so halves share their state without locks.

use std::cell::RefCell;
use std::io::ErrorKind;
use std::rc::Rc;
use std::time::Instant;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::LoadError;
use super::chatter::Chatter;
use super::dialect::{Said, Speaker};
use super::frame::{self, Frame, Opcode};
use super::target::Target;

/// A read takes this much at once where it is there.
const READ_BYTES: usize = 32 << 10;
/// A server's answer to the upgrade is shorter.
const RESPONSE_MAX_BYTES: usize = 8 << 10;

/// The reading half.
pub(super) struct Connection {
    half: OwnedReadHalf,
    buffer: BytesMut,
    mouth: Rc<Mouth>,
}

/// The writing half. Writes at once what the socket takes; a task writes the rest.
pub(super) struct Mouth {
    half: OwnedWriteHalf,
    waiting: RefCell<Vec<u8>>,
    voice: RefCell<Voice>,
    /// Of what is said.
    opcode: Opcode,
}

/// Which part a client plays.
pub(super) enum Voice {
    /// Somebody in a document.
    Editor(Speaker),
    /// Somebody in a chat.
    Chatter(Chatter),
}

impl Connection {
    /// Connects as somebody in a document.
    pub(super) async fn open(target: &Target, room: &str) -> Result<Self, LoadError> {
        let voice = Voice::Editor(Speaker::new(target.dialect, room));
        Self::open_as(target, room, voice).await
    }

    /// Connects, upgrades to a WebSocket and says what a client says first.
    pub(super) async fn open_as(
        target: &Target,
        room: &str,
        voice: Voice,
    ) -> Result<Self, LoadError> {
        let mut stream = TcpStream::connect(target.address).await?;
        stream.set_nodelay(true)?;
        stream.write_all(target.request(room).as_bytes()).await?;
        let mut buffer = BytesMut::new();
        let end = loop {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Err(LoadError::NoUpgrade("end of stream".to_owned()));
            }
            if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            if buffer.len() > RESPONSE_MAX_BYTES {
                return Err(LoadError::NoUpgrade("no end of its headers".to_owned()));
            }
        };
        if !buffer.starts_with(b"HTTP/1.1 101") {
            let line = buffer[..].split(|&byte| byte == b'\r').next().unwrap_or_default();
            return Err(LoadError::NoUpgrade(String::from_utf8_lossy(line).into_owned()));
        }
        buffer.advance(end);
        let (reading, writing) = stream.into_split();
        let greeting = voice.greeting();
        let mouth = Rc::new(Mouth {
            half: writing,
            waiting: RefCell::default(),
            voice: RefCell::new(voice),
            opcode: target.opcode(),
        });
        for payload in &greeting {
            mouth.say(payload);
        }
        Ok(Self { half: reading, buffer, mouth })
    }

    /// The writing half.
    pub(super) fn mouth(&self) -> Rc<Mouth> {
        Rc::clone(&self.mouth)
    }

    /// Waits for bytes, and tells `on` of each whole message among them and when they came.
    pub(super) async fn hear(
        &mut self,
        mut on: impl FnMut(Said<'_>, Instant) -> Result<(), LoadError>,
    ) -> Result<(), LoadError> {
        // The upgrade's answer may have had the first frames behind it.
        let mut used = self.read_frames(&mut on)?;
        while used == 0 {
            if self.buffer.capacity() - self.buffer.len() < READ_BYTES / 4 {
                self.buffer.reserve(READ_BYTES);
            }
            let read = self.half.read_buf(&mut self.buffer).await;
            if read? == 0 {
                return Err(LoadError::Closed(None));
            }
            used = self.read_frames(&mut on)?;
        }
        Ok(())
    }

    /// Tells `on` of each update, and when it came, for as long as the connection lasts; returns how it
    /// ended.
    pub(super) async fn hear_updates(
        mut self,
        mut on: impl FnMut(&[u8], Instant) -> Result<(), LoadError>,
    ) -> LoadError {
        loop {
            let heard = self.hear(|said, now| match said {
                Said::Update(update) | Said::Answer(update) => on(update, now),
                Said::Refused(code) => Err(LoadError::Refused(code)),
                Said::Nothing => Ok(()),
            });
            if let Err(error) = heard.await {
                return error;
            }
        }
    }

    /// Reads whole frames; returns how many bytes they had.
    fn read_frames(
        &mut self,
        on: &mut impl FnMut(Said<'_>, Instant) -> Result<(), LoadError>,
    ) -> Result<usize, LoadError> {
        let now = Instant::now();
        let mut used = 0;
        while let Some(Frame { opcode, payload, length }) = frame::read(&self.buffer[used..])? {
            match opcode {
                Opcode::Binary | Opcode::Text => {
                    let mut reply = None;
                    let said = self.mouth.voice.borrow_mut().hear(payload, &mut reply)?;
                    on(said, now)?;
                    if let Some(payload) = reply {
                        self.mouth.say(&payload);
                    }
                }
                Opcode::Ping => self.mouth.write(|out| frame::write(Opcode::Pong, payload, out)),
                Opcode::Pong => {}
                Opcode::Close => {
                    let code = payload.first_chunk().copied().map(u16::from_be_bytes);
                    return Err(LoadError::Closed(code));
                }
            }
            used += length;
        }
        self.buffer.advance(used);
        Ok(used)
    }

    /// Reads until the server has closed its side.
    pub(super) async fn until_closed(mut self) {
        while self.hear(|_, _| Ok(())).await.is_ok() {}
    }

    /// Waits until the server has answered what this client lacks; tells `on` of all content.
    pub(super) async fn synced(
        &mut self,
        mut on: impl FnMut(&[u8]) -> Result<(), LoadError>,
    ) -> Result<(), LoadError> {
        let mut is_synced = false;
        while !is_synced {
            self.hear(|said, _| match said {
                Said::Update(update) => on(update),
                Said::Answer(update) => {
                    is_synced = true;
                    on(update)
                }
                Said::Refused(code) => Err(LoadError::Refused(code)),
                Said::Nothing => Ok(()),
            })
            .await?;
        }
        Ok(())
    }
}

impl Mouth {
    /// Sends an update.
    pub(super) fn send_update(self: &Rc<Self>, update: &[u8]) {
        let payload = self.voice.borrow_mut().update(update);
        self.say(&payload);
    }

    /// Says something in the chat.
    pub(super) fn send_message(self: &Rc<Self>, text: &str) {
        let payload = match &mut *self.voice.borrow_mut() {
            Voice::Chatter(chatter) => chatter.message(text),
            Voice::Editor(_) => return,
        };
        self.say(&payload);
    }

    /// Sends several updates with one write.
    pub(super) fn send_updates(self: &Rc<Self>, updates: &[Vec<u8>]) {
        let mut voice = self.voice.borrow_mut();
        self.write(|out| {
            for update in updates {
                frame::write(self.opcode, &voice.update(update), out);
            }
        });
    }

    /// Bytes that the server has not taken yet.
    pub(super) fn waiting_bytes(&self) -> usize {
        self.waiting.borrow().len()
    }

    /// Says goodbye.
    pub(super) fn close(self: &Rc<Self>) {
        self.write(|out| frame::write(Opcode::Close, &1000u16.to_be_bytes(), out));
    }

    fn say(self: &Rc<Self>, payload: &[u8]) {
        self.write(|out| frame::write(self.opcode, payload, out));
    }

    fn write(self: &Rc<Self>, frames: impl FnOnce(&mut Vec<u8>)) {
        let mut waiting = self.waiting.borrow_mut();
        let had_some = !waiting.is_empty();
        frames(&mut waiting);
        if had_some {
            return;
        }
        match self.half.try_write(&waiting) {
            Ok(written) => drop(waiting.drain(..written)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            // The reading half hears of it too, and reports it.
            Err(_) => waiting.clear(),
        }
        if !waiting.is_empty() {
            tokio::task::spawn_local(Rc::clone(self).write_waiting());
        }
    }

    async fn write_waiting(self: Rc<Self>) {
        while self.half.writable().await.is_ok() {
            let mut waiting = self.waiting.borrow_mut();
            match self.half.try_write(&waiting) {
                Ok(written) => drop(waiting.drain(..written)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => waiting.clear(),
            }
            if waiting.is_empty() {
                return;
            }
        }
    }
}

impl Voice {
    fn greeting(&self) -> Vec<Vec<u8>> {
        match self {
            Self::Editor(speaker) => speaker.greeting(),
            Self::Chatter(chatter) => chatter.greeting(),
        }
    }

    fn hear<'a>(
        &mut self,
        payload: &'a [u8],
        reply: &mut Option<Vec<u8>>,
    ) -> Result<Said<'a>, LoadError> {
        match self {
            Self::Editor(speaker) => speaker.hear(payload, reply),
            Self::Chatter(chatter) => chatter.hear(payload, reply),
        }
    }

    fn update(&mut self, update: &[u8]) -> Vec<u8> {
        match self {
            Self::Editor(speaker) => speaker.update(update),
            Self::Chatter(_) => update.to_owned(),
        }
    }
}

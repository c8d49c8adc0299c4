//! A room without sockets: what it wants sent is counted, what it wants stored is durable at once.

use bytes::Bytes;
use collab_core::Timestamp;
use collab_core::document::{Document, Event, FileId, Splice};
use collab_core::relay::{Input, Output, PeerId, Position, Room, RoomConfig, Stored};
use collab_core::wire::{Dialect, Grant, Message, Sync};

/// The channel that `collab.v1` calls `doc` is the first that a room gives out.
const DOC: u64 = 1;

/// A room, and what came out of it.
pub struct Hall {
    room: Room,
    now: Timestamp,
    peers: u64,
    /// Frames that peers were sent, and their bytes.
    pub sent: (usize, usize),
}

impl Hall {
    /// A room with this document in its store.
    pub fn new(document: Option<Bytes>) -> Self {
        let (room, now) = (Room::new(RoomConfig::default()), Timestamp::from_millis(1_000_000));
        let mut hall = Self { room, now, peers: 0, sent: (0, 0) };
        // Somebody who stays and never asks, so that the room does not end.
        hall.join();
        let stored = Stored { snapshot: document, tail: Vec::new() };
        hall.tell(Input::Loaded { channel: "doc".into(), stored: Ok(stored) });
        hall
    }

    /// Somebody comes, speaking `collab.v1`, and opens the document.
    pub fn join(&mut self) -> PeerId {
        self.peers += 1;
        let peer = PeerId(self.peers);
        self.tell(Input::Join { peer, dialect: Dialect::V1, grant: Grant::open() });
        self.say(peer, 0, &Message::Open { name: "doc" });
        peer
    }

    /// They have nothing, and ask for everything.
    pub fn ask(&mut self, peer: PeerId) {
        self.say(peer, DOC, &Message::Sync(Sync::Step1(&[0])));
    }

    /// They send an update.
    pub fn push(&mut self, peer: PeerId, seq: u64, update: &[u8]) {
        self.say(peer, DOC, &Message::Push { seq, update });
    }

    /// They are gone.
    pub fn leave(&mut self, peer: PeerId) {
        self.tell(Input::Leave { peer });
    }

    fn say(&mut self, peer: PeerId, channel: u64, message: &Message<'_>) {
        self.tell(Input::Frame { peer, frame: message.frame(Dialect::V1, channel) });
    }

    /// Hands an input in, and ends the tick that begins with it.
    fn tell(&mut self, input: Input) {
        self.tell_within_tick(input);
        if self.room.is_ticking() {
            self.tell_within_tick(Input::Tick);
        }
    }

    fn tell_within_tick(&mut self, input: Input) {
        self.room.handle(self.now, input);
        while let Some(output) = self.room.poll_output() {
            match output {
                Output::Send { frame, .. } => {
                    self.sent = (self.sent.0 + 1, self.sent.1 + frame.len());
                }
                Output::Append { channel, entry, .. } => {
                    let position = Position(entry.0);
                    self.room.handle(self.now, Input::Durable { channel, entry, position });
                }
                Output::Work(job) => self.room.handle(self.now, Input::Finished(job.run())),
                Output::Replace { channel, upto, .. } => {
                    self.room.handle(self.now, Input::Replaced { channel, upto, ok: true });
                }
                // Loads are answered by `new`; nobody is refused or closed here.
                _ => {}
            }
        }
    }
}

/// Somebody who types one letter after the other; gives the update of each.
pub struct Typing {
    document: Document,
    length: u32,
}

impl Typing {
    /// In an empty document.
    pub fn new(client: u64) -> Self {
        Self { document: Document::new(client), length: 0 }
    }

    /// The next letter.
    ///
    /// # Panics
    ///
    /// If the document refuses an edit at its end, which it has no reason to.
    pub fn letter(&mut self) -> Bytes {
        let splice = Splice { at: self.length, delete: 0, insert: "x" };
        let edited = self.document.edit(&FileId::main(), &[splice]);
        edited.expect("a place in the text");
        self.length += 1;
        loop {
            match self.document.poll_event() {
                Some(Event::LocalUpdate(update)) => return update,
                Some(_) => {}
                None => unreachable!("an edit has an update"),
            }
        }
    }
}

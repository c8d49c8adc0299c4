//! The world's side of clients: their connections, edits, crashes.

use collab_core::Timestamp;
use collab_core::sync::Phase;
use collab_core::wire::ErrorCode;

use super::chatter::Chatter;
use super::client::{Client, DOC};
use super::model::Fate;
use super::network::{ConnectionId, Parcel, Way};
use super::process::{Effect, News, Process, Storage};
use super::stock::Stock;
use super::world::{Event, World};

impl World {
    pub(crate) fn start_client(&mut self, client: usize, storage: Option<Storage>) {
        self.processes += 1;
        let (id, seed) = (1000 + self.processes, self.random.next());
        let now = self.now();
        let mut process: Box<dyn Process> = if client < self.plan.stock {
            Box::new(Stock::new(now, id))
        } else if client < self.plan.clients {
            Box::new(Client::new(now, id, seed, storage))
        } else {
            let (own, others) = self.chat_users(client);
            Box::new(Chatter::new(id, seed, own, others, storage))
        };
        let effects = process.start(now);
        self.trace(|_| format!("client {client} starts as {id}"));
        self.clients[client] = Some(process);
        self.carry_out(client, effects);
    }

    /// Storage survives a crash; what lies in it comes back.
    pub(crate) fn restart_client(&mut self, client: usize) {
        let storage = self.disks[client].take();
        self.start_client(client, storage);
    }

    pub(crate) fn crash_client(&mut self, client: usize) {
        let Some(process) = self.clients[client].take() else { return };
        self.trace(|_| format!("client {client} crashes"));
        self.disks[client] = process.into_storage();
        if self.disks[client].is_none() {
            self.model.crashed(client);
        }
        // Offline storage has what was not acknowledged; what was is nowhere else if the relay keeps nothing.
        if self.disks[client].is_none() || !self.plan.room.keeps {
            self.sayings.meets(client, Fate::Forgettable);
        }
        if let Some(id) = self.connections[client].take() {
            self.hang_up(id);
        }
    }

    pub(crate) fn plan_edit(&mut self, client: usize) {
        let every_ms = self.plan.edit_every_ms;
        self.soon(2 * every_ms, Event::Edit(client));
    }

    pub(crate) fn edit(&mut self, client: usize) {
        if !self.is_busy() {
            return;
        }
        self.plan_edit(client);
        let now = self.now();
        if let Some(process) = &mut self.clients[client] {
            let effects = process.edit(now, &mut self.random);
            self.carry_out(client, effects);
        }
    }

    pub(crate) fn tick_client(&mut self, client: usize, now: Timestamp) {
        if let Some(process) = &mut self.clients[client]
            && process.deadline().is_some_and(|at| at <= now)
        {
            let effects = process.tick(now);
            self.carry_out(client, effects);
        }
    }

    pub(crate) fn arrive_at_client(&mut self, id: ConnectionId, parcel: Parcel) {
        self.left_relay(id);
        let connection = self.network.get(id);
        if connection.cut || !connection.client_open {
            return;
        }
        let client = connection.client;
        match parcel {
            Parcel::Connect => self.tell_client(client, News::Connected),
            Parcel::Frame(frame) => self.tell_client(client, News::Frame(&frame)),
            Parcel::Close(code) => self.client_loses(id, code),
        }
    }

    /// The client's end of a connection is gone.
    pub(crate) fn client_loses(&mut self, id: ConnectionId, code: u16) {
        let connection = self.network.get(id);
        let client = connection.client;
        if std::mem::take(&mut connection.client_open) {
            self.connections[client].take_if(|connection| *connection == id);
            self.trace(|_| format!("client {client} loses its connection: {code}"));
            self.tell_client(client, News::Disconnected(code));
        }
    }

    pub(crate) fn tell_client(&mut self, client: usize, news: News<'_>) {
        let now = self.now();
        if let Some(process) = &mut self.clients[client] {
            let effects = process.hear(now, news);
            self.carry_out(client, effects);
        }
    }

    pub(crate) fn carry_out(&mut self, client: usize, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Connect => self.connect(client),
                Effect::Send(frame) => self.send_up(client, Parcel::Frame(frame)),
                Effect::Disconnect => self.disconnect(client),
                Effect::Edited(update) => self.model.edited(client, &update),
                Effect::Did(deed) => self.did(client, deed),
                Effect::Durable => self.check_saved(client),
                Effect::StatusChanged => self.status_changed(client),
                Effect::TokenExpiring => self.soon(500, Event::NewToken(client)),
            }
        }
    }

    fn connect(&mut self, client: usize) {
        let Some(process) = &self.clients[client] else { return };
        let id = self.network.dial(client, process.dialect());
        self.connections[client] = Some(id);
        self.send_up(client, Parcel::Connect);
    }

    fn send_up(&mut self, client: usize, parcel: Parcel) {
        if let Some(id) = self.connections[client] {
            self.send(id, Way::Up, parcel);
        }
    }

    fn disconnect(&mut self, client: usize) {
        if let Some(id) = self.connections[client].take() {
            self.trace(|_| format!("client {client} disconnects"));
            self.hang_up(id);
        }
    }

    fn hang_up(&mut self, id: ConnectionId) {
        self.network.get(id).client_open = false;
        self.send(id, Way::Up, Parcel::Close(1000));
    }

    fn status_changed(&mut self, client: usize) {
        let status = self.clients[client].as_ref().and_then(|process| process.status());
        let Some(status) = status else { return };
        self.trace(|_| format!("client {client}: {:?}, {} unsaved", status.phase, status.unsaved));
        match status.phase {
            Phase::Saved => self.check_saved(client),
            // The right to write comes back.
            Phase::Refused(ErrorCode::ReadOnly) => {}
            Phase::Refused(ErrorCode::Unauthorized) => self.soon(2_000, Event::NewToken(client)),
            Phase::Refused(code) => panic!("client {client} was refused: {code:?}"),
            _ => {}
        }
    }

    /// A client that says "saved" is right.
    fn check_saved(&mut self, client: usize) {
        if client >= self.plan.clients {
            return self.check_said(client);
        }
        self.model.saved(client, || self.store.contents(DOC));
    }
}

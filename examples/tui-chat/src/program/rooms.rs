//! The rooms that are open: a connection each, and what of them has not been read yet.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use collab_client::{Event, Handle};
use collab_core::Timestamp;
use collab_core::chat::{self, Client};
use collab_core::sync::Phase;
use collab_core::wire::ErrorCode;
use futures_util::FutureExt;
use futures_util::future::{join_all, select_all};
use tui_chat::Action;
use tui_chat::model::{self, Room};
use tui_chat::seat::{self, NotDone};

use super::identity::Identity;
use super::known::KnownNames;
use super::link::{self, Link};
use super::options::Chat;
use super::unsent::Unsent;
use super::who::Who;

/// Every open room.
pub(super) struct Rooms {
    /// As whom one enters.
    who: Who,
    seats: Vec<Seat>,
    /// Rooms that differ from what was read of them.
    stale: BTreeSet<Arc<str>>,
    /// Why it is not known yet as whom one enters, and when that is asked again.
    away: Option<(Timestamp, String)>,
    /// The relay does not take the token any more.
    wants_token: bool,
}

/// One room.
struct Seat {
    room: Arc<str>,
    link: Link,
    unsent: Unsent,
    /// Among peers: whose names are known.
    known: Option<KnownNames>,
    /// Why there is no connection.
    unreachable: String,
    /// The grant ends soon, or does not give the newest name.
    wants_token: bool,
}

/// Something to tell the person at the keyboard.
pub(super) type News = Option<String>;

impl Rooms {
    /// No room yet.
    pub(super) fn new(who: Who) -> Self {
        let (seats, stale) = (Vec::new(), BTreeSet::new());
        Self { who, seats, stale, away: None, wants_token: false }
    }

    /// Enters a room, unless one is there already; as soon as it is known as whom.
    pub(super) async fn join(
        &mut self,
        options: &Chat,
        identity: &Identity,
        room: &Arc<str>,
    ) -> Result<()> {
        if self.seats.iter().any(|seat| seat.room == *room) {
            return Ok(());
        }
        let seat = if options.is_among_peers() {
            anyhow::ensure!(self.seats.is_empty(), "among peers there is one room at a time");
            Seat::among_peers(options, identity, room).await?
        } else {
            Seat::at_relay(options, identity, &self.who, room).await?
        };
        self.seats.push(seat);
        self.stale.insert(room.clone());
        Ok(())
    }

    /// It is known now as whom one enters, or one is somebody else, or has a new token. What was written
    /// and not sent is sent as whom one is then.
    pub(super) async fn come_as(&mut self, who: Who) -> Result<()> {
        let before = std::mem::replace(&mut self.who, who);
        self.away = None;
        for seat in &mut self.seats {
            if before.user != self.who.user {
                seat.unsent.belongs_to(&self.who)?;
            }
            if let Some(token) = &self.who.token {
                seat.link.come_as(token.reveal().to_owned(), before.token.is_none()).await;
            }
        }
        self.read_all_again();
        Ok(())
    }

    /// What to call a guest in rooms that are entered from now on.
    pub(super) fn set_name(&mut self, name: &str) {
        name.clone_into(&mut self.who.name);
    }

    /// It is not known yet as whom to enter.
    pub(super) fn wait_until(&mut self, retry_at: Timestamp, why: String) {
        self.away = Some((retry_at, why));
        self.read_all_again();
    }

    /// Whether the relay wants a new token. Asked once.
    pub(super) fn wants_token(&mut self) -> bool {
        let asked = self.seats.iter_mut().map(|seat| std::mem::take(&mut seat.wants_token));
        asked.fold(std::mem::take(&mut self.wants_token), |wants, asked| wants | asked)
    }

    fn read_all_again(&mut self) {
        self.stale.extend(self.seats.iter().map(|seat| seat.room.clone()));
    }

    /// Leaves a room; the others there see it at once.
    pub(super) async fn leave(&mut self, room: &str) {
        let Some(at) = self.seats.iter().position(|seat| &*seat.room == room) else { return };
        let seat = self.seats.remove(at);
        self.stale.remove(room);
        seat.link.stop().await;
    }

    /// Leaves all rooms.
    pub(super) async fn leave_all(&mut self) {
        join_all(self.seats.drain(..).map(|seat| seat.link.stop())).await;
    }

    /// Waits until some room has changed. Safe to cancel.
    pub(super) async fn changed(&mut self) -> News {
        if self.seats.is_empty() {
            return std::future::pending().await;
        }
        let waits = self.seats.iter_mut().map(|seat| seat.link.changes.next().boxed());
        let (event, at, _) = select_all(waits).await;
        let seat = &mut self.seats[at];
        self.stale.insert(seat.room.clone());
        let mut news = seat.hear(event);
        // All that is there already is read in one go.
        while let Some(event) = seat.link.changes.at_hand() {
            news = seat.hear(Some(event)).or(news);
        }
        news
    }

    /// Carries out an action in the room that it names, or in all of them.
    pub(super) async fn carry_out(&mut self, action: &Action) -> Result<(), NotDone> {
        for seat in &self.seats {
            if action.room().is_some_and(|room| room != &*seat.room) {
                continue;
            }
            self.stale.insert(seat.room.clone());
            let action = action.clone();
            let call = move |client: &mut Client, now| seat::carry_out(client, now, &action);
            // A client that has stopped has nothing to do.
            if let Ok(done) = seat.link.handle.call(call).await {
                done?;
            }
        }
        Ok(())
    }

    /// Reads what differs, and keeps what was not sent.
    pub(super) async fn read(&mut self) -> Result<(Vec<Room>, News)> {
        let (mut rooms, mut news) = (Vec::new(), None);
        while let Some(name) = self.stale.pop_first() {
            let Some(seat) = self.seats.iter_mut().find(|seat| seat.room == name) else { continue };
            let Some(Snapshot { mut room, exported, wants_token }) =
                snapshot(&seat.link.handle, name).await
            else {
                continue;
            };
            self.wants_token |= wants_token;
            seat.unsent.keep(exported)?;
            if let Some(known) = &mut seat.known {
                let [said, here] = everybody(&seat.link.handle).await;
                news = known.see(&said, &here)?.or(news);
            }
            if let model::Link::Offline { why, retry_at } = &mut room.link {
                why.clone_from(&seat.unreachable);
                if let Some((at, reason)) = &self.away {
                    (*retry_at, *why) = (Some(*at), reason.clone());
                }
            }
            rooms.push(room);
        }
        Ok((rooms, news))
    }

    /// The rooms' names, in the order in which they were entered.
    pub(super) fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.seats.iter().map(|seat| &seat.room)
    }
}

/// What a room shows.
struct Snapshot {
    room: Room,
    /// What it has not sent.
    exported: Vec<u8>,
    wants_token: bool,
}

/// `None` once it has stopped.
async fn snapshot(handle: &Handle<Client>, name: Arc<str>) -> Option<Snapshot> {
    let look = move |client: &mut Client, _| Snapshot {
        room: seat::read(client, &name),
        exported: client.export(),
        wants_token: client.status().phase == Phase::Refused(ErrorCode::Unauthorized),
    };
    handle.call(look).await.ok()
}

/// User and name of everybody who has said something that is loaded, and of everybody who is here.
async fn everybody(handle: &Handle<Client>) -> [BTreeSet<(String, String)>; 2] {
    let read = |client: &mut Client, _| {
        let messages = client.places().flat_map(chat::Conversation::messages);
        let people = client.people().into_iter();
        [
            messages.map(|said| (said.user.to_owned(), said.name.to_owned())).collect(),
            people.map(|person| (person.user.to_string(), person.name)).collect(),
        ]
    };
    handle.call(read).await.unwrap_or_default()
}

impl Seat {
    async fn at_relay(
        options: &Chat,
        identity: &Identity,
        who: &Who,
        room: &Arc<str>,
    ) -> Result<Self> {
        let url = link::url(options, room);
        let mut unsent = Unsent::new(identity.unsent(), url.clone(), who)?;
        let mut client = link::client(who)?;
        unsent.restore(&mut client)?;
        let link = link::prepare(url, client);
        if let Some(token) = &who.token {
            link.come_as(token.reveal().to_owned(), true).await;
        }
        Ok(Self {
            room: room.clone(),
            link,
            unsent,
            known: None,
            unreachable: String::new(),
            wants_token: false,
        })
    }

    async fn among_peers(options: &Chat, identity: &Identity, room: &Arc<str>) -> Result<Self> {
        let (peer, client) = link::meet(options, identity, room).await?;
        // Peers have no address in common: what was not sent belongs to the room.
        let who = Who::guest(identity);
        let mut unsent = Unsent::new(identity.unsent(), format!("peers:{room}"), &who)?;
        let mut client = Client::new(client);
        unsent.restore(&mut client)?;
        let known = Some(KnownNames::read(identity.known())?);
        let link = link::connect_to_self(peer, client);
        Ok(Self {
            room: room.clone(),
            link,
            unsent,
            known,
            unreachable: String::new(),
            wants_token: false,
        })
    }

    fn hear(&mut self, event: Option<Event<chat::Event>>) -> News {
        match event? {
            Event::Change(chat::Event::Refused { code, texts, .. }) => {
                Some(seat::refused(code, &texts))
            }
            Event::Change(chat::Event::TokenExpiring) => {
                self.wants_token = true;
                None
            }
            Event::Unreachable(error) => {
                self.unreachable = error.to_string();
                None
            }
            _ => None,
        }
    }
}

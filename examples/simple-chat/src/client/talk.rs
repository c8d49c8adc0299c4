//! One person in the room, under one name: what is typed goes out, what happens is shown.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::bail;
use collab_client::{Changes, Config, Event as Happened, Handle, start};
use collab_core::chat::{Client, Event, Place, SayError, printable_text};
use collab_core::sync::{Phase, Status};
use collab_core::wire::ErrorCode;
use collab_rooms_api::sign_in;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::command::{Command, HELP, HELP_ACCOUNTS};
use super::door::Desk;
use super::messages::{self, Told};
use super::people::People;
use super::terminal::{Terminal, Typed};

/// Time for what was typed last to reach the server.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct Talk {
    pub(super) handle: Handle<Client>,
    changes: Changes<Event>,
    people: People,
    /// The server, as people write it.
    server: String,
    connection: Connection,
    /// None where names are claimed.
    pub(super) desk: Option<Desk>,
    /// Whose messages are told.
    told: Told,
}

/// What came of waiting until all that was said has arrived.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flushed {
    All,
    /// So many messages did not.
    Unsent(u64),
    /// The person is refused.
    Ended(Ended),
}

/// What the person was told of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Connection {
    /// Nothing yet.
    First,
    Up,
    Lost,
}

/// Why a talk is over.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Left,
    /// The server does not let this person in, or not under this name.
    Refused(ErrorCode),
}

/// What a command comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Stay,
    Leave,
    /// The server does not let this person in any more.
    Ended(Ended),
}

impl Talk {
    /// Connects.
    pub(crate) fn begin(url: String, server: String, chat: Client, desk: Option<Desk>) -> Self {
        let (handle, changes) = start(Config::new(url), chat);
        let (people, connection) = (People::default(), Connection::First);
        // Without accounts nobody can be here twice.
        let told = desk.as_ref().map_or(Told::Others, |_| Told::AllBut(BTreeSet::new()));
        Self { handle, changes, people, server, connection, desk, told }
    }

    /// Talks until the person leaves or is refused.
    pub(crate) async fn run(mut self, terminal: &mut Terminal) -> anyhow::Result<Ended> {
        loop {
            tokio::select! {
                typed = terminal.line(terminal.is_interactive() || !self.is_asking()) => {
                    let Typed::Line(line) = typed? else { break };
                    match self.obey(Command::parse(&line), terminal).await? {
                        Next::Stay => {}
                        Next::Leave => break,
                        Next::Ended(ended) => return Ok(ended),
                    }
                }
                () = until(self.people.deadline()) => {
                    terminal.show(&self.people.tell_gone(Instant::now().into_std()))?;
                }
                event = next(&mut self.desk) => self.signed_in(event, terminal).await?,
                happened = self.changes.next() => {
                    if let Some(refused) = self.follow(happened, terminal).await? {
                        return Ok(refused);
                    }
                }
            }
        }
        self.leave(terminal).await
    }

    /// Waits until what was said has arrived, and says goodbye.
    async fn leave(mut self, terminal: &mut Terminal) -> anyhow::Result<Ended> {
        match self.flush(terminal).await? {
            Flushed::All => {
                self.handle.stop().await;
                Ok(Ended::Left)
            }
            Flushed::Ended(ended) => Ok(ended),
            Flushed::Unsent(0) => bail!("the server does not answer"),
            Flushed::Unsent(unsent) => bail!("{unsent} messages did not reach the server"),
        }
    }

    /// Waits until what was said has arrived.
    pub(super) async fn flush(&mut self, terminal: &mut Terminal) -> anyhow::Result<Flushed> {
        let end = Instant::now() + PATIENCE;
        loop {
            let unsent = self.handle.call(|chat, _| chat.unsaved()).await?;
            if unsent == 0 && self.connection != Connection::First {
                return Ok(Flushed::All);
            }
            match timeout_at(end, self.changes.next()).await {
                Ok(happened) => {
                    if let Some(refused) = self.follow(happened, terminal).await? {
                        return Ok(Flushed::Ended(refused));
                    }
                }
                Err(_) => return Ok(Flushed::Unsent(unsent)),
            }
        }
    }

    async fn obey(&mut self, command: Command, terminal: &mut Terminal) -> anyhow::Result<Next> {
        match command {
            Command::Nothing => {}
            Command::Leave => return Ok(Next::Leave),
            Command::Send(text) => self.say(Place::Room, text, terminal).await?,
            Command::Direct { to, text } => match self.people.find(&to) {
                Some(user) => self.say(Place::Direct(user.clone()), text, terminal).await?,
                None => terminal.remark(&format!("nobody here is called {to}"))?,
            },
            Command::Who => terminal.remark(&format!("here: {}", self.people.list()))?,
            Command::WhoAmI => {
                let name = self.handle.call(|chat, _| chat.name().to_owned()).await?;
                terminal.remark(&format!("you are {name}"))?;
            }
            Command::Login { .. } | Command::SetPassword(_) | Command::SetName(_) => {
                return self.ask_account(command, terminal).await;
            }
            Command::Help if self.desk.is_some() => {
                terminal.show(&format!("{HELP}{HELP_ACCOUNTS}"))?;
            }
            Command::Help => terminal.show(HELP)?,
            Command::Unknown(explanation) => terminal.remark(&explanation)?,
        }
        Ok(Next::Stay)
    }

    async fn say(
        &mut self,
        place: Place,
        text: String,
        terminal: &mut Terminal,
    ) -> anyhow::Result<()> {
        let said = self.handle.call(move |chat, now| chat.say(now, &place, &text, None)).await?;
        match (said, &mut self.told) {
            (Ok(id), Told::AllBut(here)) => drop(here.insert(id)),
            (Ok(_), Told::Others) => {}
            (Err(error), _) => terminal.remark(&not_said(&error))?,
        }
        Ok(())
    }

    /// Shows what happened. Returns the end, if that is it.
    async fn follow(
        &mut self,
        happened: Option<Happened<Event>>,
        terminal: &mut Terminal,
    ) -> anyhow::Result<Option<Ended>> {
        match happened {
            None => bail!("the client has stopped"),
            Some(Happened::Change(Event::StatusChanged)) => {
                return self.follow_status(terminal).await;
            }
            Some(Happened::Change(Event::PeopleChanged)) => self.show_people(terminal).await?,
            Some(Happened::Change(Event::Changed(place))) => {
                self.show_messages(place, terminal).await?;
            }
            Some(Happened::Change(Event::TokenExpiring)) => {
                self.desk.iter().for_each(|desk| desk.handle.renew());
            }
            // Without a place it is the connection, of which the status tells.
            Some(Happened::Change(Event::Refused { place: Some(_), code, texts })) => {
                let texts = texts.iter().map(|text| printable_text(text));
                let texts = texts.collect::<Vec<_>>().join("; ");
                terminal.remark(&format!("the server refused that ({}): {texts}", code.name()))?;
            }
            Some(Happened::Unreachable(error)) if self.connection == Connection::First => {
                bail!("{}: {error}", self.server)
            }
            Some(Happened::Unreachable(error)) => terminal.remark(&format!("{error}"))?,
            Some(Happened::Missed) => return self.look_at_everything(terminal).await,
            Some(_) => {}
        }
        Ok(None)
    }

    async fn follow_status(&mut self, terminal: &mut Terminal) -> anyhow::Result<Option<Ended>> {
        let look = |chat: &mut Client, _| (chat.status().clone(), chat.is_synced());
        let (status, is_synced) = self.handle.call(look).await?;
        self.follow_grant().await?;
        match status {
            Status { phase: Phase::Refused(ErrorCode::Unauthorized), .. }
                if self.desk.is_some() =>
            {
                self.renew(terminal)?;
            }
            Status { phase: Phase::Refused(code), peer: None, .. } => {
                return Ok(Some(Ended::Refused(code)));
            }
            Status { phase: Phase::Offline, .. } if self.connection == Connection::Up => {
                self.connection = Connection::Lost;
                terminal.remark("connection lost; trying to reconnect")?;
            }
            _ if is_synced && self.connection != Connection::Up => {
                self.arrive(terminal).await?;
            }
            _ => {}
        }
        Ok(None)
    }

    /// Everything is here, for the first time or again.
    async fn arrive(&mut self, terminal: &mut Terminal) -> anyhow::Result<()> {
        if std::mem::replace(&mut self.connection, Connection::Up) == Connection::Lost {
            return Ok(terminal.remark("connected again")?);
        }
        let told = self.told.clone();
        let look = move |chat: &mut Client, _| {
            let places: Vec<Place> = chat.places().map(|talk| talk.place().clone()).collect();
            let told = places.iter().map(|place| messages::history(chat, place, &told));
            (told.collect::<String>(), chat.name().to_owned())
        };
        let (history, name) = self.handle.call(look).await?;
        terminal.remark(&format!("connected to {} as {name}; help lists commands", self.server))?;
        terminal.show(&history)?;
        self.show_people(terminal).await
    }

    async fn show_people(&mut self, terminal: &mut Terminal) -> anyhow::Result<()> {
        if self.connection == Connection::First {
            return Ok(());
        }
        let people = self.handle.call(|chat, _| chat.people()).await?;
        Ok(terminal.show(&self.people.news(&people, Instant::now().into_std()))?)
    }

    async fn show_messages(&mut self, place: Place, terminal: &mut Terminal) -> anyhow::Result<()> {
        // What was there before is history.
        if self.connection == Connection::First {
            return Ok(());
        }
        let told = self.told.clone();
        let lines = self.handle.call(move |chat, _| messages::news(chat, &place, &told)).await?;
        Ok(terminal.show(&lines)?)
    }

    async fn look_at_everything(
        &mut self,
        terminal: &mut Terminal,
    ) -> anyhow::Result<Option<Ended>> {
        let places = |chat: &mut Client, _| chat.places().map(|c| c.place().clone()).collect();
        let places: Vec<Place> = self.handle.call(places).await?;
        for place in places {
            self.show_messages(place, terminal).await?;
        }
        self.show_people(terminal).await?;
        self.follow_status(terminal).await
    }
}

async fn until(deadline: Option<std::time::Instant>) {
    match deadline {
        Some(at) => sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

/// What happened to the account; never anything where there is none.
async fn next(desk: &mut Option<Desk>) -> sign_in::Event {
    match desk {
        Some(desk) => desk.events.next().await,
        None => std::future::pending().await,
    }
}

fn not_said(error: &SayError) -> String {
    format!("not sent: {error}")
}

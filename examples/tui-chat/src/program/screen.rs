//! The loop: terminal, rooms and clock on one side, the app on the other.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use collab_core::Timestamp;
use collab_core::wire::is_room_name;
use collab_rooms_api::sign_in;
use crossterm::event::EventStream;
use futures_util::StreamExt;
use jiff::tz::TimeZone;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tui_chat::app::LocalTime;
use tui_chat::model::{Place, Spot};
use tui_chat::{Action, App};

use super::account::Account;
use super::identity::Identity;
use super::options::Chat;
use super::rooms::{News, Rooms};
use super::terminal::{self, Screen};
use super::who::Who;

/// Everything that runs.
pub(super) struct Program {
    options: Chat,
    pub(super) identity: Identity,
    /// None where the server keeps none, and among peers.
    pub(super) account: Option<Account>,
    pub(super) app: App,
    pub(super) rooms: Rooms,
    screen: Screen,
    /// How many unread messages the window's title tells.
    told_unread: Option<usize>,
    /// A conversation to open as soon as there is one.
    wanted: Option<Spot>,
    ended: bool,
}

/// What the loop waited for.
enum Happened {
    Heard(crossterm::event::Event),
    Changed(News),
    Account(sign_in::Event),
    Tick,
    End,
}

/// Chats until somebody leaves, the terminal goes away or the process is told to end.
pub(super) async fn run(options: Chat) -> Result<()> {
    let identity = Identity::open(options.config.clone(), options.name.clone())?;
    let is_alone = options.is_among_peers();
    let account = (!is_alone).then(|| Account::open(&options, &identity)).transpose()?;
    let who = account.as_ref().map(|account| account.expected(&identity));
    let mut rooms = Rooms::new(who.unwrap_or_else(|| Who::guest(&identity)));
    for room in &options.rooms {
        rooms.join(&options, &identity, room).await?;
    }
    let app = App::new(options.theme(), local_time);
    let screen = Screen::open()?;
    let mut program = Program {
        options,
        identity,
        account,
        app,
        rooms,
        screen,
        told_unread: None,
        wanted: None,
        ended: false,
    };
    if program.identity.unsent().is_none() {
        program.app.warn("you chat in another window too: what is not sent yet is kept there only");
    }
    let done = program.run().await;
    program.rooms.leave_all().await;
    done
}

impl Program {
    async fn run(&mut self) -> Result<()> {
        let mut keys = EventStream::new();
        let mut ends = [signal(SignalKind::terminate())?, signal(SignalKind::hangup())?];
        self.refresh().await?;
        while !self.ended {
            let happened = self.wait(&mut keys, &mut ends).await?;
            self.take(happened).await?;
            self.act().await?;
            self.refresh().await?;
        }
        Ok(())
    }

    async fn wait(&mut self, keys: &mut EventStream, ends: &mut [Signal; 2]) -> Result<Happened> {
        let now = now();
        let deadline = self.app.deadline(now);
        let tick = async {
            match deadline {
                Some(at) => tokio::time::sleep(at.since(now)).await,
                None => std::future::pending().await,
            }
        };
        let [terminate, hangup] = ends;
        Ok(tokio::select! {
            heard = keys.next() => match heard {
                Some(heard) => Happened::Heard(heard.context("the terminal is gone")?),
                None => Happened::End,
            },
            news = self.rooms.changed() => Happened::Changed(news),
            event = next(&mut self.account) => Happened::Account(event),
            () = tick => Happened::Tick,
            _ = terminate.recv() => Happened::End,
            _ = hangup.recv() => Happened::End,
        })
    }

    async fn take(&mut self, happened: Happened) -> Result<()> {
        match happened {
            Happened::Heard(heard) => {
                if let Some(event) = terminal::event(heard) {
                    self.app.update(now(), event);
                }
            }
            Happened::Changed(news) => {
                if let Some(news) = news {
                    self.app.warn(news);
                }
            }
            Happened::Account(event) => self.signed_in(event).await?,
            Happened::Tick => self.app.tick(now()),
            Happened::End => self.ended = true,
        }
        Ok(())
    }

    /// Carries out what the app wants.
    async fn act(&mut self) -> Result<()> {
        while let Some(action) = self.app.poll_action() {
            match &action {
                Action::Quit => self.ended = true,
                Action::Copy(text) => self.screen.copy(text)?,
                Action::Join(room) => self.join(room).await,
                Action::Leave(room) => {
                    self.rooms.leave(room).await;
                    self.app.model_mut().rooms.retain(|known| known.name != *room);
                    self.app.refilled();
                }
                Action::Direct { room, to, .. } => {
                    let place = Place::Direct(to.clone());
                    self.wanted = Some(Spot { room: room.clone(), place });
                    self.carry_out(&action).await;
                }
                Action::SetName(name) if self.account.is_none() => {
                    if self.carry_out(&action).await {
                        self.identity.keep_name(name)?;
                        self.identity.name.clone_from(name);
                        self.rooms.set_name(name);
                    }
                }
                _ if self.ask_account(&action) => {}
                _ => {
                    self.carry_out(&action).await;
                }
            }
        }
        Ok(())
    }

    /// False if it was refused, which is told.
    async fn carry_out(&mut self, action: &Action) -> bool {
        let done = self.rooms.carry_out(action).await;
        if let Err(refused) = done {
            self.app.warn(refused.to_string());
        }
        done.is_ok()
    }

    async fn join(&mut self, room: &std::sync::Arc<str>) {
        if !is_room_name(room) {
            return self.app.warn("not a room's name");
        }
        match self.rooms.join(&self.options, &self.identity, room).await {
            Ok(()) => self.wanted = Some(Spot { room: room.clone(), place: Place::Room }),
            Err(error) => self.app.warn(format!("{error:#}")),
        }
    }

    /// Reads what changed and draws. Drawing may want something: that it was seen, or older messages.
    async fn refresh(&mut self) -> Result<()> {
        self.refill().await?;
        self.draw()?;
        self.act().await
    }

    async fn refill(&mut self) -> Result<()> {
        let (read, news) = self.rooms.read().await?;
        if self.rooms.wants_token()
            && let Some(account) = &self.account
        {
            account.renew();
        }
        if let Some(news) = news {
            self.app.warn(news);
        }
        for room in read {
            let rooms = &mut self.app.model_mut().rooms;
            match rooms.iter_mut().find(|known| known.name == room.name) {
                Some(known) => *known = room,
                None => rooms.push(room),
            }
        }
        let order: Vec<_> = self.rooms.names().cloned().collect();
        let place = |name| order.iter().position(|known| *known == name);
        self.app.model_mut().rooms.sort_by_key(|room| place(room.name.clone()));
        self.app.refilled();
        if self.wanted.as_ref().is_some_and(|spot| self.app.model().conversation(spot).is_some()) {
            let wanted = self.wanted.take();
            self.app.open(wanted);
        }
        Ok(())
    }

    fn draw(&mut self) -> Result<()> {
        let app = &mut self.app;
        self.screen.terminal.draw(|frame| app.view(now(), frame))?;
        let rooms = &self.app.model().rooms;
        let unread = rooms.iter().flat_map(|room| &room.conversations).map(|c| c.unread).sum();
        if self.told_unread != Some(unread) {
            self.screen.title(unread)?;
            self.told_unread = Some(unread);
        }
        Ok(())
    }
}

/// What happened to the account; never anything where there is none.
async fn next(account: &mut Option<Account>) -> sign_in::Event {
    match account {
        Some(account) => account.next().await,
        None => std::future::pending().await,
    }
}

/// Unix time.
fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(since_epoch.as_millis() as u64)
}

/// The time on the wall here.
fn local_time(at: Timestamp) -> LocalTime {
    let ms = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    let at = jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::MAX);
    let at = at.to_zoned(TimeZone::system());
    LocalTime {
        year: at.year(),
        month: at.month().unsigned_abs(),
        day: at.day().unsigned_abs(),
        hour: at.hour().unsigned_abs(),
        minute: at.minute().unsigned_abs(),
    }
}

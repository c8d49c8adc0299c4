//! The program of the tab: the app, its rooms, its timer, and one drawing per frame.

use std::cell::RefCell;
use std::sync::Arc;

use collab_core::Timestamp;
use collab_core::chat::{self, Client, ClientConfig, Input};
use collab_core::sync::SessionConfig;
use collab_core::wire::is_room_name;
use collab_rooms_api::sign_in;
use ratatui::Terminal;
use tui_chat::app::MouseKind;
use tui_chat::model::{Place, Spot};
use tui_chat::view::ThemeName;
use tui_chat::{Action, App, Event, seat};
use wasm_bindgen::prelude::*;
use web_sys::UrlSearchParams;

use crate::account::Desk;
use crate::keys;
use crate::page::{element, local_time, now, random, window};
use crate::screen::Screen;
use crate::signing_in::Who;
use crate::socket::{Said, Seat};
use crate::storage::Kept;

/// Client IDs are Yjs client IDs: 53 bits, few of which collide.
const CLIENT_ID_MASK: u64 = (1 << 53) - 1;

/// The longest that a browser's timer takes, and often enough.
const TIMER_MAX_MS: u64 = 60_000;

thread_local! {
    static PROGRAM: RefCell<Option<Program>> = const { RefCell::new(None) };
}

pub(crate) struct Program {
    pub(crate) app: App,
    pub(crate) kept: Kept,
    /// None where the server keeps no accounts.
    pub(crate) desk: Option<Desk>,
    /// As whom one is here; none until the server has said whether it keeps accounts.
    who: Option<Who>,
    /// Rooms to enter then.
    waiting: Vec<Arc<str>>,
    pub(crate) seats: Vec<Seat>,
    /// A grant ends soon, or does not give the newest name.
    pub(crate) wants_token: bool,
    terminal: Terminal<Screen>,
    wanted: Option<Spot>,
    told_unread: usize,
    /// Something differs from what is drawn.
    pub(crate) is_stale: bool,
    is_frame_due: bool,
    timer: Option<i32>,
    on_frame: Closure<dyn FnMut()>,
    on_timer: Closure<dyn FnMut()>,
}

/// Starts in this page. `keeps_unsent`: whether this tab keeps what was not sent.
#[wasm_bindgen]
pub fn start(keeps_unsent: bool) -> Result<(), JsValue> {
    let search = UrlSearchParams::new_with_str(&window()?.location().search()?)?;
    let wish = search.get("username").unwrap_or_default().trim().to_owned();
    let kept = Kept::open(keeps_unsent, &wish)?;
    let wish = (!wish.is_empty()).then_some(wish);
    let mut desk = Desk::new(wish, u64::from_le_bytes(random()?))?;
    desk.handle(sign_in::Input::Start);
    let theme = search.get("theme").and_then(|name| name.parse().ok());
    let terminal = Terminal::new(Screen::new(element("screen")?)?);
    let mut program = Program {
        app: App::new(theme.unwrap_or(ThemeName::Terminal), local_time),
        kept,
        desk: Some(desk),
        who: None,
        waiting: Vec::new(),
        seats: Vec::new(),
        wants_token: false,
        terminal: terminal.map_err(|error| JsValue::from_str(&error.to_string()))?,
        wanted: None,
        told_unread: 0,
        is_stale: true,
        is_frame_due: false,
        timer: None,
        on_frame: Closure::new(|| with(Program::frame)),
        on_timer: Closure::new(|| change(Program::tick)),
    };
    let rooms: Vec<String> =
        search.get_all("room").iter().filter_map(|room| room.as_string()).collect();
    let lobby = rooms.is_empty().then(|| "lobby".to_owned());
    for room in rooms.into_iter().chain(lobby) {
        program.join(&Arc::from(room))?;
    }
    program.settle();
    PROGRAM.set(Some(program));
    keys::listen_to_all()
}

/// Somebody did something.
pub(crate) fn update(event: Event) {
    change(|program| program.app.update(now(), event));
}

/// The mouse did something at a point of the window.
pub(crate) fn mouse(kind: MouseKind, (x, y): (f64, f64)) {
    change(|program| {
        let (column, row) = program.terminal.backend().cell_at(x, y);
        program.app.update(now(), Event::Mouse { kind, column, row });
    });
}

/// A connection said something.
pub(crate) fn hear(room: &str, connection: u32, said: Said) {
    change(|program| {
        if let Some(seat) = program.seats.iter_mut().find(|seat| &*seat.room == room) {
            seat.hear(now(), connection, said);
        }
    });
}

/// The server of accounts said something, or nothing.
pub(crate) fn answered(input: sign_in::Input) {
    change(|program| {
        if let Some(desk) = &mut program.desk {
            desk.handle(input);
        }
    });
}

/// The network may be there again.
pub(crate) fn network_back() {
    change(|program| {
        program.seats.iter_mut().for_each(|seat| seat.client.handle(now(), Input::NetworkBack));
    });
}

/// The page changed.
pub(crate) fn redraw() {
    change(|_| ());
}

/// Does something that may be seen.
fn change(work: impl FnOnce(&mut Program)) {
    with(|program| {
        work(program);
        program.is_stale = true;
    });
}

/// Does something with the program, and all that follows from it.
fn with(work: impl FnOnce(&mut Program)) {
    PROGRAM.with_borrow_mut(|program| {
        if let Some(program) = program {
            work(program);
            program.settle();
        }
    });
}

impl Program {
    /// Carries out what app and clients want, then has it drawn with the next frame.
    fn settle(&mut self) {
        while let Some(action) = self.app.poll_action() {
            self.carry_out(&action);
            self.is_stale = true;
        }
        self.drive_account();
        for seat in &mut self.seats {
            for event in seat.drive(now()) {
                self.is_stale = true;
                match event {
                    chat::Event::Refused { code, texts, .. } => {
                        self.app.warn(seat::refused(code, &texts));
                    }
                    chat::Event::TokenExpiring => self.wants_token = true,
                    _ => {}
                }
            }
        }
        self.set_timer();
        if self.is_stale && !self.is_frame_due {
            let frame = self.on_frame.as_ref().unchecked_ref();
            self.is_frame_due =
                window().is_ok_and(|window| window.request_animation_frame(frame).is_ok());
        }
    }

    fn frame(&mut self) {
        (self.is_frame_due, self.is_stale) = (false, false);
        self.refill();
        // What somebody is about to copy stays where it is.
        if keys::has_selection() {
            return;
        }
        let (app, at) = (&mut self.app, now());
        // A page that takes nothing any more is being closed.
        let _ = self.terminal.draw(|frame| app.view(at, frame));
        self.tell_unread();
    }

    fn tick(&mut self) {
        self.timer = None;
        let now = now();
        self.app.tick(now);
        if let Some(desk) = &mut self.desk {
            desk.handle(sign_in::Input::Tick);
        }
        let is_due = |seat: &&mut Seat| seat.client.deadline().is_some_and(|at| at <= now);
        self.seats.iter_mut().filter(is_due).for_each(|seat| seat.client.handle(now, Input::Tick));
    }

    fn set_timer(&mut self) {
        let Ok(window) = window() else { return };
        if let Some(timer) = self.timer.take() {
            window.clear_timeout_with_handle(timer);
        }
        let now = now();
        let clients = self.seats.iter().filter_map(|seat| seat.client.deadline());
        let account = self.desk.as_ref().and_then(Desk::deadline).map(Timestamp::from_millis);
        let Some(at) = clients.chain(self.app.deadline(now)).chain(account).min() else { return };
        let ms = at.as_millis().saturating_sub(now.as_millis()).min(TIMER_MAX_MS) as i32;
        let call = self.on_timer.as_ref().unchecked_ref();
        self.timer = window.set_timeout_with_callback_and_timeout_and_arguments_0(call, ms).ok();
    }

    fn carry_out(&mut self, action: &Action) {
        match action {
            Action::Quit => return self.app.warn("close the tab to leave"),
            Action::Copy(text) => return copy(text),
            Action::Leave(room) => return self.leave(room),
            Action::Join(room) => {
                if self.join(room).is_err() {
                    self.app.warn("cannot enter this room");
                }
                return;
            }
            Action::Direct { room, to, .. } => {
                self.wanted = Some(Spot { room: room.clone(), place: Place::Direct(to.clone()) });
            }
            _ if self.ask_account(action) => return,
            _ => {}
        }
        for seat in &mut self.seats {
            if action.room().is_some_and(|room| room != &*seat.room) {
                continue;
            }
            seat.is_stale = true;
            if let Err(refused) = seat::carry_out(&mut seat.client, now(), action) {
                return self.app.warn(refused.to_string());
            }
        }
        if let Action::SetName(name) = action {
            self.kept.keep_name(name);
            if let Some(who) = &mut self.who {
                who.name.clone_from(name);
            }
        }
    }

    fn join(&mut self, room: &Arc<str>) -> Result<(), JsValue> {
        if !is_room_name(room) {
            self.app.warn("not a room's name");
            return Ok(());
        }
        self.wanted = Some(Spot { room: room.clone(), place: Place::Room });
        if self.seats.iter().any(|seat| seat.room == *room) {
            return Ok(());
        }
        let Some(Who { user, name, token }) = self.who.clone() else {
            self.waiting.push(room.clone());
            return Ok(());
        };
        let client_id = u64::from_le_bytes(random()?) & CLIENT_ID_MASK | 1 << 31;
        let session = SessionConfig::new(token, u64::from_le_bytes(random()?));
        let config = ClientConfig { client_id, name, user, seal: None, session };
        let mut client = Client::new(config);
        self.kept.restore(room, &mut client);
        client.handle(now(), Input::Start);
        self.seats.push(Seat::new(room.clone(), url(room)?, client));
        Ok(())
    }

    /// It is known now as whom one is here, or one is somebody else, or has a new token. What was
    /// written and not sent is sent as whom one is then.
    pub(crate) fn come_as(&mut self, who: Who) {
        let account = self.desk.as_ref().and_then(|desk| desk.known.as_ref());
        let rooms = self.seats.iter().map(|seat| &*seat.room);
        self.kept.belongs_to(account.map(|account| &*account.id), rooms);
        for seat in &mut self.seats {
            seat.client.handle(now(), Input::Token(who.token.clone()));
            seat.is_stale = true;
        }
        self.who = Some(who);
        for room in std::mem::take(&mut self.waiting) {
            if self.join(&room).is_err() {
                self.app.warn("cannot enter this room");
            }
        }
    }

    fn leave(&mut self, room: &str) {
        let Some(at) = self.seats.iter().position(|seat| &*seat.room == room) else { return };
        let mut seat = self.seats.remove(at);
        seat.client.handle(now(), Input::Stop);
        seat.drive(now());
        self.app.model_mut().rooms.retain(|known| &*known.name != room);
        self.app.refilled();
    }

    /// Reads what changed in the rooms, and keeps what was not sent.
    fn refill(&mut self) {
        self.renew_token();
        for seat in &mut self.seats {
            if !std::mem::take(&mut seat.is_stale) {
                continue;
            }
            self.kept.keep_unsent(&seat.room, &seat.client.export());
            let room = seat::read(&seat.client, &seat.room);
            let rooms = &mut self.app.model_mut().rooms;
            match rooms.iter_mut().find(|known| known.name == room.name) {
                Some(known) => *known = room,
                None => rooms.push(room),
            }
        }
        self.app.refilled();
        if self.wanted.as_ref().is_some_and(|spot| self.app.model().conversation(spot).is_some()) {
            let wanted = self.wanted.take();
            self.app.open(wanted);
        }
    }

    /// Says in the tab's title how much is unread.
    fn tell_unread(&mut self) {
        let rooms = &self.app.model().rooms;
        let unread = rooms.iter().flat_map(|room| &room.conversations).map(|c| c.unread).sum();
        if unread != self.told_unread {
            self.told_unread = unread;
            let title =
                if unread == 0 { "tui-chat".to_owned() } else { format!("({unread}) tui-chat") };
            if let Ok(document) = crate::page::document() {
                document.set_title(&title);
            }
        }
    }
}

/// The relay that served the page.
fn url(room: &str) -> Result<String, JsValue> {
    let location = window()?.location();
    let scheme = if location.protocol()? == "https:" { "wss" } else { "ws" };
    let room = js_sys::encode_uri_component(room);
    Ok(format!("{scheme}://{}/sync/{room}", location.host()?))
}

/// Only a secure page may; then the browser asks or allows.
fn copy(text: &str) {
    if let Ok(window) = window() {
        let _ = window.navigator().clipboard().write_text(text);
    }
}

//! The machine on a clock of the test, with a server that is a few lines.

use std::io;

use super::*;
use crate::{Account, Answer, CallError, ErrorBody, ErrorCode, Role, Secret};

const START_MS: u64 = 1_795_269_600_000;
const LIFETIME_MS: u64 = 900_000;

/// A device, a clock, and the machine.
struct World {
    sign_in: SignIn,
    now_ms: u64,
    kept: Slot,
    events: Vec<Event>,
    calls: Vec<Call>,
}

#[derive(Default)]
struct Slot {
    token: Option<String>,
    is_broken: bool,
}

impl Keep for Slot {
    fn recall(&mut self) -> io::Result<Option<Secret>> {
        if self.is_broken {
            Err(io::Error::other("broken"))
        } else {
            Ok(self.token.as_deref().map(Secret::from))
        }
    }

    fn keep(&mut self, _: &Account, refresh_token: &Secret) -> io::Result<()> {
        self.token = Some(refresh_token.reveal().to_owned());
        Ok(())
    }
}

impl World {
    fn new(wish: Option<&str>, kept: Option<&str>) -> Self {
        let kept = Slot { token: kept.map(str::to_owned), is_broken: false };
        let sign_in = SignIn::new(wish.map(str::to_owned), 7);
        let mut world =
            Self { sign_in, now_ms: START_MS, kept, events: Vec::new(), calls: Vec::new() };
        world.input(Input::Start);
        world
    }

    /// One that is signed in already.
    fn member() -> Self {
        let mut world = Self::new(None, Some("r0"));
        world.answer(200, r#"{"accounts": true}"#);
        world.answers("ada", Some("r1"));
        world.told();
        world
    }

    fn input(&mut self, input: Input) {
        self.sign_in.handle(self.now_ms, input, &mut self.kept);
        while let Some(output) = self.sign_in.poll_output() {
            match output {
                Output::Call(call) => self.calls.push(call),
                Output::Event(event) => self.events.push(event),
            }
        }
    }

    /// The call that is on its way; there is never more than one.
    fn asked(&mut self) -> String {
        assert_eq!(self.calls.len(), 1, "{:?}", self.calls);
        self.calls.remove(0).path().trim_start_matches("/api/accounts").to_owned()
    }

    fn answer(&mut self, status: u16, body: &str) {
        self.asked();
        self.input(Input::Answered(Answer { status, body: body.into() }));
    }

    fn answers(&mut self, name: &str, refresh_token: Option<&str>) {
        let signed_in = crate::SignedIn {
            account: Account { id: "u1".into(), name: name.into(), role: Role::Guest },
            access_token: "a".into(),
            access_expires_at_ms: self.now_ms + LIFETIME_MS,
            refresh_token: refresh_token.map(Secret::from),
        };
        self.answer(200, &serde_json::to_string(&signed_in).expect("JSON"));
    }

    fn refuses(&mut self, code: ErrorCode) {
        let body = ErrorBody { code, message: "\u{1b}[2J".into(), retry_after_ms: Some(1500) };
        self.answer(code.status(), &serde_json::to_string(&body).expect("JSON"));
    }

    fn is_silent(&mut self) {
        self.asked();
        self.input(Input::Unanswered(CallError::Slow));
    }

    /// Time goes on to the next deadline.
    fn wait(&mut self) {
        self.now_ms = self.sign_in.deadline().expect("something is due").max(self.now_ms);
        self.input(Input::Tick);
    }

    fn told(&mut self) -> Vec<String> {
        self.events.drain(..).map(|event| event.to_string()).collect()
    }
}

fn login() -> Input {
    Input::Do(Command::Login { name: "bo".into(), password: "correct horse".into() })
}

#[test]
fn a_newcomer_is_a_guest_at_once_by_the_name_that_was_wished() {
    let mut world = World::new(Some("ada"), None);
    world.answer(200, r#"{"accounts": true}"#);
    world.answers("quiet-otter-417", Some("r1"));
    assert!(world.events.is_empty(), "nobody sees the name that was not wished");
    assert_eq!(world.kept.token.as_deref(), Some("r1"), "an answer that is lost loses nobody");
    world.answers("ada", None);
    assert_eq!(world.told(), ["you are a guest, ada: /set password PASSWORD keeps this account"]);
    assert_eq!(world.kept.token.as_deref(), Some("r1"));
}

#[test]
fn a_wish_that_is_not_granted_leaves_a_guest_who_is_told() {
    let mut world = World::new(Some("ada"), None);
    world.answer(200, r#"{"accounts": true}"#);
    world.answers("quiet-otter-417", Some("r1"));
    world.refuses(ErrorCode::NameTaken);
    let told = world.told();
    assert!(told[0].contains("quiet-otter-417"), "{told:?}");
    assert!(told[1].contains("taken") && told[1].contains("/login"), "{told:?}");
}

#[test]
fn a_kept_account_returns_and_keeps_its_name_and_each_token_is_used_once() {
    let mut world = World::new(Some("somebody"), Some("r0"));
    world.answer(200, r#"{"accounts": true}"#);
    assert_eq!(world.calls[0].body().reveal(), r#"{"refresh_token":"r0"}"#);
    world.answers("ada", Some("r1"));
    assert_eq!(world.told(), [""]);
    world.wait();
    assert_eq!(world.now_ms, START_MS + LIFETIME_MS - RENEWAL_MARGIN_MS);
    // Another window was faster.
    assert_eq!(world.calls[0].body().reveal(), r#"{"refresh_token":"r1"}"#);
    world.kept.token = Some("r2".into());
    world.refuses(ErrorCode::RefreshRefused);
    assert_eq!(world.calls[0].body().reveal(), r#"{"refresh_token":"r2"}"#);
    world.answers("ada", Some("r3"));
    assert!(matches!(world.events[..], [Event::SignedIn { cause: Cause::Renewed, .. }]));
}

#[test]
fn commands_go_one_after_the_other_and_what_is_refused_is_told_in_our_words() {
    let mut world = World::member();
    world.input(login());
    world.input(Input::Do(Command::SetName("bo".into())));
    world.refuses(ErrorCode::TooManyAttempts);
    assert_eq!(world.told(), ["too many attempts: wait a little (2 s)"]);
    assert_eq!(world.calls[0].path(), "/api/accounts/name");
    world.answers("bo", None);
    assert_eq!(world.told(), ["you are bo now"]);
    world.input(login());
    world.refuses(ErrorCode::LoginRefused);
    assert_eq!(world.told(), ["unknown name or wrong password (2 s)"]);
    for _ in 0..=COMMANDS_MAX + 1 {
        world.input(login());
    }
    assert_eq!(world.told(), ["too much at once: try again in a moment"]);
}

#[test]
fn a_token_that_expired_meanwhile_is_renewed_and_the_command_tried_again_once() {
    let mut world = World::member();
    world.input(Input::Do(Command::SetPassword("correct horse".into())));
    world.refuses(ErrorCode::Unauthorized);
    assert_eq!(world.calls[0].path(), "/api/accounts/refresh");
    world.answers("ada", Some("r2"));
    assert_eq!(world.calls[0].path(), "/api/accounts/password");
    world.refuses(ErrorCode::Unauthorized);
    assert!(world.calls.is_empty());
    assert_eq!(world.told(), ["", "sign in first (2 s)"]);
}

#[test]
fn a_server_that_is_away_is_asked_again_and_commands_fail_meanwhile() {
    let mut world = World::new(None, Some("r0"));
    world.input(login());
    world.is_silent();
    assert_eq!(
        world.told(),
        ["the server is out of reach: try again later", "the server does not answer"]
    );
    world.input(login());
    assert_eq!(world.told(), ["the server is out of reach: try again later"]);
    for attempt in 0..8 {
        let before = world.now_ms;
        world.wait();
        assert!(world.now_ms - before <= 30_000 && (attempt > 0 || world.now_ms > before));
        world.is_silent();
    }
    world.wait();
    world.answer(200, r#"{"accounts": true}"#);
    world.answers("ada", Some("r1"));
    assert_eq!(world.kept.token.as_deref(), Some("r1"));
}

#[test]
fn a_member_stays_one_while_the_server_is_away_and_is_told_what_is_not_known() {
    let mut world = World::member();
    world.wait();
    world.is_silent();
    assert!(world.told().is_empty());
    world.wait();
    world.answers("ada", Some("r2"));
    world.told();
    world.input(Input::Do(Command::SetPassword("correct horse".into())));
    world.is_silent();
    assert!(world.told()[0].contains("may be set all the same"));
}

#[test]
fn who_is_signed_out_is_a_new_guest_and_told() {
    let mut world = World::new(Some("ada"), Some("r0"));
    world.answer(200, r#"{"accounts": true}"#);
    world.refuses(ErrorCode::RefreshRefused);
    // The wish was for a newcomer; the name is likely that of the account that was kept.
    world.answers("quiet-otter-417", Some("r1"));
    let told = world.told();
    assert!(told[0].starts_with("signed out: you are a new guest, quiet-otter-417"), "{told:?}");
    assert!(world.calls.is_empty());
}

#[test]
fn a_relay_without_accounts_is_asked_once() {
    let pages = [(200, "<!doctype html>"), (404, ""), (405, ""), (200, r#"{"accounts": false}"#)];
    for (status, page) in pages {
        let mut world = World::new(None, None);
        world.answer(status, page);
        assert!(matches!(world.events[..], [Event::NoAccounts]));
        assert_eq!(world.sign_in.deadline(), None);
        world.input(login());
        assert_eq!(world.told().pop().as_deref(), Some("this server keeps no accounts"));
    }
    let mut world = World::new(None, None);
    world.answer(502, "bad gateway");
    assert!(matches!(world.events[..], [Event::Away { .. }]));
}

#[test]
fn an_account_that_cannot_be_read_is_not_replaced_by_a_guest() {
    let mut world = World::new(None, Some("r0"));
    world.kept.is_broken = true;
    world.answer(200, r#"{"accounts": true}"#);
    assert!(world.calls.is_empty() && matches!(world.events[..], [Event::NotRecalled(_)]));
    world.kept.is_broken = false;
    world.wait();
    assert_eq!(world.asked(), "/refresh");
}

#[test]
fn a_relay_that_refuses_each_token_does_not_make_us_ask_without_end() {
    let mut world = World::member();
    world.now_ms += 1;
    world.input(Input::Renew);
    assert!(world.calls.is_empty());
    world.wait();
    assert_eq!(world.asked(), "/refresh");
    assert_eq!(world.now_ms, START_MS + RENEWAL_PAUSE_MS);
}

#[test]
fn an_account_that_no_relay_could_know_is_not_taken() {
    let mut world = World::new(None, None);
    world.answer(200, r#"{"accounts": true}"#);
    world.answers("\u{1b}[2Jada", Some("r1"));
    assert!(matches!(world.events[..], [Event::Away { .. }]));
}

#[test]
fn nothing_secret_is_in_debug_text() {
    let mut world = World::member();
    world.input(login());
    let text = format!("{:?}{:?}{:?}", world.sign_in, world.calls, world.events);
    assert!(!text.contains("horse") && !text.contains("r1\""), "{text}");
}

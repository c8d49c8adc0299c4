//! The account of this browser, if the server keeps any: the same as the pad's, kept in the same place.

use std::io;

use collab_rooms_api::sign_in::{Event, Input, Output, SignIn};
use collab_rooms_api::{Account, Answer, Call, CallError, Keep, Secret};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortSignal, Headers, RequestInit, Response, Storage};

use crate::page::{now, window};
use crate::program;

/// Where the pad keeps the refresh token (`web/src/account`).
const KEY: &str = "collab.account";
/// A server that takes longer is out of reach.
const TIMEOUT_MS: u32 = 20_000;

/// Who one is at the server.
pub(crate) struct Desk {
    sign_in: SignIn,
    stored: Stored,
    /// Who one was told to be last.
    pub(crate) known: Option<Account>,
}

/// The browser's storage. Where it is blocked the account lasts as long as the tab.
struct Stored(Option<Storage>);

impl Desk {
    pub(crate) fn new(wish: Option<String>, seed: u64) -> Result<Self, JsValue> {
        let stored = Stored(window()?.local_storage().ok().flatten());
        Ok(Self { sign_in: SignIn::new(wish, seed), stored, known: None })
    }

    pub(crate) fn handle(&mut self, input: Input) {
        self.sign_in.handle(now().as_millis(), input, &mut self.stored);
    }

    /// Asks the server what is to be asked; what there is to know is returned.
    pub(crate) fn drive(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(output) = self.sign_in.poll_output() {
            match output {
                Output::Call(call) => spawn_local(async move {
                    program::answered(match fetch(&call).await {
                        Ok(answer) => Input::Answered(answer),
                        Err(_) => Input::Unanswered(CallError::Slow),
                    });
                }),
                Output::Event(event) => events.push(event),
            }
        }
        events
    }

    /// Unix time in ms.
    pub(crate) fn deadline(&self) -> Option<u64> {
        self.sign_in.deadline()
    }
}

impl Keep for Stored {
    fn recall(&mut self) -> io::Result<Option<Secret>> {
        let Some(storage) = &self.0 else { return Ok(None) };
        let token = storage.get_item(KEY).map_err(|_| refused())?;
        Ok(token.map(Secret::from))
    }

    fn keep(&mut self, _: &Account, refresh_token: &Secret) -> io::Result<()> {
        let Some(storage) = &self.0 else { return Ok(()) };
        storage.set_item(KEY, refresh_token.reveal()).map_err(|_| refused())
    }
}

fn refused() -> io::Error {
    io::Error::other("the browser's storage does not work")
}

async fn fetch(call: &Call) -> Result<Answer, JsValue> {
    let headers = Headers::new()?;
    headers.set("content-type", "application/json")?;
    if let Some(authorization) = call.authorization() {
        headers.set("authorization", authorization.reveal())?;
    }
    let init = RequestInit::new();
    init.set_method(call.method());
    init.set_headers(&headers);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MS)));
    if call.method() != "GET" {
        init.set_body(&JsValue::from_str(call.body().reveal()));
    }
    let response = JsFuture::from(window()?.fetch_with_str_and_init(call.path(), &init)).await?;
    let response: Response = response.dyn_into()?;
    let body = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(Answer { status: response.status(), body: body.into() })
}

//! The task that carries out what [`SignIn`] wants, for programs on tokio.

use std::future::{Future, pending};
use std::pin::Pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::sign_in::{Command, Event, Input, Output, SignIn};
use crate::{Answer, Call, CallError, Client, Keep};

/// Inputs that wait for the task.
const INPUTS_MAX: usize = 16;
/// Events that wait for the program; then the task waits.
const EVENTS_MAX: usize = 16;

/// Talks to the task. Clones talk to the same; once all are gone it stops.
#[derive(Clone, Debug)]
pub struct Handle {
    inputs: mpsc::Sender<Input>,
}

/// What the task tells.
#[derive(Debug)]
pub struct Events {
    events: mpsc::Receiver<Event>,
}

/// Signs in at the server of `client`, and stays signed in as long as the program keeps the handle.
pub fn keep_signed_in(
    client: Client,
    sign_in: SignIn,
    keep: impl Keep + Send + 'static,
) -> (Handle, Events) {
    let (inputs, received) = mpsc::channel(INPUTS_MAX);
    let (events, told) = mpsc::channel(EVENTS_MAX);
    let task = Task { client, sign_in, keep, inputs: received, events, answer: None };
    tokio::spawn(task.run());
    (Handle { inputs }, Events { events: told })
}

impl Handle {
    /// Asks for something; the events tell what came of it. False if too much waits already.
    #[must_use]
    pub fn ask(&self, command: Command) -> bool {
        self.inputs.try_send(Input::Do(command)).is_ok()
    }

    /// The relay does not take the token any more.
    pub fn renew(&self) {
        // If so much waits that there is no room, tokens are bought anyway.
        let _ = self.inputs.try_send(Input::Renew);
    }
}

impl Events {
    /// The next event. Safe to cancel. Never ends as long as there is a handle.
    pub async fn next(&mut self) -> Event {
        match self.events.recv().await {
            Some(event) => event,
            None => pending().await,
        }
    }
}

type Answering = Pin<Box<dyn Future<Output = Result<Answer, CallError>> + Send>>;

struct Task<K> {
    client: Client,
    sign_in: SignIn,
    keep: K,
    inputs: mpsc::Receiver<Input>,
    events: mpsc::Sender<Event>,
    /// The call that is on its way.
    answer: Option<Answering>,
}

impl<K: Keep> Task<K> {
    async fn run(mut self) {
        let mut input = Input::Start;
        loop {
            self.sign_in.handle(now_ms(), input, &mut self.keep);
            while let Some(output) = self.sign_in.poll_output() {
                match output {
                    Output::Call(call) => self.answer = Some(answer(self.client.clone(), call)),
                    Output::Event(event) => {
                        if self.events.send(event).await.is_err() {
                            return;
                        }
                    }
                }
            }
            let Some(next) = self.next().await else { return };
            input = next;
        }
    }

    /// What happens next; `None` once nobody is left.
    async fn next(&mut self) -> Option<Input> {
        let deadline_ms = self.sign_in.deadline();
        let tick = async {
            match deadline_ms {
                Some(at_ms) => sleep(Duration::from_millis(at_ms.saturating_sub(now_ms()))).await,
                None => pending().await,
            }
        };
        let answered = async {
            match &mut self.answer {
                Some(answer) => answer.await,
                None => pending().await,
            }
        };
        tokio::select! {
            input = self.inputs.recv() => input,
            answered = answered => {
                self.answer = None;
                Some(match answered {
                    Ok(answer) => Input::Answered(answer),
                    Err(error) => Input::Unanswered(error),
                })
            }
            () = tick => Some(Input::Tick),
        }
    }
}

fn answer(client: Client, call: Call) -> Answering {
    Box::pin(async move { client.send(&call).await })
}

/// Unix time.
fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64
}

//! The client: from a name to the end of a talk, and another name where one is taken.

mod command;
mod messages;
mod people;
mod talk;
mod terminal;

use anyhow::{Context, bail};
use clap::Args;
use collab_core::chat::{Client, ClientConfig, UserId};
use collab_core::sync::SessionConfig;
use collab_core::wire::ErrorCode;
use std::time::Duration;
use tokio::runtime::Builder;

use crate::name::Name;
use crate::{ROOM, token};
use talk::{Ended, Talk};
use terminal::{Terminal, Typed};

/// Silence in which the client asks whether the server is still there, and gives it up.
const PING_AFTER: Duration = Duration::from_secs(10);
const SILENCE_MAX: Duration = Duration::from_secs(25);
/// The longest wait before another attempt to reconnect.
const BACKOFF_MAX: Duration = Duration::from_secs(10);

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The server's address
    #[arg(long, env = "CHAT_HOST", default_value = "127.0.0.1")]
    host: String,
    /// The server's port
    #[arg(long, env = "CHAT_PORT", default_value_t = crate::PORT)]
    port: u16,
    /// What the others shall call you
    #[arg(long, env = "CHAT_USERNAME", value_parser = Name::new)]
    username: Name,
    /// The server stands behind TLS
    #[arg(long)]
    tls: bool,
}

/// Chats until the person leaves.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(chat(options));
    // A thread may wait for a line on standard input, for ever.
    runtime.shutdown_background();
    result
}

async fn chat(options: &Options) -> anyhow::Result<()> {
    let mut terminal = Terminal::open()?;
    // Kept while the program runs: who returns after a lost connection is the same person.
    let secret = token::draw_secret().context("no random numbers")?;
    let mut name = options.username.clone();
    loop {
        let chat = client(&secret, &name)?;
        let talk = Talk::begin(options.url(), options.place(), chat);
        match talk.run(&mut terminal).await? {
            Ended::Left => return Ok(()),
            Ended::Refused(code) => name = another_name(&mut terminal, &name, code).await?,
        }
    }
}

fn client(secret: &str, name: &Name) -> anyhow::Result<Client> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).context("no random numbers")?;
    let [client_id, seed] = [0, 8]
        .map(|at| random[at..at + 8].iter())
        .map(|bytes| bytes.fold(0, |number, &byte| number << 8 | u64::from(byte)));
    Ok(Client::new(ClientConfig {
        // Yjs has 53 bits for it.
        client_id: client_id >> 11,
        name: name.to_string(),
        user: UserId::of_guest(secret),
        seal: None,
        session: SessionConfig {
            ping_after: PING_AFTER,
            silence_max: SILENCE_MAX,
            backoff_max: BACKOFF_MAX,
            ..SessionConfig::new(token::write(secret, name.as_str()), seed)
        },
    }))
}

/// Asks for another name, if there is somebody to ask and if that helps.
async fn another_name(
    terminal: &mut Terminal,
    name: &Name,
    code: ErrorCode,
) -> anyhow::Result<Name> {
    let refusal = match code {
        ErrorCode::NameTaken => format!("the name {name} is taken"),
        ErrorCode::NameRefused => format!("the server does not allow the name {name}"),
        code => bail!("the server refuses: {}", code.name()),
    };
    if !terminal.is_interactive() {
        bail!("{refusal} ({})", code.name());
    }
    terminal.remark(&refusal)?;
    terminal.ask(Some("another name: "))?;
    loop {
        let Typed::Line(line) = terminal.line().await? else { bail!("{refusal}") };
        match Name::new(&line) {
            Ok(name) => {
                terminal.ask(None)?;
                return Ok(name);
            }
            Err(error) => terminal.remark(&error.to_string())?,
        }
    }
}

impl Options {
    /// The server as people write it.
    fn place(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    fn url(&self) -> String {
        let scheme = if self.tls { "wss" } else { "ws" };
        format!("{scheme}://{}/sync/{ROOM}", self.place())
    }
}

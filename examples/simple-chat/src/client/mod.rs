//! The client: from a name to the end of a talk, and another name where one is taken.

mod command;
mod door;
mod messages;
mod people;
mod signing_in;
mod slots;
mod talk;
mod terminal;

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use collab_core::chat::{Client, ClientConfig, UserId};
use collab_core::sync::SessionConfig;
use collab_core::wire::ErrorCode;
use std::time::Duration;
use tokio::runtime::Builder;

use crate::name::Name;
use crate::{ROOM, token};
use door::{Desk, Door};
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
    /// What the others shall call you. Where the server keeps accounts: which of those on this device
    /// you are, else the name of a new guest; without it a guest by a name of the server's
    #[arg(long, env = "CHAT_USERNAME", value_parser = Name::new)]
    username: Option<Name>,
    /// The server stands behind TLS
    #[arg(long)]
    tls: bool,
    /// Folder of the accounts of this device [default: ~/.config/simple-chat]
    #[arg(long, env = "CHAT_CONFIG")]
    config: Option<PathBuf>,
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
    match door::knock(options, &mut terminal).await? {
        Door::Left => Ok(()),
        Door::Accounts(desk) => by_account(options, &mut terminal, *desk).await,
        Door::Names => by_name(options, &mut terminal).await,
    }
}

/// Talks as an account.
async fn by_account(options: &Options, terminal: &mut Terminal, desk: Desk) -> anyhow::Result<()> {
    let chat = client(desk.user(), &desk.account.name, desk.token.reveal())?;
    match Talk::begin(options.url(), options.place(), chat, Some(desk)).run(terminal).await? {
        Ended::Left => Ok(()),
        Ended::Refused(code) => bail!("the server refuses: {}", code.name()),
    }
}

/// Talks under a name that nobody else has at that time.
async fn by_name(options: &Options, terminal: &mut Terminal) -> anyhow::Result<()> {
    // Kept while the program runs: who returns after a lost connection is the same person.
    let secret = token::draw_secret().context("no random numbers")?;
    let name = options.username.clone();
    let mut name = name.context(
        "this server keeps no accounts: say who you are by --username NAME or CHAT_USERNAME",
    )?;
    loop {
        let token = token::write(&secret, name.as_str());
        let chat = client(UserId::of_guest(&secret), name.as_str(), &token)?;
        let talk = Talk::begin(options.url(), options.place(), chat, None);
        match talk.run(terminal).await? {
            Ended::Left => return Ok(()),
            Ended::Refused(code) => name = another_name(terminal, &name, code).await?,
        }
    }
}

fn client(user: Option<UserId>, name: &str, token: &str) -> anyhow::Result<Client> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).context("no random numbers")?;
    let [client_id, seed] = [0, 8]
        .map(|at| random[at..at + 8].iter())
        .map(|bytes| bytes.fold(0, |number, &byte| number << 8 | u64::from(byte)));
    Ok(Client::new(ClientConfig {
        // Yjs has 53 bits for it.
        client_id: client_id >> 11,
        name: name.to_owned(),
        user,
        seal: None,
        session: SessionConfig {
            ping_after: PING_AFTER,
            silence_max: SILENCE_MAX,
            backoff_max: BACKOFF_MAX,
            ..SessionConfig::new(token, seed)
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
        let Typed::Line(line) = terminal.line(true).await? else { bail!("{refusal}") };
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

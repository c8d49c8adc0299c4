//! The `collab-rooms` binary: a relay, the web page, and accounts.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use collab_rooms::accounts::{Accounts, AccountsConfig, OpenAccountsError};
use collab_server::auth::jwt::Jwt;
use collab_server::config::{Arguments, Settings};
use collab_server::store::{OpenStoreError, StorePlace};
use collab_server::{Relay, http, program};

/// As in `collab-server`, and for the same reason.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How often sessions that have ended are forgotten.
const SWEEP_INTERVAL: Duration = Duration::from_secs(3600);

/// The relay's options, and those of accounts.
#[derive(Parser)]
#[command(name = "collab-rooms", version, about, long_about = None)]
struct CommandLine {
    /// Directory of the accounts and of the key that signs their tokens [default: the store's
    /// directory; ./data with Postgres, where only the key lies in it]
    #[arg(long, env = "COLLAB_ACCOUNTS", value_name = "DIRECTORY")]
    accounts: Option<PathBuf>,
    /// Let nobody into a room without an access token: no stock clients, no anonymous guests
    #[arg(long, env = "COLLAB_REQUIRE_ACCOUNT")]
    require_account: bool,
    /// Count attempts for the address that the proxy adds to X-Forwarded-For
    #[arg(long, env = "COLLAB_BEHIND_PROXY")]
    behind_proxy: bool,
    #[command(flatten)]
    server: Arguments,
}

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Store(#[from] OpenStoreError),
    #[error(transparent)]
    Accounts(#[from] OpenAccountsError),
    #[error(transparent)]
    Program(#[from] program::ProgramError),
}

fn main() -> ExitCode {
    let line = CommandLine::parse();
    let settings = match line.server.settings() {
        Ok(settings) => settings,
        Err(error) => return program::report(&error),
    };
    match run(&line, &settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => program::report(&error),
    }
}

#[tokio::main]
async fn run(line: &CommandLine, settings: &Settings) -> Result<(), Failure> {
    program::start_log(settings)?;
    // First the store: its lock keeps a second server out of the directory.
    let store = settings.store.open().await?;
    let accounts = Arc::new(open_accounts(line, &settings.store).await?);
    let jwt = Jwt::new(accounts.public_key());
    let authorizer = if line.require_account { jwt } else { jwt.or_guests() };
    let limits = settings.relay.clone();
    let relay = Relay::builder().limits(limits).shared_store(store).authorizer(authorizer).build();
    tokio::spawn(sweep(Arc::clone(&accounts)));
    let api = collab_rooms::http::router(accounts, line.behind_proxy);
    let app = api.merge(http::router(&relay));
    Ok(program::serve("collab-rooms", settings, relay, app).await?)
}

async fn open_accounts(
    line: &CommandLine,
    store: &StorePlace,
) -> Result<Accounts, OpenAccountsError> {
    let config = AccountsConfig::default();
    match (&line.accounts, store) {
        (keys, StorePlace::Postgres(url)) => {
            let keys = keys.clone().unwrap_or_else(|| PathBuf::from("data"));
            Accounts::in_postgres(url, &keys, &config).await
        }
        (Some(directory), _) | (None, StorePlace::Directory(directory)) => {
            Accounts::in_directory(directory, &config)
        }
        (None, StorePlace::Nowhere) => Accounts::in_memory(&config),
    }
}

async fn sweep(accounts: Arc<Accounts>) {
    let mut now_and_then = tokio::time::interval(SWEEP_INTERVAL);
    loop {
        now_and_then.tick().await;
        if let Err(error) = accounts.sweep().await {
            let reason: &dyn std::error::Error = &error;
            tracing::warn!(error = reason, "old sessions could not be forgotten");
        }
    }
}

//! The command line, and the environment of the original program.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use collab_core::wire::is_room_name;
use collab_server::store::{StorePlace, StoreUrl};
use tui_chat::view::ThemeName;

/// A chat on the terminal
#[derive(Parser)]
#[command(name = "tui-chat", version, about, args_conflicts_with_subcommands = true)]
pub(super) struct CommandLine {
    #[command(subcommand)]
    pub(super) tool: Option<Tool>,
    #[command(flatten)]
    pub(super) chat: Chat,
}

#[derive(Subcommand)]
pub(super) enum Tool {
    /// Run the server: a relay that keeps what is said
    Server(Server),
}

#[derive(Args)]
pub(super) struct Chat {
    /// Server's name or address
    #[arg(long, env = "SERVER_HOST", default_value = "127.0.0.1")]
    pub(super) host: String,
    /// Server's port
    #[arg(long, env = "SERVER_PORT", default_value_t = 8080)]
    pub(super) port: u16,
    /// Connect by TLS (wss)
    #[arg(long)]
    pub(super) tls: bool,
    /// Be a peer, without a server: others may dial this address
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with_all = ["tls"])]
    pub(super) listen: Option<SocketAddr>,
    /// What others should dial, if that differs from --listen
    #[arg(long, value_name = "ADDRESS:PORT", requires = "listen")]
    pub(super) announce: Option<SocketAddr>,
    /// Be a peer, without a server: dial this one; may be given several times
    #[arg(long = "peer", value_name = "HOST:PORT", conflicts_with_all = ["tls"])]
    pub(super) peers: Vec<String>,
    /// Room to enter; may be given several times, among peers once
    #[arg(long = "room", value_parser = room, default_value = "lobby")]
    pub(super) rooms: Vec<Arc<str>>,
    /// What to call you; kept for the next time
    #[arg(long)]
    pub(super) name: Option<String>,
    /// terminal, dark, light or mono
    #[arg(long, value_parser = theme)]
    pub(super) theme: Option<ThemeName>,
    /// Folder of the key that makes you you, and of what was not sent yet
    #[arg(long)]
    pub(super) config: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct Server {
    /// Address to listen on
    #[arg(long, env = "SERVER_HOST", default_value = "127.0.0.1")]
    host: IpAddr,
    /// Port to listen on; 0 takes a free one
    #[arg(long, env = "SERVER_PORT", default_value_t = 8080)]
    port: u16,
    /// Where messages are kept: a folder for SQLite, or `postgres://USER:PASSWORD@HOST/DATABASE`
    #[arg(long, env = "DB_URL", default_value = "data", hide_env_values = true)]
    database: String,
}

impl Chat {
    /// Whether there is no server, but peers.
    pub(super) fn is_among_peers(&self) -> bool {
        self.listen.is_some() || !self.peers.is_empty()
    }

    /// The theme that was asked for; without colours where nobody wants them (<https://no-color.org>).
    pub(super) fn theme(&self) -> ThemeName {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        self.theme.unwrap_or(if no_color { ThemeName::Mono } else { ThemeName::Terminal })
    }
}

impl Server {
    pub(super) fn address(&self) -> SocketAddr {
        (self.host, self.port).into()
    }

    /// `sqlite:` may stand before the folder.
    pub(super) fn store(&self) -> StorePlace {
        let database = &self.database;
        if database.starts_with("postgres://") || database.starts_with("postgresql://") {
            return StorePlace::Postgres(StoreUrl::from(database.clone()));
        }
        let folder = database.strip_prefix("sqlite:").unwrap_or(database);
        StorePlace::Directory(folder.strip_prefix("//").unwrap_or(folder).into())
    }
}

fn room(name: &str) -> Result<Arc<str>, &'static str> {
    if is_room_name(name) { Ok(name.into()) } else { Err("not a room's name") }
}

fn theme(name: &str) -> Result<ThemeName, String> {
    name.parse().map_err(|error: tui_chat::view::ThemeNameError| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(database: &str) -> StorePlace {
        let words = ["tui-chat", "server", "--database", database];
        let parsed = CommandLine::try_parse_from(words).expect("a command line");
        let Some(Tool::Server(server)) = parsed.tool else { panic!("no server") };
        server.store()
    }

    #[test]
    fn a_database_is_a_folder_or_postgres() {
        for name in ["data", "sqlite:data", "sqlite://data"] {
            assert_eq!(server(name), StorePlace::Directory("data".into()));
        }
        assert_eq!(server("/var/lib/chat"), StorePlace::Directory("/var/lib/chat".into()));
        assert!(matches!(server("postgres://u:p@localhost/chat"), StorePlace::Postgres(_)));
    }
}

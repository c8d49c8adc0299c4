//! What somebody may write, in any of the three places.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Deserialize;

use crate::store::StoreUrl;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// Declares each option once: a flag, an environment variable and a field of the file.
macro_rules! options {
    ($($(#[$doc:meta])* $name:ident ($env:literal): $type:ty,)*) => {
        /// All options, none of them required. `None` leaves the choice to the next place.
        #[derive(Clone, Debug, Default, PartialEq, Args, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Options {
            $($(#[$doc])* #[arg(long, env = $env)] pub $name: Option<$type>,)*
        }

        impl Options {
            /// These options, and those of `other` where these say nothing.
            #[must_use]
            pub fn or(self, other: Self) -> Self {
                Self { $($name: self.$name.or(other.$name),)* }
            }
        }
    };
}

options! {
    /// Address and port to listen on [default: 127.0.0.1:8080]
    listen("COLLAB_LISTEN"): SocketAddr,
    /// Directory of the store [default: ./data]
    data("COLLAB_DATA"): PathBuf,
    /// Postgres database of the store, instead of a directory:
    /// postgres://USER:PASSWORD@HOST:PORT/DATABASE. Other users see command lines: prefer the
    /// environment or the file
    #[arg(hide_env_values = true, value_name = "URL")]
    store("COLLAB_STORE"): StoreUrl,
    /// Keep nothing: a room ends with its last connection
    #[arg(num_args = 0..=1, default_missing_value = "true")]
    ephemeral("COLLAB_EPHEMERAL"): bool,
    /// Log lines for people or for machines [default: text]
    log_format("COLLAB_LOG_FORMAT"): LogFormat,
    /// Which events to log, as in `info,collab_server=debug` [default: info]
    log_filter("COLLAB_LOG_FILTER"): String,
    /// Largest update, in bytes [default: 4194304]
    update_max_bytes("COLLAB_UPDATE_MAX_BYTES"): u64,
    /// Snapshot and tail of one channel, in bytes [default: 67108864]
    room_max_bytes("COLLAB_ROOM_MAX_BYTES"): u64,
    /// Largest presence state, in bytes [default: 16384]
    awareness_max_bytes("COLLAB_AWARENESS_MAX_BYTES"): u64,
    /// Presence states that one connection may own [default: 16]
    awareness_clients_max("COLLAB_AWARENESS_CLIENTS_MAX"): u64,
    /// Largest signalling payload, in bytes [default: 65536]
    signal_max_bytes("COLLAB_SIGNAL_MAX_BYTES"): u64,
    /// Channels that one connection may have open [default: 16]
    channels_max("COLLAB_CHANNELS_MAX"): u64,
    /// Channels that a room may have [default: 256]
    room_channels_max("COLLAB_ROOM_CHANNELS_MAX"): u64,
    /// Largest text of a chat message, in bytes [default: 8192]
    chat_text_max_bytes("COLLAB_CHAT_TEXT_MAX_BYTES"): u64,
    /// Chat units (messages, edits, reactions, deletions) that a user may write in a second, on
    /// average [default: 20]
    chat_rate_per_s("COLLAB_CHAT_RATE_PER_S"): u64,
    /// Chat units that a user may write at once after a pause [default: 200]
    chat_burst("COLLAB_CHAT_BURST"): u64,
    /// Bytes that may wait for one reader [default: 8388608]
    queue_max_bytes("COLLAB_QUEUE_MAX_BYTES"): u64,
    /// Frames that may wait for one reader [default: 4096]
    queue_max_frames("COLLAB_QUEUE_MAX_FRAMES"): u64,
    /// Bytes of one channel that may wait for the store [default: 16777216]
    backlog_max_bytes("COLLAB_BACKLOG_MAX_BYTES"): u64,
    /// Bytes of all rooms that may wait for the store [default: 268435456]
    journal_max_bytes("COLLAB_JOURNAL_MAX_BYTES"): u64,
    /// Connections [default: 20000]
    connections_max("COLLAB_CONNECTIONS_MAX"): u64,
    /// Connections in one room [default: 2000]
    room_connections_max("COLLAB_ROOM_CONNECTIONS_MAX"): u64,
    /// Connections from one address; 0 for no limit, as behind a proxy [default: 0]
    address_connections_max("COLLAB_ADDRESS_CONNECTIONS_MAX"): u64,
    /// Channels loaded from the store at once [default: 16]
    loads_max("COLLAB_LOADS_MAX"): u64,
    /// Diffs and compactions at once [default: number of processors]
    work_max("COLLAB_WORK_MAX"): u64,
    /// A tail of this many updates is folded into the snapshot [default: 256]
    compact_tail_updates("COLLAB_COMPACT_TAIL_UPDATES"): u64,
    /// A tail of this many bytes is folded into the snapshot [default: 1048576]
    compact_tail_bytes("COLLAB_COMPACT_TAIL_BYTES"): u64,
    /// Presence that is not renewed ends after this time [default: 30000]
    presence_timeout_ms("COLLAB_PRESENCE_TIMEOUT_MS"): u64,
    /// Time for a `hello` [default: 10000]
    hello_timeout_ms("COLLAB_HELLO_TIMEOUT_MS"): u64,
    /// A connection that is silent for this long is closed [default: 60000]
    silence_timeout_ms("COLLAB_SILENCE_TIMEOUT_MS"): u64,
    /// A reader that takes nothing for this long is dropped [default: 30000]
    write_timeout_ms("COLLAB_WRITE_TIMEOUT_MS"): u64,
    /// Time for flushing and closing when the server stops [default: 10000]
    shutdown_timeout_ms("COLLAB_SHUTDOWN_TIMEOUT_MS"): u64,
}

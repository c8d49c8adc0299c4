//! What holds after the check.

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use collab_core::chat::UnitLimits;
use collab_core::relay::{ChatLimits, RoomConfig};
use collab_core::wire::Limits;

use super::{ConfigError, LogFormat, Options};
use crate::RelayConfig;
use crate::store::StorePlace;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
/// More connections than one machine has.
const MANY: u64 = 10_000_000;
const HOUR_MS: u64 = 3_600_000;

/// A frame holds an update and its envelope (PROTOCOL section 5).
const ENVELOPE_BYTES: u64 = 64 * KIB;

/// Checked settings of the binary.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where rooms are kept.
    pub store: StorePlace,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Which events are logged.
    pub log_filter: String,
    /// The relay's limits.
    pub relay: RelayConfig,
}

impl Settings {
    /// Fills in the defaults and checks every range.
    pub fn check(options: &Options) -> Result<Self, ConfigError> {
        Ok(Self {
            listen: options.listen.unwrap_or((Ipv4Addr::LOCALHOST, 8080).into()),
            store: store(options)?,
            log_format: options.log_format.unwrap_or_default(),
            log_filter: options.log_filter.clone().unwrap_or_else(|| "info".to_owned()),
            relay: relay(options)?,
        })
    }
}

fn store(options: &Options) -> Result<StorePlace, ConfigError> {
    let conflict = |field, other| Err(ConfigError::Conflict { field, other });
    match (options.ephemeral.unwrap_or(false), &options.store, &options.data) {
        (true, Some(_), _) => conflict("ephemeral", "store"),
        (true, _, Some(_)) => conflict("ephemeral", "data"),
        (false, Some(_), Some(_)) => conflict("store", "data"),
        (true, None, None) => Ok(StorePlace::Nowhere),
        (false, Some(url), None) => Ok(StorePlace::Postgres(url.clone())),
        (false, None, Some(data)) => Ok(StorePlace::Directory(data.clone())),
        (false, None, None) => Ok(StorePlace::Directory(PathBuf::from("data"))),
    }
}

/// The option of this name if it lies in the range, else the default's field of the same name.
macro_rules! size {
    ($options:ident, $default:expr, $name:ident, $range:expr) => {
        check(stringify!($name), $options.$name, $default.$name as u64, $range)?
    };
}

/// The same for a field of the default that is a duration without `_ms` in its name.
macro_rules! time {
    ($options:ident, $default:expr, $name:ident = $field:ident, $min_ms:expr) => {{
        let default_ms = $default.$field.as_millis() as u64;
        let range = $min_ms..=HOUR_MS;
        Duration::from_millis(check(stringify!($name), $options.$name, default_ms, range)?)
    }};
}

fn relay(options: &Options) -> Result<RelayConfig, ConfigError> {
    let d = RelayConfig::default();
    Ok(RelayConfig {
        room: room(options, &d.room)?,
        queue_max_bytes: size!(options, d, queue_max_bytes, 64 * KIB..=GIB) as usize,
        queue_max_frames: size!(options, d, queue_max_frames, 16..=MIB) as usize,
        journal_max_bytes: size!(options, d, journal_max_bytes, MIB..=64 * GIB) as usize,
        connections_max: size!(options, d, connections_max, 1..=MANY) as usize,
        room_connections_max: size!(options, d, room_connections_max, 1..=MANY) as usize,
        address_connections_max: size!(options, d, address_connections_max, 0..=MANY) as usize,
        loads_max: size!(options, d, loads_max, 1..=1024) as usize,
        work_max: size!(options, d, work_max, 1..=1024) as usize,
        hello_timeout: time!(options, d, hello_timeout_ms = hello_timeout, 100),
        silence_timeout: time!(options, d, silence_timeout_ms = silence_timeout, 30_000),
        write_timeout: time!(options, d, write_timeout_ms = write_timeout, 100),
        shutdown_timeout: time!(options, d, shutdown_timeout_ms = shutdown_timeout, 100),
        ..d
    })
}

fn room(options: &Options, d: &RoomConfig) -> Result<RoomConfig, ConfigError> {
    Ok(RoomConfig {
        limits: told(options, &d.limits)?,
        chat: chat(options, &d.chat)?,
        room_max_bytes: size!(options, d, room_max_bytes, 64 * KIB..=GIB) as usize,
        awareness_clients_max: size!(options, d, awareness_clients_max, 1..=1024) as usize,
        channels_max: size!(options, d, channels_max, 1..=1024) as usize,
        room_channels_max: size!(options, d, room_channels_max, 1..=65_536) as usize,
        backlog_max_bytes: size!(options, d, backlog_max_bytes, 64 * KIB..=GIB) as usize,
        presence_timeout: time!(options, d, presence_timeout_ms = presence_timeout, 1_000),
        compact_tail_updates: size!(options, d, compact_tail_updates, 2..=MIB) as usize,
        compact_tail_bytes: size!(options, d, compact_tail_bytes, KIB..=GIB) as usize,
        ..d.clone()
    })
}

/// What chats take from one user. What else limits them follows from the protocol.
fn chat(options: &Options, d: &ChatLimits) -> Result<ChatLimits, ConfigError> {
    let Options { chat_text_max_bytes, chat_rate_per_s, chat_burst, .. } = *options;
    let text = d.unit.text_max_bytes as u64;
    let text = check("chat_text_max_bytes", chat_text_max_bytes, text, 64..=64 * KIB)?;
    let rate = check("chat_rate_per_s", chat_rate_per_s, d.rate_per_s.into(), 1..=10_000)?;
    let burst = check("chat_burst", chat_burst, d.burst.into(), 1..=100_000)?;
    Ok(ChatLimits {
        unit: UnitLimits { text_max_bytes: text as usize, ..d.unit },
        rate_per_s: rate as u32,
        burst: burst as u32,
        ..d.clone()
    })
}

/// The limits that clients are told.
fn told(options: &Options, d: &Limits) -> Result<Limits, ConfigError> {
    let update_max_bytes = size!(options, d, update_max_bytes, KIB..=256 * MIB);
    Ok(Limits {
        frame_max_bytes: update_max_bytes + ENVELOPE_BYTES,
        update_max_bytes,
        awareness_max_bytes: size!(options, d, awareness_max_bytes, 256..=MIB),
        signal_max_bytes: size!(options, d, signal_max_bytes, 256..=MIB),
    })
}

fn check(
    field: &'static str,
    given: Option<u64>,
    default: u64,
    range: RangeInclusive<u64>,
) -> Result<u64, ConfigError> {
    let value = given.unwrap_or(default);
    if range.contains(&value) {
        Ok(value)
    } else {
        Err(ConfigError::Range { field, value, min: *range.start(), max: *range.end() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_says_what_chats_take() {
        let (text, rate, burst) = (Some(100), Some(5), Some(10));
        let options = Options {
            chat_text_max_bytes: text,
            chat_rate_per_s: rate,
            chat_burst: burst,
            ..Options::default()
        };
        let chat = Settings::check(&options).expect("in their ranges").relay.room.chat;
        assert_eq!((chat.unit.text_max_bytes, chat.rate_per_s, chat.burst), (100, 5, 10));
        let none = Options { chat_burst: Some(0), ..Options::default() };
        let refused = Settings::check(&none).expect_err("nobody could say anything");
        assert_eq!(refused.to_string(), "chat_burst is 0; allowed are 1 to 100000");
    }
}

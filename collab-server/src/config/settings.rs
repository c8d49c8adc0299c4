//! What holds after the check.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use collab_core::relay::RoomConfig;
use collab_core::wire::Limits;

use super::{ConfigError, LogFormat, Options};
use crate::RelayConfig;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// A frame holds an update and its envelope (PROTOCOL section 5).
const ENVELOPE_BYTES: u64 = 64 * KIB;

/// Checked settings of the binary.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The store's directory; `None` keeps nothing.
    pub data: Option<PathBuf>,
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
        let ephemeral = options.ephemeral.unwrap_or(false);
        if ephemeral && options.data.is_some() {
            return Err(ConfigError::Conflict { field: "ephemeral", other: "data" });
        }
        let data = options.data.clone().unwrap_or_else(|| PathBuf::from("data"));
        Ok(Self {
            listen: options.listen.unwrap_or((Ipv4Addr::LOCALHOST, 8080).into()),
            data: (!ephemeral).then_some(data),
            log_format: options.log_format.unwrap_or_default(),
            log_filter: options.log_filter.clone().unwrap_or_else(|| "info".to_owned()),
            relay: relay(options)?,
        })
    }
}

fn relay(options: &Options) -> Result<RelayConfig, ConfigError> {
    let default = RelayConfig::default();
    let room = room(options, &default.room)?;
    Ok(RelayConfig {
        room,
        queue_max_bytes: size(
            "queue_max_bytes",
            options.queue_max_bytes,
            default.queue_max_bytes,
            64 * KIB,
            GIB,
        )?,
        queue_max_frames: size(
            "queue_max_frames",
            options.queue_max_frames,
            default.queue_max_frames,
            16,
            MIB,
        )?,
        journal_max_bytes: size(
            "journal_max_bytes",
            options.journal_max_bytes,
            default.journal_max_bytes,
            MIB,
            64 * GIB,
        )?,
        connections_max: size(
            "connections_max",
            options.connections_max,
            default.connections_max,
            1,
            10_000_000,
        )?,
        room_connections_max: size(
            "room_connections_max",
            options.room_connections_max,
            default.room_connections_max,
            1,
            1_000_000,
        )?,
        address_connections_max: size(
            "address_connections_max",
            options.address_connections_max,
            default.address_connections_max,
            0,
            10_000_000,
        )?,
        loads_max: size("loads_max", options.loads_max, default.loads_max, 1, 1024)?,
        work_max: size("work_max", options.work_max, default.work_max, 1, 1024)?,
        hello_timeout: time(
            "hello_timeout_ms",
            options.hello_timeout_ms,
            default.hello_timeout,
            100,
        )?,
        silence_timeout: time(
            "silence_timeout_ms",
            options.silence_timeout_ms,
            default.silence_timeout,
            30_000,
        )?,
        write_timeout: time(
            "write_timeout_ms",
            options.write_timeout_ms,
            default.write_timeout,
            100,
        )?,
        shutdown_timeout: time(
            "shutdown_timeout_ms",
            options.shutdown_timeout_ms,
            default.shutdown_timeout,
            100,
        )?,
        ..default
    })
}

fn room(options: &Options, default: &RoomConfig) -> Result<RoomConfig, ConfigError> {
    let told = default.limits;
    let room_max_bytes =
        size("room_max_bytes", options.room_max_bytes, default.room_max_bytes, 64 * KIB, GIB)?;
    let update_max_bytes =
        range("update_max_bytes", options.update_max_bytes, told.update_max_bytes, KIB, 256 * MIB)?;
    Ok(RoomConfig {
        limits: Limits {
            frame_max_bytes: update_max_bytes + ENVELOPE_BYTES,
            update_max_bytes,
            awareness_max_bytes: range(
                "awareness_max_bytes",
                options.awareness_max_bytes,
                told.awareness_max_bytes,
                256,
                MIB,
            )?,
            signal_max_bytes: range(
                "signal_max_bytes",
                options.signal_max_bytes,
                told.signal_max_bytes,
                256,
                MIB,
            )?,
        },
        room_max_bytes,
        awareness_clients_max: size(
            "awareness_clients_max",
            options.awareness_clients_max,
            default.awareness_clients_max,
            1,
            1024,
        )?,
        channels_max: size("channels_max", options.channels_max, default.channels_max, 1, 1024)?,
        room_channels_max: size(
            "room_channels_max",
            options.room_channels_max,
            default.room_channels_max,
            1,
            65_536,
        )?,
        backlog_max_bytes: size(
            "backlog_max_bytes",
            options.backlog_max_bytes,
            default.backlog_max_bytes,
            64 * KIB,
            GIB,
        )?,
        presence_timeout: time(
            "presence_timeout_ms",
            options.presence_timeout_ms,
            default.presence_timeout,
            1000,
        )?,
        compact_tail_updates: size(
            "compact_tail_updates",
            options.compact_tail_updates,
            default.compact_tail_updates,
            2,
            MIB,
        )?,
        compact_tail_bytes: size(
            "compact_tail_bytes",
            options.compact_tail_bytes,
            default.compact_tail_bytes,
            KIB,
            GIB,
        )?,
        ..default.clone()
    })
}

fn range(
    field: &'static str,
    given: Option<u64>,
    default: u64,
    min: u64,
    max: u64,
) -> Result<u64, ConfigError> {
    let value = given.unwrap_or(default);
    if (min..=max).contains(&value) {
        Ok(value)
    } else {
        Err(ConfigError::Range { field, value, min, max })
    }
}

fn size(
    field: &'static str,
    given: Option<u64>,
    default: usize,
    min: u64,
    max: u64,
) -> Result<usize, ConfigError> {
    Ok(range(field, given, default as u64, min, max)? as usize)
}

/// Up to an hour.
fn time(
    field: &'static str,
    given: Option<u64>,
    default: Duration,
    min_ms: u64,
) -> Result<Duration, ConfigError> {
    let default_ms = default.as_millis() as u64;
    Ok(Duration::from_millis(range(field, given, default_ms, min_ms, 3_600_000)?))
}

//! A real server with accounts, and a client that says anything.

#![allow(dead_code, reason = "a part of what other tests have")]

#[path = "../kit/mod.rs"]
mod accounts;
#[path = "../../../collab-server/tests/kit/client.rs"]
mod client;

use std::time::Duration;

pub(crate) use accounts::Server;
pub(crate) use client::{Client, Connect};

/// No test waits longer for anything that must happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

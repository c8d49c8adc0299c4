//! The real server, its own clients, and a client that says anything.

#![allow(dead_code, reason = "a part of what other tests have")]

#[path = "../../../../collab-server/tests/kit/client.rs"]
mod client;
#[path = "../chat/kit.rs"]
mod process;

pub(crate) use client::{Client, Connect};
pub(crate) use process::{PATIENCE, Process, Server};

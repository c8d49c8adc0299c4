//! What the relay promises over a real socket, a file per subject.

#![allow(clippy::unwrap_used, reason = "test code")]

#[path = "../kit/mod.rs"]
mod kit;

mod access;
mod admission;
mod editing;
mod faults;
mod hostile;
mod leases;
mod liveness;
mod restart;
mod slow_readers;
mod web;

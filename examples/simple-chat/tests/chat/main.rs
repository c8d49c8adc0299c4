//! The real program: a server on a free port, and clients that are processes.

#![allow(clippy::unwrap_used, reason = "test code")]

mod accounts;
mod connections;
mod kit;
mod names;
mod rooms_server;
mod talking;
mod terminal;

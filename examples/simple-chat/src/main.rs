//! A chat for the command line: one server, one room, any number of clients.

mod client;
mod name;
mod server;
mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The only room.
const ROOM: &str = "lobby";
/// Where server and client meet unless told otherwise.
const PORT: u16 = 4000;

#[derive(Debug, Parser)]
#[command(name = "simple-chat", version, about, long_about = None)]
struct CommandLine {
    #[command(subcommand)]
    part: Part,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Let people in, and pass on what they say
    Server(server::Options),
    /// Join, read and write
    Client(client::Options),
}

fn main() -> ExitCode {
    match CommandLine::parse().part {
        Part::Server(options) => done(server::run(&options)),
        Part::Client(options) => done(client::run(&options)),
    }
}

/// The exit codes that README lists; 2, for a wrong command line, is clap's.
fn done(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

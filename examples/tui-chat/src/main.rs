//! The `tui-chat` program: the chat on this terminal, or with `server` the relay that it talks to.

mod program;

use std::process::ExitCode;

fn main() -> ExitCode {
    // What the environment says already wins over the file.
    if let Err(error) = dotenvy::dotenv()
        && !error.not_found()
    {
        eprintln!("error: .env: {error}");
        return ExitCode::FAILURE;
    }
    match program::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

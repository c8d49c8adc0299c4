//! `collab-server load`: puts load on a relay, checks that nothing is lost, and measures.
//!
//! It speaks the dialects of several relays, so that ours can be compared with others. It is a
//! client: of this package it uses nothing but the limit of open files. One thread, one runtime;
//! the server is another process, whose use of processor and memory `--pid` lets it read.

mod chat;
mod chatter;
mod churn;
mod connection;
mod delays;
mod dialect;
mod error;
mod frame;
mod idle;
mod joins;
mod marks;
mod options;
mod process;
mod rate;
mod received;
mod report;
mod session;
mod tally;
mod target;
mod traffic;
mod typing;

use std::process::ExitCode;

use collab_server::raise_open_files_limit;
use tokio::runtime::Builder;
use tokio::task::LocalSet;

use error::LoadError;
pub(crate) use options::Load;
use process::Process;
use report::Report;
use session::Session;
use target::Target;

impl Load {
    /// Runs the scenario and prints what it found. Fails if anything was lost.
    pub(crate) fn run(&self) -> Result<ExitCode, LoadError> {
        raise_open_files_limit();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let report = LocalSet::new().block_on(&runtime, self.measure())?;
        if self.json {
            println!("{}", report.json());
        } else {
            print!("{}", report.table());
        }
        Ok(if report.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    async fn measure(&self) -> Result<Report, LoadError> {
        let target = Target::resolve(&self.url, self.dialect, self.i_own_this_host).await?;
        let session = Session::new(target, self.pid.map(Process::new));
        let report = self.put_on(&session).await?;
        Ok(Report { dialect: Some(self.dialect), ..report })
    }
}

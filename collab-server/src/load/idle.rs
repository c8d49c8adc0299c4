//! Connections and rooms in which nothing happens: what memory does each of them take?

use std::time::Duration;

use tokio::time::sleep;

use super::LoadError;
use super::connection::Connection;
use super::report::{Idle, Report};
use super::session::{Session, Usage, resident_kib};

/// They come and go before the memory is read that is compared with the one at the end.
const FIRST: usize = 8;
/// This share of the connections comes before anything is measured and stays, so that the server's
/// pools have their size, and nothing measured fits into memory that somebody has left.
const WARM_UP_SHARE: usize = 4;
/// Servers keep memory for a while before they give it back.
const GIVING_BACK: Duration = Duration::from_secs(5);

/// So many connections in one room; then so many rooms with one connection each.
///
/// Wants a server that has just been started: memory that it has freed would be used again.
pub(super) async fn run(session: &Session, connections: usize) -> Result<Report, LoadError> {
    // A process that nobody has used has not read all of its own code yet.
    leave(session, in_many_rooms(session, FIRST).await?).await?;
    let mut usage = Usage::start(session)?;
    usage.count(session)?;
    let some = (connections / WARM_UP_SHARE).max(1);
    let mut guests = in_one_room(session, some).await?;
    guests.extend(in_many_rooms(session, some).await?);

    let before_kib = resting_kib(session).await?;
    guests.extend(in_one_room(session, connections).await?);
    let connected_kib = resting_kib(session).await?;
    guests.extend(in_many_rooms(session, connections).await?);
    let roomy_kib = resting_kib(session).await?;

    usage.stop(session)?;
    let all = guests.len();
    leave(session, guests).await?;
    sleep(GIVING_BACK).await;
    usage.after_leaving(session).await?;
    Ok(Report {
        scenario: "idle",
        rooms: connections + some + 2,
        connections: all,
        idle: Some(Idle {
            connection_kib: grown_kib_each(session, before_kib, connected_kib, connections),
            room_kib: grown_kib_each(session, connected_kib, roomy_kib, connections),
        }),
        server: usage.server(None),
        generator_cpu_s: usage.generator_cpu_s(),
        ..Report::default()
    })
}

async fn resting_kib(session: &Session) -> Result<u64, LoadError> {
    session.rest().await?;
    resident_kib(session)
}

/// What each of so many has added to the server's memory; `None` if no process is watched.
fn grown_kib_each(session: &Session, before_kib: u64, after_kib: u64, count: usize) -> Option<f64> {
    #[allow(clippy::cast_precision_loss, reason = "memory of one machine")]
    let each = after_kib.saturating_sub(before_kib) as f64 / count as f64;
    session.process.map(|_| each)
}

async fn in_one_room(session: &Session, count: usize) -> Result<Vec<Connection>, LoadError> {
    let name = session.take_room();
    let joined = session.join_all(count, |_| name.clone()).await?;
    Ok(joined.into_iter().map(|(_, connection)| connection).collect())
}

async fn in_many_rooms(session: &Session, count: usize) -> Result<Vec<Connection>, LoadError> {
    let name = session.take_room();
    let joined = session.join_all(count, |number| format!("{name}-{number}")).await?;
    Ok(joined.into_iter().map(|(_, connection)| connection).collect())
}

async fn leave(session: &Session, connections: Vec<Connection>) -> Result<(), LoadError> {
    for connection in &connections {
        connection.mouth().close();
    }
    drop(connections);
    session.rest().await
}

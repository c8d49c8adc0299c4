//! The store for several relays and for existing backups: tables in a Postgres database.
//!
//! An append is one statement and one round trip, durable when Postgres says so. Connections that
//! break are replaced at the next use; until the server is back every answer is an error, which the
//! relay shows as "not saved" and tries again. Behind the feature `postgres`.

mod connect;
mod rows;
mod schema;

use bytes::Bytes;
use collab_core::relay::{ChannelName, Position, Stored};
use deadpool_postgres::{Pool, PoolError};

use super::{Answer, Append, Store, StoreError, StoreUrl};
use crate::RoomName;
pub use connect::pool;

/// Connections that write. The relay's journal uses one at a time, compactions the others.
const WRITERS_MAX: usize = 3;
/// Connections that read, so that a storm of loads does not hold up an append.
const READERS_MAX: usize = 5;

/// A store in the schema `collab` of a Postgres database.
#[derive(Debug)]
pub struct PostgresStore {
    writers: Pool,
    readers: Pool,
    /// Tells this relay from all others that ever used the database.
    relay: i64,
}

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The URL is none that Postgres has. It is not shown, since it holds a password.
    #[error("the URL of the Postgres database is not valid")]
    Url,
    /// The server is out of reach, or refuses.
    #[error("cannot use the Postgres database")]
    Database(#[from] tokio_postgres::Error),
    /// No connection could be made.
    #[error("cannot connect to the Postgres database")]
    Connect(#[from] PoolError),
    /// The pool of connections cannot be built.
    #[error("cannot pool connections")]
    Pool(#[from] deadpool_postgres::BuildError),
    /// TLS cannot be set up.
    #[cfg(feature = "postgres-tls")]
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The URL asks for TLS, which this program was built without.
    #[error("sslmode=require needs the feature postgres-tls")]
    WithoutTls,
    /// The tables were written by another version.
    #[error("the tables have version {found}; this program knows {known}")]
    Version {
        /// The version in the database.
        found: i32,
        /// The version that this program reads and writes.
        known: i32,
    },
}

impl PostgresStore {
    /// Connects, and creates the tables if need be.
    pub async fn connect(url: &StoreUrl) -> Result<Self, OpenError> {
        let writers = connect::pool(url, WRITERS_MAX)?;
        let readers = connect::pool(url, READERS_MAX)?;
        let relay = schema::prepare(&mut **writers.get().await?).await?;
        Ok(Self { writers, readers, relay })
    }

    /// Three steps, each safe to crash after: add a generation, read it back through another
    /// connection, and only then drop what it replaces.
    async fn replace(
        &self,
        channel: (&RoomName, &str),
        upto: Position,
        snapshot: Bytes,
    ) -> Result<(), StoreError> {
        let mut writer = self.writers.get().await?;
        let generation =
            rows::add_generation(&mut writer, self.relay, channel, upto, &snapshot).await?;
        let reader = self.readers.get().await?;
        match rows::generation_equals(&reader, generation, &snapshot).await {
            Ok(Some(true)) => rows::drop_older(&mut writer, generation).await,
            Ok(None) => Ok(()),
            unequal => {
                rows::drop_generation(&writer, generation).await?;
                Err(unequal.err().unwrap_or(StoreError::ReadBack))
            }
        }
    }
}

impl Store for PostgresStore {
    fn keeps(&self) -> bool {
        true
    }

    fn load<'a>(&'a self, room: &'a RoomName, channel: &'a str) -> Answer<'a, Stored> {
        Box::pin(
            async move { rows::load(&*self.readers.get().await?, self.relay, room, channel).await },
        )
    }

    fn channels<'a>(
        &'a self,
        room: &'a RoomName,
        prefix: &'a str,
        max: usize,
    ) -> Answer<'a, Vec<ChannelName>> {
        Box::pin(
            async move { rows::channels(&*self.readers.get().await?, room, prefix, max).await },
        )
    }

    fn append(&self, batch: Vec<Append>) -> Answer<'_, Vec<Position>> {
        Box::pin(async move { rows::append(&*self.writers.get().await?, self.relay, &batch).await })
    }

    fn compact<'a>(
        &'a self,
        room: &'a RoomName,
        channel: &'a str,
        upto: Position,
        snapshot: Bytes,
    ) -> Answer<'a, ()> {
        Box::pin(self.replace((room, channel), upto, snapshot))
    }

    fn delete_room<'a>(&'a self, room: &'a RoomName) -> Answer<'a, ()> {
        Box::pin(async move { rows::delete_room(&mut *self.writers.get().await?, room).await })
    }

    fn health(&self) -> Answer<'_, ()> {
        Box::pin(async move { rows::check(&*self.readers.get().await?).await })
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<PoolError> for StoreError {
    fn from(error: PoolError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

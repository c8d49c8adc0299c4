//! Where a program keeps its rooms, as its settings say it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use super::{EphemeralStore, SqliteStore, Store, sqlite};

/// One of the stores, not opened yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorePlace {
    /// A room ends with its last connection.
    Nowhere,
    /// SQLite in this directory.
    Directory(PathBuf),
    /// A Postgres database.
    Postgres(StoreUrl),
}

/// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, maybe with `?sslmode=require`. It holds a
/// password, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct StoreUrl(String);

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenStoreError {
    /// The directory cannot be used.
    #[error(transparent)]
    Sqlite(#[from] sqlite::OpenError),
    /// The database cannot be used.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Postgres(#[from] super::postgres::OpenError),
    /// This program was built without Postgres.
    #[error("a Postgres store needs the feature postgres")]
    WithoutPostgres,
}

impl StorePlace {
    /// Opens the store, creating what is missing. To be called in a tokio runtime; may block.
    pub async fn open(&self) -> Result<Arc<dyn Store>, OpenStoreError> {
        Ok(match self {
            Self::Nowhere => Arc::new(EphemeralStore::default()),
            Self::Directory(directory) => Arc::new(SqliteStore::open(directory)?),
            Self::Postgres(url) => open_postgres(url).await?,
        })
    }
}

#[cfg(feature = "postgres")]
async fn open_postgres(url: &StoreUrl) -> Result<Arc<dyn Store>, OpenStoreError> {
    Ok(Arc::new(super::PostgresStore::connect(url).await?))
}

#[cfg(not(feature = "postgres"))]
#[expect(clippy::unused_async, reason = "the other build connects")]
async fn open_postgres(_url: &StoreUrl) -> Result<Arc<dyn Store>, OpenStoreError> {
    Err(OpenStoreError::WithoutPostgres)
}

impl StoreUrl {
    /// The URL with its password, for whoever connects.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for StoreUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreUrl(..)")
    }
}

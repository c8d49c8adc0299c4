//! Accounts in one SQLite file, or in memory.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::{Answer, Named, Row, SESSIONS_MAX, Table};
use crate::accounts::AccountError;
use crate::accounts::name::{Name, NameKey};
use crate::accounts::session::{Fresh, Presented, Session, SessionTimes, Verdict};

const FILE_NAME: &str = "accounts.sqlite3";

/// Hashes are nobody else's business.
const MODE: u32 = 0o600;

/// The tables below. A change adds a migration and counts up.
const VERSION: i64 = 1;

const TABLES: &str = "
    CREATE TABLE account (
        id       TEXT PRIMARY KEY,
        name     TEXT NOT NULL,
        name_key TEXT NOT NULL UNIQUE,
        password TEXT,
        is_admin INTEGER NOT NULL DEFAULT FALSE
    ) STRICT;
    CREATE TABLE session (
        id            TEXT PRIMARY KEY,
        account       TEXT NOT NULL REFERENCES account ON DELETE CASCADE,
        newest        BLOB NOT NULL,
        previous      BLOB NOT NULL,
        renewed_at_ms INTEGER NOT NULL,
        expires_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX session_of_account ON session (account);";

const ADD: &str = "INSERT INTO account (id, name, name_key) VALUES (?1, ?2, ?3) ON CONFLICT (name_key) DO NOTHING";
const BY_ID: &str = "SELECT id, name, password, is_admin FROM account WHERE id = ?1";
const BY_NAME: &str = "SELECT id, name, password, is_admin FROM account WHERE name_key = ?1";
const SET_PASSWORD: &str = "UPDATE account SET password = ?2 WHERE id = ?1";
const IS_TAKEN: &str = "SELECT 1 FROM account WHERE name_key = ?1 AND id <> ?2";
const SET_NAME: &str = "UPDATE account SET name = ?2, name_key = ?3 WHERE id = ?1";
const SESSION: &str = "SELECT id, account, newest, previous, renewed_at_ms, expires_at_ms
    FROM session WHERE id = ?1";
const PUT_SESSION: &str = "INSERT OR REPLACE INTO session VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const DROP_OLDEST: &str = "DELETE FROM session WHERE account = ?1 AND id NOT IN
    (SELECT id FROM session WHERE account = ?1 ORDER BY renewed_at_ms DESC LIMIT ?2)";
const END_SESSION: &str = "DELETE FROM session WHERE id = ?1";
const END_SESSIONS: &str = "DELETE FROM session WHERE account = ?1";
const END_EXPIRED: &str = "DELETE FROM session WHERE expires_at_ms <= ?1";
const DROP_GUESTS: &str = "DELETE FROM account WHERE password IS NULL AND NOT is_admin
    AND id NOT IN (SELECT account FROM session)";

/// Accounts in SQLite, one transaction at a time.
#[derive(Clone, Debug)]
pub(crate) struct SqliteTable {
    connection: Arc<Mutex<Connection>>,
}

impl SqliteTable {
    /// Opens or creates the file in this directory. Blocks.
    pub(crate) fn open(directory: &Path) -> Result<Self, AccountError> {
        let path = directory.join(FILE_NAME);
        fs::create_dir_all(directory).map_err(unavailable)?;
        // SQLite gives its other files the mode of this one.
        let file = OpenOptions::new().append(true).create(true).mode(MODE).open(&path);
        file.map_err(unavailable)?;
        Self::prepare(Connection::open(path)?)
    }

    /// Accounts that end with the process.
    pub(crate) fn in_memory() -> Result<Self, AccountError> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(mut connection: Connection) -> Result<Self, AccountError> {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        let transaction = connection.transaction()?;
        let version: i64 =
            transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        match version {
            0 => transaction.execute_batch(TABLES)?,
            VERSION => {}
            _ => return Err(unavailable(NewerTables { found: version })),
        }
        transaction.pragma_update(None, "user_version", VERSION)?;
        transaction.commit()?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Runs one transaction on a blocking thread.
    fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, AccountError> + Send + 'static,
    ) -> Answer<'static, T> {
        let connection = Arc::clone(&self.connection);
        let run = move || {
            // A panic rolls its transaction back, so what a poisoned lock guards is whole.
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let result = work(&transaction)?;
            transaction.commit()?;
            Ok(result)
        };
        Box::pin(async { tokio::task::spawn_blocking(run).await.map_err(unavailable)? })
    }
}

/// The file was written by a newer version.
#[derive(Debug, thiserror::Error)]
#[error("the tables of accounts have version {found}; this program knows {VERSION}")]
struct NewerTables {
    found: i64,
}

impl Table for SqliteTable {
    fn add<'a>(&'a self, id: &'a str, name: &'a Name, session: Session) -> Answer<'a, bool> {
        let (id, name) = (id.to_owned(), name.clone());
        self.run(move |transaction| {
            let key = name.key();
            let added = execute(transaction, ADD, params![id, name.as_str(), key.as_str()])? == 1;
            if added {
                put(transaction, &session)?;
            }
            Ok(added)
        })
    }

    fn by_id<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Row>> {
        let id = id.to_owned();
        self.run(move |transaction| find(transaction, BY_ID, &id))
    }

    fn by_name<'a>(&'a self, key: &'a NameKey) -> Answer<'a, Option<Row>> {
        let key = key.clone();
        self.run(move |transaction| find(transaction, BY_NAME, key.as_str()))
    }

    fn set_password(&self, hash: String, session: Session) -> Answer<'_, bool> {
        self.run(move |transaction| {
            let found = execute(transaction, SET_PASSWORD, params![session.account, hash])? == 1;
            if found {
                execute(transaction, END_SESSIONS, params![session.account])?;
                put(transaction, &session)?;
            }
            Ok(found)
        })
    }

    fn set_name<'a>(&'a self, id: &'a str, name: &'a Name) -> Answer<'a, Named> {
        let (id, name) = (id.to_owned(), name.clone());
        self.run(move |transaction| {
            let key = name.key();
            if transaction.prepare_cached(IS_TAKEN)?.exists(params![key.as_str(), id])? {
                return Ok(Named::Taken);
            }
            let changed = execute(transaction, SET_NAME, params![id, name.as_str(), key.as_str()])?;
            Ok(if changed == 1 { Named::Done } else { Named::NoAccount })
        })
    }

    fn begin_session(&self, session: Session) -> Answer<'_, ()> {
        self.run(move |transaction| put(transaction, &session))
    }

    fn present<'a>(
        &'a self,
        presented: &'a Presented,
        fresh: &'a Fresh,
        now_ms: u64,
        times: SessionTimes,
    ) -> Answer<'a, Option<Verdict>> {
        let (presented, fresh) = (presented.clone(), fresh.clone());
        self.run(move |transaction| {
            let Some(session) = session(transaction, &presented.session)? else {
                return Ok(None);
            };
            let verdict = session.judge(&presented, &fresh, now_ms, times)?;
            match &verdict {
                Verdict::Renewed(session) | Verdict::Forked(session) => put(transaction, session)?,
                Verdict::Stolen | Verdict::Expired => {
                    execute(transaction, END_SESSION, params![session.id])?;
                }
            }
            Ok(Some(verdict))
        })
    }

    fn end_session<'a>(&'a self, id: &'a str) -> Answer<'a, ()> {
        let id = id.to_owned();
        self.run(move |transaction| execute(transaction, END_SESSION, params![id]).map(drop))
    }

    fn sweep(&self, now_ms: u64) -> Answer<'_, ()> {
        self.run(move |transaction| {
            execute(transaction, END_EXPIRED, params![now_ms.cast_signed()])?;
            execute(transaction, DROP_GUESTS, params![]).map(drop)
        })
    }
}

fn execute(
    transaction: &Transaction<'_>,
    sql: &str,
    parameters: &[&dyn rusqlite::ToSql],
) -> Result<usize, AccountError> {
    Ok(transaction.prepare_cached(sql)?.execute(parameters)?)
}

fn find(transaction: &Transaction<'_>, sql: &str, key: &str) -> Result<Option<Row>, AccountError> {
    let read = |row: &rusqlite::Row<'_>| {
        let (id, name, password) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Row { id, name, password, is_admin: row.get(3)? })
    };
    Ok(transaction.prepare_cached(sql)?.query_one([key], read).optional()?)
}

fn session(transaction: &Transaction<'_>, id: &str) -> Result<Option<Session>, AccountError> {
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Session {
            id: row.get(0)?,
            account: row.get(1)?,
            newest: row.get(2)?,
            previous: row.get(3)?,
            renewed_at_ms: row.get::<_, i64>(4)?.cast_unsigned(),
            expires_at_ms: row.get::<_, i64>(5)?.cast_unsigned(),
        })
    };
    Ok(transaction.prepare_cached(SESSION)?.query_one([id], read).optional()?)
}

fn put(transaction: &Transaction<'_>, session: &Session) -> Result<(), AccountError> {
    let Session { id, account, newest, previous, renewed_at_ms, expires_at_ms } = session;
    let (renewed, expires) = (renewed_at_ms.cast_signed(), expires_at_ms.cast_signed());
    let values = params![id, account, newest, previous, renewed, expires];
    execute(transaction, PUT_SESSION, values)?;
    execute(transaction, DROP_OLDEST, params![account, SESSIONS_MAX]).map(drop)
}

fn unavailable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> AccountError {
    AccountError::Unavailable(error.into())
}

impl From<rusqlite::Error> for AccountError {
    fn from(error: rusqlite::Error) -> Self {
        unavailable(error)
    }
}

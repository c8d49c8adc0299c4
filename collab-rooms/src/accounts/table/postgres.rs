//! Accounts in a Postgres database, in the schema `collab_accounts`.

use collab_server::store::StoreUrl;
use collab_server::store::postgres::{self, OpenError};
use deadpool_postgres::{Pool, PoolError, Transaction};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

use super::{Answer, Named, Row, SESSIONS_MAX, Table};
use crate::accounts::AccountError;
use crate::accounts::name::{Name, NameKey};
use crate::accounts::session::{Fresh, Presented, Session, SessionTimes, Verdict};

const CONNECTIONS_MAX: usize = 4;

/// Servers that start at once create the tables one after the other. Any number of ours.
const CREATION_LOCK: i64 = 0x636f_6c6c_6163;

const TABLES: &str = "
    CREATE SCHEMA IF NOT EXISTS collab_accounts;
    CREATE TABLE IF NOT EXISTS collab_accounts.account (
        id       TEXT PRIMARY KEY,
        name     TEXT NOT NULL,
        name_key TEXT NOT NULL UNIQUE,
        password TEXT,
        is_admin BOOLEAN NOT NULL DEFAULT FALSE
    );
    CREATE TABLE IF NOT EXISTS collab_accounts.session (
        id            TEXT PRIMARY KEY,
        account       TEXT NOT NULL REFERENCES collab_accounts.account ON DELETE CASCADE,
        newest        BYTEA NOT NULL,
        previous      BYTEA NOT NULL,
        renewed_at_ms BIGINT NOT NULL,
        expires_at_ms BIGINT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS session_of_account ON collab_accounts.session (account);";

const ADD: &str = "INSERT INTO collab_accounts.account (id, name, name_key) VALUES ($1, $2, $3)
    ON CONFLICT (name_key) DO NOTHING";
const BY_ID: &str =
    "SELECT id, name, password, is_admin FROM collab_accounts.account WHERE id = $1";
const BY_NAME: &str =
    "SELECT id, name, password, is_admin FROM collab_accounts.account WHERE name_key = $1";
const SET_PASSWORD: &str = "UPDATE collab_accounts.account SET password = $2 WHERE id = $1";
const SET_NAME: &str = "UPDATE collab_accounts.account SET name = $2, name_key = $3 WHERE id = $1";
const LOCK_SESSION: &str = "SELECT id, account, newest, previous, renewed_at_ms, expires_at_ms
    FROM collab_accounts.session WHERE id = $1 FOR UPDATE";
const PUT_SESSION: &str = "INSERT INTO collab_accounts.session VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (id) DO UPDATE SET newest = excluded.newest, previous = excluded.previous,
    renewed_at_ms = excluded.renewed_at_ms, expires_at_ms = excluded.expires_at_ms";
const DROP_OLDEST: &str = "DELETE FROM collab_accounts.session WHERE account = $1 AND id NOT IN
    (SELECT id FROM collab_accounts.session WHERE account = $1
        ORDER BY renewed_at_ms DESC LIMIT $2)";
const END_SESSION: &str = "DELETE FROM collab_accounts.session WHERE id = $1";
const END_SESSIONS: &str = "DELETE FROM collab_accounts.session WHERE account = $1";
const END_EXPIRED: &str = "DELETE FROM collab_accounts.session WHERE expires_at_ms <= $1";
const DROP_GUESTS: &str = "DELETE FROM collab_accounts.account AS guest
    WHERE password IS NULL AND NOT is_admin
    AND NOT EXISTS (SELECT FROM collab_accounts.session WHERE account = guest.id)";

/// Accounts in Postgres.
#[derive(Debug)]
pub(crate) struct PostgresTable {
    pool: Pool,
}

impl PostgresTable {
    /// Connects, and creates the tables if need be.
    pub(crate) async fn connect(url: &StoreUrl) -> Result<Self, OpenError> {
        let pool = postgres::pool(url, CONNECTIONS_MAX)?;
        let mut client = pool.get().await?;
        let transaction = client.transaction().await?;
        transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&CREATION_LOCK]).await?;
        transaction.batch_execute(TABLES).await?;
        transaction.commit().await?;
        Ok(Self { pool })
    }
}

impl Table for PostgresTable {
    fn add<'a>(&'a self, id: &'a str, name: &'a Name, session: Session) -> Answer<'a, bool> {
        Box::pin(async move {
            let mut client = self.pool.get().await?;
            let transaction = client.transaction().await?;
            let key = name.key();
            let values: [Value<'_>; 3] = [&id, &name.as_str(), &key.as_str()];
            let added = execute(&transaction, ADD, &values).await? == 1;
            if added {
                put(&transaction, &session).await?;
            }
            transaction.commit().await?;
            Ok(added)
        })
    }

    fn by_id<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Row>> {
        self.find(BY_ID, id)
    }

    fn by_name<'a>(&'a self, key: &'a NameKey) -> Answer<'a, Option<Row>> {
        self.find(BY_NAME, key.as_str())
    }

    fn set_password(&self, hash: String, session: Session) -> Answer<'_, bool> {
        Box::pin(async move {
            let mut client = self.pool.get().await?;
            let transaction = client.transaction().await?;
            let account = &session.account;
            let found = execute(&transaction, SET_PASSWORD, &[account, &hash]).await? == 1;
            if found {
                execute(&transaction, END_SESSIONS, &[account]).await?;
                put(&transaction, &session).await?;
            }
            transaction.commit().await?;
            Ok(found)
        })
    }

    fn set_name<'a>(&'a self, id: &'a str, name: &'a Name) -> Answer<'a, Named> {
        Box::pin(async move {
            let client = self.pool.get().await?;
            let statement = client.prepare_cached(SET_NAME).await?;
            let key = name.key();
            match client.execute(&statement, &[&id, &name.as_str(), &key.as_str()]).await {
                Ok(0) => Ok(Named::NoAccount),
                Ok(_) => Ok(Named::Done),
                Err(error) if error.code() == Some(&SqlState::UNIQUE_VIOLATION) => Ok(Named::Taken),
                Err(error) => Err(error.into()),
            }
        })
    }

    fn begin_session(&self, session: Session) -> Answer<'_, ()> {
        Box::pin(async move {
            let mut client = self.pool.get().await?;
            let transaction = client.transaction().await?;
            put(&transaction, &session).await?;
            Ok(transaction.commit().await?)
        })
    }

    fn present<'a>(
        &'a self,
        presented: &'a Presented,
        fresh: &'a Fresh,
        now_ms: u64,
        times: SessionTimes,
    ) -> Answer<'a, Option<Verdict>> {
        Box::pin(async move {
            let mut client = self.pool.get().await?;
            let transaction = client.transaction().await?;
            let lock = transaction.prepare_cached(LOCK_SESSION).await?;
            let Some(row) = transaction.query_opt(&lock, &[&presented.session]).await? else {
                return Ok(None);
            };
            let session = read_session(&row);
            let verdict = session.judge(presented, fresh, now_ms, times)?;
            match &verdict {
                Verdict::Renewed(session) | Verdict::Forked(session) => {
                    put(&transaction, session).await?;
                }
                Verdict::Stolen | Verdict::Expired => {
                    execute(&transaction, END_SESSION, &[&session.id]).await?;
                }
            }
            transaction.commit().await?;
            Ok(Some(verdict))
        })
    }

    fn end_session<'a>(&'a self, id: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let client = self.pool.get().await?;
            let statement = client.prepare_cached(END_SESSION).await?;
            Ok(client.execute(&statement, &[&id]).await.map(drop)?)
        })
    }

    fn sweep(&self, now_ms: u64) -> Answer<'_, ()> {
        Box::pin(async move {
            let mut client = self.pool.get().await?;
            let transaction = client.transaction().await?;
            execute(&transaction, END_EXPIRED, &[&now_ms.cast_signed()]).await?;
            execute(&transaction, DROP_GUESTS, &[]).await?;
            Ok(transaction.commit().await?)
        })
    }
}

impl PostgresTable {
    fn find<'a>(&'a self, sql: &'a str, key: &'a str) -> Answer<'a, Option<Row>> {
        Box::pin(async move {
            let client = self.pool.get().await?;
            let statement = client.prepare_cached(sql).await?;
            let row = client.query_opt(&statement, &[&key]).await?;
            Ok(row.map(|row| {
                let (id, name, password) = (row.get(0), row.get(1), row.get(2));
                Row { id, name, password, is_admin: row.get(3) }
            }))
        })
    }
}

type Value<'a> = &'a (dyn ToSql + Sync);

async fn execute(
    transaction: &Transaction<'_>,
    sql: &str,
    values: &[Value<'_>],
) -> Result<u64, AccountError> {
    let statement = transaction.prepare_cached(sql).await?;
    Ok(transaction.execute(&statement, values).await?)
}

async fn put(transaction: &Transaction<'_>, session: &Session) -> Result<(), AccountError> {
    let Session { id, account, newest, previous, renewed_at_ms, expires_at_ms } = session;
    let (renewed, expires) = (renewed_at_ms.cast_signed(), expires_at_ms.cast_signed());
    let values: [Value<'_>; 6] = [id, account, newest, previous, &renewed, &expires];
    execute(transaction, PUT_SESSION, &values).await?;
    execute(transaction, DROP_OLDEST, &[account, &i64::from(SESSIONS_MAX)]).await.map(drop)
}

fn read_session(row: &tokio_postgres::Row) -> Session {
    Session {
        id: row.get(0),
        account: row.get(1),
        newest: row.get(2),
        previous: row.get(3),
        renewed_at_ms: row.get::<_, i64>(4).cast_unsigned(),
        expires_at_ms: row.get::<_, i64>(5).cast_unsigned(),
    }
}

impl From<tokio_postgres::Error> for AccountError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<PoolError> for AccountError {
    fn from(error: PoolError) -> Self {
        Self::Unavailable(error.into())
    }
}

//! Tables of our own in a database that others may use too, in the schema `collab`.

use tokio_postgres::Client;

use super::OpenError;

/// The tables below. A change adds a migration and counts up.
const VERSION: i32 = 1;

/// Any number of ours: relays that start at once create the tables one after the other.
const CREATION_LOCK: i64 = 0x636f_6c6c_6162;

/// `position` belongs to no table, so a position is never used twice. Names compare by their bytes.
/// Updates hardly compress: EXTERNAL spares Postgres the attempt.
const TABLES: &str = r#"
    CREATE SCHEMA IF NOT EXISTS collab;
    CREATE TABLE collab.version (version INTEGER NOT NULL);
    CREATE SEQUENCE collab.position;
    CREATE SEQUENCE collab.relay;
    CREATE TABLE collab.channel (
        id    BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        room  TEXT COLLATE "C" NOT NULL,
        name  TEXT COLLATE "C" NOT NULL,
        owner BIGINT NOT NULL,
        UNIQUE (room, name)
    );
    CREATE TABLE collab.entry (
        channel  BIGINT NOT NULL,
        position BIGINT NOT NULL,
        checksum BIGINT NOT NULL,
        bytes    BYTEA NOT NULL,
        PRIMARY KEY (channel, position)
    );
    ALTER TABLE collab.entry ALTER COLUMN bytes SET STORAGE EXTERNAL;
    CREATE TABLE collab.snapshot (
        generation BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        channel    BIGINT NOT NULL,
        upto       BIGINT NOT NULL,
        checksum   BIGINT NOT NULL,
        bytes      BYTEA NOT NULL
    );
    ALTER TABLE collab.snapshot ALTER COLUMN bytes SET STORAGE EXTERNAL;
    CREATE INDEX snapshot_of_channel ON collab.snapshot (channel, generation);
"#;

/// Creates the tables where they are missing; returns a number that no relay had before.
pub(super) async fn prepare(client: &mut Client) -> Result<i64, OpenError> {
    let transaction = client.transaction().await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&CREATION_LOCK]).await?;
    let exists = "SELECT to_regclass('collab.version') IS NOT NULL";
    if transaction.query_one(exists, &[]).await?.get(0) {
        let found = transaction.query_one("SELECT version FROM collab.version", &[]).await?.get(0);
        if found != VERSION {
            return Err(OpenError::Version { found, known: VERSION });
        }
    } else {
        transaction.batch_execute(TABLES).await?;
        transaction.execute("INSERT INTO collab.version VALUES ($1)", &[&VERSION]).await?;
    }
    let relay = transaction.query_one("SELECT nextval('collab.relay')", &[]).await?.get(0);
    transaction.commit().await?;
    Ok(relay)
}

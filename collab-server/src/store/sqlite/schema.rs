//! Opening the database file: pragmas, schema, and the checks that it is ours.

use std::path::Path;

use rusqlite::Connection;

use super::OpenError;

/// "colb": tells our files from those of other programs.
const APPLICATION_ID: i64 = 0x636f_6c62;

/// The schema below. A change adds a migration and counts up.
const VERSION: i64 = 1;

/// AUTOINCREMENT: a position is never used twice, even after its row was deleted.
const SCHEMA: &str = "
    CREATE TABLE channel (
        id   INTEGER PRIMARY KEY,
        room TEXT NOT NULL,
        name TEXT NOT NULL,
        UNIQUE (room, name)
    ) STRICT;
    CREATE TABLE entry (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        channel  INTEGER NOT NULL REFERENCES channel ON DELETE CASCADE,
        checksum INTEGER NOT NULL,
        bytes    BLOB NOT NULL
    ) STRICT;
    CREATE INDEX entry_of_channel ON entry (channel, position);
    CREATE TABLE snapshot (
        generation INTEGER PRIMARY KEY AUTOINCREMENT,
        channel    INTEGER NOT NULL REFERENCES channel ON DELETE CASCADE,
        upto       INTEGER NOT NULL,
        checksum   INTEGER NOT NULL,
        bytes      BLOB NOT NULL
    ) STRICT;
    CREATE INDEX snapshot_of_channel ON snapshot (channel, generation);
";

/// Opens or creates the file for writing.
pub(super) fn open(directory: &Path, file: &Path) -> Result<Connection, OpenError> {
    let failed = |source| OpenError::Database { path: directory.into(), source };
    let mut connection = Connection::open(file).map_err(failed)?;
    set_pragmas(&connection).map_err(failed)?;
    let application = pragma(&connection, "application_id").map_err(failed)?;
    let version = pragma(&connection, "user_version").map_err(failed)?;
    let tables = count_tables(&connection).map_err(failed)?;
    match (application, version) {
        (0, 0) if tables == 0 => create(&mut connection).map_err(failed)?,
        (APPLICATION_ID, VERSION) => {}
        (APPLICATION_ID, found) => {
            return Err(OpenError::TooNew { found, known: VERSION });
        }
        (found, _) => return Err(OpenError::Foreign { found }),
    }
    // A file may say that it is ours and still lack a table.
    super::rows::prepare_all(&connection).map_err(failed)?;
    Ok(connection)
}

fn set_pragmas(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // With WAL only FULL syncs at each commit; NORMAL may lose the last commits on power loss.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(())
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

fn count_tables(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_one("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
}

fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()
}

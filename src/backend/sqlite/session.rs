//! A session with a database file, and a new one where a revision left something in the old.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::SqliteConnection;
use crate::backend::{BackendError, Purpose, RunMode};
use crate::config::SqliteLocation;

/// Opens `location` with our settings; for reading, a file that does not exist is an empty database and is not
/// made.
pub(super) fn open(
    location: &SqliteLocation,
    purpose: Purpose,
    lock_wait: Duration,
    foreign_keys: bool,
) -> rusqlite::Result<Connection> {
    let connection = match location {
        SqliteLocation::Memory => Connection::open_in_memory(),
        SqliteLocation::File(path) if purpose == Purpose::Read && is_absent(path) => Connection::open_in_memory(),
        SqliteLocation::File(path) => {
            // Not SQLITE_OPEN_URI: a path may begin with `file:` or hold `?`.
            let flags =
                OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            Connection::open_with_flags(path, flags)
        }
    }?;
    #[cfg(all(test, unix))]
    let connection = super::failpoints::set_on(connection)?;
    connection.busy_timeout(busy_timeout(lock_wait))?;
    // The bundled build turns foreign keys on by default, unlike the sqlite3 shell:
    // https://www.sqlite.org/pragma.html#pragma_foreign_keys
    connection.pragma_update(None, "foreign_keys", foreign_keys)?;
    Ok(connection)
}

/// No file, in a directory that is there.
fn is_absent(path: &Path) -> bool {
    !path.exists() && path.parent().is_some_and(|parent| parent.as_os_str().is_empty() || parent.is_dir())
}

/// SQLite takes the time in milliseconds as a C int.
fn busy_timeout(wait: Duration) -> Duration {
    wait.min(Duration::from_secs(24 * 3600))
}

impl SqliteConnection {
    /// What a revision attached, made temporary or set with a pragma is not for the next one, which gets a new
    /// session: not every pragma can be read back.
    ///
    /// A run that is one transaction is one session, and a database in memory has only one.
    pub(super) fn renew_session(&mut self) -> Result<(), BackendError> {
        if !std::mem::take(&mut self.revision_ended) || !std::mem::take(&mut self.session_changed) {
            return Ok(());
        }
        if self.mode == RunMode::Single || self.location == SqliteLocation::Memory {
            return Ok(());
        }
        self.close_run()?;
        self.connection = open(&self.location, Purpose::Write, self.lock_wait, self.foreign_keys)?;
        Ok(())
    }
}

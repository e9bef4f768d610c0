//! A session with a database file, and a new one where a revision left something in the old.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::{Connection, OpenFlags};

use super::{SqliteConnection, busy};
use crate::backend::{BackendError, Purpose, RunMode, Settings};
use crate::config::SqliteLocation;
use crate::interrupt::{Interrupt, Watch};

/// Opens `location` with our settings; for reading, a file that does not exist is an empty database and is not
/// made. `heeds_interrupt` says whether an interrupt ends the waiting for another program.
pub(super) fn open(
    location: &SqliteLocation,
    purpose: Purpose,
    settings: &Settings,
    heeds_interrupt: &Arc<AtomicBool>,
) -> rusqlite::Result<Connection> {
    let mut connection = match location {
        SqliteLocation::Memory => Connection::open_in_memory(),
        SqliteLocation::File(path) if purpose == Purpose::Read && is_absent(path) => Connection::open_in_memory(),
        SqliteLocation::File(path) => {
            // Not SQLITE_OPEN_URI: a path may begin with `file:` or hold `?`.
            let flags =
                OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            Connection::open_with_flags(path, flags)
        }
    }?;
    let patience = busy::patience(settings.interrupt.clone(), Arc::clone(heeds_interrupt), settings.lock_wait);
    connection.busy_handler(Some(patience))?;
    #[cfg(all(test, unix))]
    let connection = super::failpoints::set_on(connection)?;
    // The bundled build turns foreign keys on by default, unlike the sqlite3 shell:
    // https://www.sqlite.org/pragma.html#pragma_foreign_keys
    connection.pragma_update(None, "foreign_keys", settings.foreign_keys)?;
    Ok(connection)
}

/// Watches over a session, whose running statement an interrupt ends.
pub(super) fn watch(connection: &Connection, interrupt: &Interrupt) -> Watch {
    let handle = connection.get_interrupt_handle();
    interrupt.watch(move || handle.interrupt())
}

/// No file, in a directory that is there.
fn is_absent(path: &Path) -> bool {
    !path.exists() && path.parent().is_some_and(|parent| parent.as_os_str().is_empty() || parent.is_dir())
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
        self.connection = open(&self.location, Purpose::Write, &self.settings, &self.heeds_interrupt)?;
        self.watch = watch(&self.connection, &self.settings.interrupt);
        self.watch.heed(self.heeds_interrupt.load(Ordering::Relaxed));
        Ok(())
    }
}

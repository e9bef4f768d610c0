//! Keeping other migrators out: SQLite's write lock, and [`RunFile`](super::run_file::RunFile) where a part runs
//! outside of transactions.

use std::time::{Duration, Instant};

use super::SqliteConnection;
use crate::backend::{BackendError, DatabaseError};

const POLL_EVERY: Duration = Duration::from_millis(50);

impl SqliteConnection {
    /// Takes the write lock. A ledger that is not empty may be that of a run which goes on outside of
    /// transactions just now, so then the file has to be had as well.
    pub(super) fn acquire_lock(&mut self, waiting: &mut dyn FnMut(&str)) -> Result<(), BackendError> {
        let holder = "another migrator";
        let started = Instant::now();
        let mut told = false;
        loop {
            self.open_run()?;
            let is_free = !(self.must_have_file || self.has_ledger()?) || self.lock_file()?;
            if is_free {
                return Ok(());
            }
            self.run("ROLLBACK")?;
            if started.elapsed() >= self.settings.lock_wait {
                return Err(BackendError::LockTimeout { holder: holder.to_owned(), waited: self.settings.lock_wait });
            }
            if !std::mem::replace(&mut told, true) {
                waiting(holder);
            }
            self.settings.interrupt.sleep(POLL_EVERY)?;
        }
    }

    /// Keeps others out of a part that runs outside of transactions.
    pub(super) fn lock_outside(&mut self) -> Result<(), BackendError> {
        if self.lock_file()? {
            return Ok(());
        }
        self.must_have_file = true;
        Err(BackendError::LockLost)
    }

    fn lock_file(&mut self) -> Result<bool, BackendError> {
        self.run_file.try_lock().map_err(|error| {
            let message = format!("the file beside the database that keeps other runs out cannot be locked: {error}");
            let hint = Some("look at the permissions of the directory".to_owned());
            BackendError::Database(Box::new(DatabaseError { message, hint, ..DatabaseError::default() }))
        })
    }

    /// Refuses a part for which the version table is not as it was planned for.
    pub(super) fn check_expected(&self) -> Result<(), BackendError> {
        let Some(condition) = &self.expected else { return Ok(()) };
        let holds = self.connection.query_row(&format!("SELECT {condition}"), [], |row| row.get::<_, bool>(0))?;
        if holds { Ok(()) } else { Err(BackendError::Overtaken) }
    }
}

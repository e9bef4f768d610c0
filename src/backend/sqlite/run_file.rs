//! The file beside a database that is locked while a run is outside of transactions, where SQLite's own lock
//! keeps nobody out. It is there only then, and the system lets go of the lock of whoever dies.
//!
//! Not the database file itself: to close another handle of it would take SQLite's locks away.
//! <https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_>

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::config::SqliteLocation;

/// The file, and our lock on it.
pub(super) struct RunFile {
    /// None for a database that nobody else can open.
    path: Option<PathBuf>,
    held: Option<File>,
}

impl RunFile {
    pub(super) fn of(location: &SqliteLocation) -> Self {
        let path = match location {
            SqliteLocation::Memory => None,
            SqliteLocation::File(path) => {
                // However one gets to it, it is one file.
                let mut path = path.canonicalize().unwrap_or_else(|_| path.clone()).into_os_string();
                path.push("-migrator");
                Some(PathBuf::from(path))
            }
        };
        Self { path, held: None }
    }

    /// Locks it, unless somebody else has; says whether it is ours.
    pub(super) fn try_lock(&mut self) -> io::Result<bool> {
        let Some(path) = self.path.as_ref().filter(|_| self.held.is_none()) else { return Ok(true) };
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        match file.try_lock() {
            // Whoever had it may have removed it meanwhile; then others lock another one.
            Ok(()) if is_at(&file, path)? => {
                self.held = Some(file);
                Ok(true)
            }
            Ok(()) | Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Removes it and lets go of it.
    pub(super) fn release(&mut self) {
        if let (Some(file), Some(path)) = (self.held.take(), &self.path) {
            // One that stays keeps nobody out.
            let _ = std::fs::remove_file(path);
            drop(file);
        }
    }
}

impl Drop for RunFile {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let here = file.metadata()?;
    match std::fs::metadata(path) {
        Ok(there) => Ok((here.dev(), here.ino()) == (there.dev(), there.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// A file that is open cannot be replaced here.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> io::Result<bool> {
    Ok(true)
}

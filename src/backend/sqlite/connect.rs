//! Opening a database file.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::SqliteConnection;
use crate::backend::{BackendError, Purpose, RunMode, Settings, TableNames};
use crate::config::SqliteLocation;

/// Opens `location`; for reading, a file that does not exist is an empty database and is not made.
pub(in crate::backend) fn connect(
    location: &SqliteLocation,
    settings: &Settings,
    purpose: Purpose,
) -> Result<SqliteConnection, BackendError> {
    let failed = |error: rusqlite::Error| BackendError::Connect {
        url: location.to_string(),
        message: plain_message(&error),
        hint: hint(location, &error),
        passing: false,
    };
    let connection = open(location, purpose).map_err(failed)?;
    #[cfg(all(test, unix))]
    let connection = super::failpoints::set_on(connection).map_err(failed)?;
    connection.busy_timeout(busy_timeout(settings.lock_wait)).map_err(failed)?;
    // The bundled build turns foreign keys on by default, unlike the sqlite3 shell:
    // https://www.sqlite.org/pragma.html#pragma_foreign_keys
    connection.pragma_update(None, "foreign_keys", settings.foreign_keys).map_err(failed)?;
    // Reads the header, so that a file that is no database is refused here and not by a revision.
    connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
        .or_else(|error| if is_busy(&error) { Ok(()) } else { Err(error) })
        .map_err(failed)?;
    Ok(SqliteConnection {
        connection,
        tables: TableNames::new(None, &settings.version_table),
        foreign_keys: settings.foreign_keys,
        lock_wait: settings.lock_wait,
        mode: RunMode::PerRevision,
        part: None,
        violations_before: 0,
    })
}

fn open(location: &SqliteLocation, purpose: Purpose) -> rusqlite::Result<Connection> {
    match location {
        SqliteLocation::Memory => Connection::open_in_memory(),
        SqliteLocation::File(path) if purpose == Purpose::Read && is_absent(path) => Connection::open_in_memory(),
        SqliteLocation::File(path) => {
            // Not SQLITE_OPEN_URI: a path may begin with `file:` or hold `?`.
            let flags =
                OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            Connection::open_with_flags(path, flags)
        }
    }
}

/// No file, in a directory that is there.
fn is_absent(path: &Path) -> bool {
    !path.exists() && path.parent().is_some_and(|parent| parent.as_os_str().is_empty() || parent.is_dir())
}

/// SQLite takes the time in milliseconds as a C int.
fn busy_timeout(wait: Duration) -> Duration {
    wait.min(Duration::from_secs(24 * 3600))
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked))
}

/// The message without the path that rusqlite adds: the URL stands beside it.
fn plain_message(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(code, message) => match code.code {
            rusqlite::ErrorCode::CannotOpen => "the file cannot be opened".to_owned(),
            rusqlite::ErrorCode::NotADatabase => "the file is not an SQLite database".to_owned(),
            _ => message.clone().unwrap_or_else(|| code.to_string()),
        },
        other => other.to_string(),
    }
}

fn hint(location: &SqliteLocation, error: &rusqlite::Error) -> Option<String> {
    let SqliteLocation::File(path) = location else { return None };
    match error.sqlite_error_code()? {
        rusqlite::ErrorCode::CannotOpen if path.is_dir() => Some("it is a directory".to_owned()),
        rusqlite::ErrorCode::CannotOpen => match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() && !parent.exists() => {
                Some(format!("make the directory `{}` first", parent.display()))
            }
            _ => Some("look at the permissions of the file and its directory".to_owned()),
        },
        rusqlite::ErrorCode::NotADatabase => Some("is it another kind of file, or an encrypted database?".to_owned()),
        _ => None,
    }
}

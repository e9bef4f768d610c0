//! Opening a database file.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::run_file::RunFile;
use super::{SqliteConnection, session};
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
    let heeds_interrupt = Arc::new(AtomicBool::new(true));
    let connection = session::open(location, purpose, settings, &heeds_interrupt).map_err(failed)?;
    // Reads the header, so that a file that is no database is refused here and not by a revision.
    connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
        .or_else(|error| if is_busy(&error) { Ok(()) } else { Err(error) })
        .map_err(failed)?;
    let watch = session::watch(&connection, &settings.interrupt);
    Ok(SqliteConnection {
        connection,
        location: location.clone(),
        watch,
        heeds_interrupt,
        tables: TableNames::new(None, &settings.version_table),
        settings: settings.clone(),
        mode: RunMode::PerRevision,
        part: None,
        session_changed: false,
        revision_ended: false,
        violations_before: 0,
        expected: None,
        run_file: RunFile::of(location),
        must_have_file: false,
    })
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

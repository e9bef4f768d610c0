//! SQLite's errors in our words.

use rusqlite::ErrorCode;

use crate::backend::{BackendError, DatabaseError};

impl From<rusqlite::Error> for BackendError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(Box::new(database_error(&error)))
    }
}

pub(super) fn database_error(error: &rusqlite::Error) -> DatabaseError {
    let (message, offset) = match error {
        rusqlite::Error::SqlInputError { msg, offset, .. } => (msg.clone(), usize::try_from(*offset).ok()),
        rusqlite::Error::SqliteFailure(code, message) => (message.clone().unwrap_or_else(|| code.to_string()), None),
        other => (other.to_string(), None),
    };
    let code = error.sqlite_error_code();
    let hint = code.and_then(hint).or_else(|| transaction_hint(&message));
    DatabaseError {
        message,
        code: code.and_then(name).map(str::to_owned),
        hint: hint.map(str::to_owned),
        offset,
        ..DatabaseError::default()
    }
}

/// SQLite's name of a result code that tells more than "error": <https://www.sqlite.org/rescode.html>
fn name(code: ErrorCode) -> Option<&'static str> {
    match code {
        ErrorCode::ConstraintViolation => Some("SQLITE_CONSTRAINT"),
        ErrorCode::DatabaseBusy => Some("SQLITE_BUSY"),
        ErrorCode::DatabaseLocked => Some("SQLITE_LOCKED"),
        ErrorCode::ReadOnly => Some("SQLITE_READONLY"),
        ErrorCode::CannotOpen => Some("SQLITE_CANTOPEN"),
        ErrorCode::DiskFull => Some("SQLITE_FULL"),
        ErrorCode::SystemIoFailure => Some("SQLITE_IOERR"),
        ErrorCode::DatabaseCorrupt => Some("SQLITE_CORRUPT"),
        ErrorCode::NotADatabase => Some("SQLITE_NOTADB"),
        ErrorCode::TypeMismatch => Some("SQLITE_MISMATCH"),
        _ => None,
    }
}

fn hint(code: ErrorCode) -> Option<&'static str> {
    match code {
        ErrorCode::ReadOnly | ErrorCode::CannotOpen => Some("look at the permissions of the file and its directory"),
        ErrorCode::DiskFull => Some("make room on the disk"),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Some("another program is using the database"),
        _ => None,
    }
}

/// VACUUM and some pragmas refuse to run in a transaction, with no result code of their own.
fn transaction_hint(message: &str) -> Option<&'static str> {
    let refused = ["VACUUM from within a transaction", "mode from within a transaction", "inside a transaction"];
    refused
        .iter()
        .any(|words| message.contains(words))
        .then_some("put it into a section `-- migrator:upgrade no-transaction`")
}

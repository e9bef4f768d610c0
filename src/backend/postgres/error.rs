//! PostgreSQL's errors in our words: `postgres::Error` itself displays only "db error".

use crate::backend::{BackendError, DatabaseError};
use crate::sql::position::offset_of_character;
use postgres::error::ErrorPosition;

/// The error of a text that is bookkeeping or a question of ours.
impl From<postgres::Error> for BackendError {
    fn from(error: postgres::Error) -> Self {
        convert(&error, "", "")
    }
}

/// The error of `prefix` followed by `text`, with its place in `text`.
///
/// The server counts characters from 1 in everything that was sent:
/// <https://www.postgresql.org/docs/current/protocol-error-fields.html>
pub(super) fn convert(error: &postgres::Error, prefix: &str, text: &str) -> BackendError {
    let Some(server) = error.as_db_error() else {
        return BackendError::ConnectionLost { message: describe(error) };
    };
    let offset = match server.position() {
        Some(ErrorPosition::Original(character)) => {
            let before = prefix.chars().count() + 1;
            (*character as usize).checked_sub(before).map(|character| offset_of_character(text, character))
        }
        _ => None,
    };
    let sqlstate = server.code().code().to_owned();
    BackendError::Database(Box::new(DatabaseError {
        message: server.message().to_owned(),
        code: Some(sqlstate.clone()),
        sqlstate: Some(sqlstate),
        detail: server.detail().map(str::to_owned),
        hint: server.hint().map(str::to_owned),
        context: server.where_().map(str::to_owned),
        offset,
    }))
}

/// The error with its causes, without the crate's own general words where there is a cause.
pub(super) fn describe(error: &postgres::Error) -> String {
    if let Some(server) = error.as_db_error() {
        return server.message().to_owned();
    }
    let mut source = std::error::Error::source(error);
    let mut words = Vec::new();
    while let Some(cause) = source {
        words.push(cause.to_string());
        source = cause.source();
    }
    if words.is_empty() { error.to_string() } else { words.join(": ") }
}

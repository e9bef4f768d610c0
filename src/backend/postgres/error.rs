//! PostgreSQL's errors in our words: `postgres::Error` itself displays only "db error".

use super::client::Failure;
use super::guard;
use crate::backend::{BackendError, DatabaseError, TableNames};
use crate::sql::position::offset_of_character;
use postgres::error::{DbError, ErrorPosition, Severity, SqlState};

/// The error of a text that is bookkeeping or a question of ours.
impl From<postgres::Error> for BackendError {
    fn from(error: postgres::Error) -> Self {
        convert(Failure::Postgres(error), "", "")
    }
}

/// The error of `prefix` followed by `text`, with its place in `text`.
///
/// The server counts characters from 1 in everything that was sent:
/// <https://www.postgresql.org/docs/current/protocol-error-fields.html>
pub(super) fn convert(failure: Failure, prefix: &str, text: &str) -> BackendError {
    let server = match by_server(&failure) {
        Ok(server) => server,
        Err(other) => return other,
    };
    if let Some(refused) = guard::refusal(server) {
        return refused;
    }
    let offset = character(server).and_then(|character| {
        let character = character.checked_sub(prefix.chars().count())?;
        Some(offset_of_character(text, character))
    });
    BackendError::Database(Box::new(DatabaseError { offset, ..database_error(server) }))
}

/// The error of `prefix`, the only statement of a part, and the bookkeeping with the commit, sent as one.
///
/// What says no place is the statement's failure, a deferred constraint among them, unless it names one of
/// `tables`.
pub(super) fn convert_late(failure: Failure, prefix: &str, statement: &str, tables: &TableNames) -> BackendError {
    let server = match by_server(&failure) {
        Ok(server) => server,
        Err(other) => return other,
    };
    if let Some(refused) = guard::refusal(server) {
        return refused;
    }
    let before = prefix.chars().count();
    let place = character(server);
    let inside = place.is_none_or(|character| (before..before + statement.chars().count()).contains(&character));
    let ours = is_table(server, tables, &tables.version) || is_table(server, tables, &tables.log);
    if !inside || ours {
        return of_bookkeeping(server, tables);
    }
    let offset = place.map(|character| offset_of_character(statement, character - before));
    BackendError::Database(Box::new(DatabaseError { offset, of_last_statement: true, ..database_error(server) }))
}

/// The error of bookkeeping that was sent without a statement.
pub(super) fn convert_bookkeeping(failure: Failure, tables: &TableNames) -> BackendError {
    match by_server(&failure) {
        Ok(server) => of_bookkeeping(server, tables),
        Err(other) => other,
    }
}

/// After such an error there is no session any more.
/// <https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-SEVERITY-LEVELS>
fn ends_session(server: &DbError) -> bool {
    matches!(server.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
}

/// What the server said, or the error if it said nothing.
fn by_server(failure: &Failure) -> Result<&DbError, BackendError> {
    match failure {
        Failure::Interrupted(interrupted) => Err((*interrupted).into()),
        Failure::Write(error) => Err(BackendError::ConnectionLost { message: error.to_string() }),
        Failure::Postgres(error) => match error.as_db_error() {
            Some(server) if !ends_session(server) => Ok(server),
            Some(server) => {
                let message = format!("{} ({})", server.message(), server.code().code());
                Err(BackendError::ConnectionLost { message })
            }
            None => Err(BackendError::ConnectionLost { message: describe(error) }),
        },
    }
}

/// A line of the log without its revision says that there was no row to take out.
fn of_bookkeeping(server: &DbError, tables: &TableNames) -> BackendError {
    if let Some(refused) = guard::refusal(server) {
        return refused;
    }
    if *server.code() == SqlState::NOT_NULL_VIOLATION && is_table(server, tables, &tables.log) {
        return BackendError::VersionRow { rows: 0 };
    }
    BackendError::Database(Box::new(database_error(server)))
}

fn is_table(server: &DbError, tables: &TableNames, table: &str) -> bool {
    server.schema() == tables.schema.as_deref() && server.table() == Some(table)
}

/// Where in what was sent the error is, in characters from 0.
fn character(server: &DbError) -> Option<usize> {
    match server.position()? {
        ErrorPosition::Original(character) => (*character as usize).checked_sub(1),
        ErrorPosition::Internal { .. } => None,
    }
}

fn database_error(server: &DbError) -> DatabaseError {
    let sqlstate = server.code().code().to_owned();
    DatabaseError {
        message: server.message().to_owned(),
        code: Some(sqlstate.clone()),
        sqlstate: Some(sqlstate),
        detail: server.detail().map(str::to_owned),
        hint: server.hint().map(str::to_owned),
        context: server.where_().map(str::to_owned),
        ..DatabaseError::default()
    }
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

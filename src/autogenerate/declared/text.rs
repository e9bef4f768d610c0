//! A file of the declared schema, or a program's output.

use std::path::PathBuf;

use crate::autogenerate::Error;
use crate::autogenerate::error::DeclaredFailure;
use crate::backend::{BackendError, Connection, SqlStatement};
use crate::script::PartMode;
use crate::sql::position::position_at;
use crate::sql::{Annotation, Dialect, Piece, Splitter, SqlError, Statement, StatementKind, take_annotations};

/// So many statements need no more locks than a server has room for.
/// <https://www.postgresql.org/docs/current/runtime-config-locks.html#GUC-MAX-LOCKS-PER-TRANSACTION>
const PIECE: usize = 200;

/// A text, split into statements.
pub(super) struct Text {
    pub(super) path: PathBuf,
    /// As it was read.
    original: String,
    /// Without its annotations.
    pub(super) text: String,
    pub(super) annotations: Vec<Annotation>,
    pub(super) statements: Vec<Statement>,
}

impl Text {
    pub(super) fn new(path: PathBuf, original: String, dialect: Dialect) -> Result<Self, Error> {
        let declared = |failure| Error::Declared(Box::new(failure));
        let original = match dialect {
            Dialect::PostgreSql => without_restrictions(&original),
            Dialect::Sqlite => original,
        };
        let (text, annotations) = take_annotations(&original, dialect).map_err(|error: SqlError| {
            declared(DeclaredFailure::new(path.clone(), error.position(), &original, error.to_string(), None))
        })?;
        let mut this = Self { path, original, text, annotations, statements: Vec::new() };
        for piece in Splitter::new(&this.text, 0, dialect) {
            match piece {
                Ok(Piece::Statement(statement)) => this.statements.push(statement),
                Ok(Piece::Directive(_)) => {}
                Err(error) => return Err(declared(this.failure(error.offset(), error.to_string(), None))),
            }
        }
        Ok(this)
    }

    /// All of it, or nothing. What is `alone` may be done in pieces where it is too much for one transaction: nothing
    /// else has to be loaded then.
    pub(super) fn run(
        &self,
        connection: &mut dyn Connection,
        alone: bool,
    ) -> Result<Result<(), DeclaredFailure>, Error> {
        match self.run_in_pieces(connection, usize::MAX)? {
            Err(failure) if failure.needs_more_locks && alone => self.run_in_pieces(connection, PIECE),
            result => Ok(result),
        }
    }

    fn run_in_pieces(
        &self,
        connection: &mut dyn Connection,
        size: usize,
    ) -> Result<Result<(), DeclaredFailure>, Error> {
        connection.begin(PartMode::Transaction)?;
        for (number, statement) in self.statements.iter().enumerate() {
            if number > 0 && number.is_multiple_of(size) {
                // Not the end of the part: what the text has set stays. After a query it is looked whether the server is
                // as it was.
                for text in ["SELECT 1", "COMMIT", "BEGIN"] {
                    connection.statement(SqlStatement { text, copy_data: None })?;
                }
            }
            // What a dump has around it.
            if statement.kind == StatementKind::TransactionControl {
                continue;
            }
            let text = &self.text[statement.span.clone()];
            let failure = match connection.schema()?.refused(text) {
                Some(what) => {
                    let message = format!("{what} has no place in a declared schema");
                    self.failure(statement.span.start, message, None)
                }
                None => match connection.statement(SqlStatement { text, copy_data: None }) {
                    Ok(()) => continue,
                    Err(error @ BackendError::Interrupted(_)) => return Err(error.into()),
                    Err(error) => self.failure_of(statement, &error),
                },
            };
            connection.rollback()?;
            return Ok(Err(failure));
        }
        // A statement that is alone in its part may be sent with the commit.
        match (connection.commit(false), self.statements.last()) {
            (Err(error @ (BackendError::Database(_) | BackendError::BeyondScratch { .. })), Some(last)) => {
                connection.rollback()?;
                Ok(Err(self.failure_of(last, &error)))
            }
            (result, _) => Ok(Ok(result?)),
        }
    }

    fn failure_of(&self, statement: &Statement, error: &BackendError) -> DeclaredFailure {
        let (offset, code) = match error {
            BackendError::Database(database) => (database.offset, database.sqlstate.as_deref()),
            _ => (None, None),
        };
        let hint = error.hint().or_else(|| missing_role(error));
        let failure = self.failure(statement.span.start + offset.unwrap_or(0), error.to_string(), hint);
        DeclaredFailure { needs_more_locks: code == Some("53200"), ..failure }
    }

    /// A failure at an offset of the text without annotations, each of which was a line.
    fn failure(&self, offset: usize, message: String, hint: Option<String>) -> DeclaredFailure {
        let mut position = position_at(&self.text, offset);
        let lines = self.annotations.iter().filter(|annotation| annotation.offset <= offset).count();
        position.line += u32::try_from(lines).unwrap_or_default();
        DeclaredFailure::new(self.path.clone(), position, &self.original, message, hint)
    }

    /// A failure at the line of an annotation, which stood right before what is at its offset now.
    pub(super) fn failure_at_line(
        &self,
        annotation: &Annotation,
        message: String,
        hint: Option<String>,
    ) -> DeclaredFailure {
        let mut position = position_at(&self.text, annotation.offset);
        let before = self.annotations.iter().take_while(|other| *other != annotation).count();
        position.line += u32::try_from(before).unwrap_or_default();
        DeclaredFailure::new(self.path.clone(), position, &self.original, message, hint)
    }
}

/// What `pg_dump` says to `psql` around its output, made a comment of the same length.
/// <https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-META-COMMAND-RESTRICT>
fn without_restrictions(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let is_restriction = line.starts_with("\\restrict ") || line.starts_with("\\unrestrict ");
        if is_restriction { format!("--{}", &line[2..]) } else { line.to_owned() }
    });
    lines.collect()
}

/// Roles belong to the server. <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn missing_role(error: &BackendError) -> Option<String> {
    let BackendError::Database(database) = error else { return None };
    let is_missing = database.sqlstate.as_deref() == Some("42704") && database.message.starts_with("role ");
    is_missing.then(|| "a declared schema names roles and does not make them; make it on the server first".to_owned())
}

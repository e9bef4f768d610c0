//! A file of the declared schema, or a program's output.

use std::path::PathBuf;

use crate::autogenerate::Error;
use crate::autogenerate::error::DeclaredFailure;
use crate::backend::{BackendError, Connection, SqlStatement};
use crate::script::PartMode;
use crate::sql::position::position_at;
use crate::sql::{Annotation, Dialect, Piece, Splitter, SqlError, Statement, StatementKind, take_annotations};

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

    /// All of it, or nothing.
    pub(super) fn run(&self, connection: &mut dyn Connection) -> Result<Result<(), DeclaredFailure>, Error> {
        connection.begin(PartMode::Transaction)?;
        for statement in &self.statements {
            // What a dump has around it.
            if statement.kind == StatementKind::TransactionControl {
                continue;
            }
            let text = &self.text[statement.span.clone()];
            let (message, offset, hint) = match refused(text) {
                Some(message) => (message, 0, None),
                None => match connection.statement(SqlStatement { text, copy_data: None }) {
                    Ok(()) => continue,
                    Err(error @ BackendError::Interrupted(_)) => return Err(error.into()),
                    Err(error) => {
                        let offset = match &error {
                            BackendError::Database(database) => database.offset,
                            _ => None,
                        };
                        (error.to_string(), offset.unwrap_or(0), error.hint())
                    }
                },
            };
            connection.rollback()?;
            return Ok(Err(self.failure(statement.span.start + offset, message, hint)));
        }
        connection.commit(false)?;
        Ok(Ok(()))
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

/// A declared schema must not reach beyond its database.
fn refused(statement: &str) -> Option<String> {
    let word = statement.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default().to_ascii_uppercase();
    ["ATTACH", "DETACH", "VACUUM"].contains(&word.as_str()).then(|| format!("{word} has no place in a declared schema"))
}

//! Databases that are made for a moment.

use std::borrow::Cow;

use super::Error;
use super::settle::{TRIALS, learn};
use crate::backend::schema::DraftPart;
use crate::backend::{BackendError, Connection, RunMode, SqlStatement, Workshop};
use crate::schema::{Action, Catalog};
use crate::script::PartMode;

/// So many actions are committed together: whoever makes more needs room for more locks than servers have.
/// <https://www.postgresql.org/docs/current/runtime-config-locks.html#GUC-MAX-LOCKS-PER-TRANSACTION>
const PIECE: usize = 200;

/// A scratch database with the schema `catalog`.
pub(super) fn with(workshop: &Workshop, catalog: &Catalog) -> Result<Box<dyn Connection>, Error> {
    let mut catalog = Cow::Borrowed(catalog);
    for _ in 0..TRIALS {
        let mut connection = workshop.empty()?;
        let parts = connection.schema()?.drafter()(&Catalog::default(), &catalog);
        let Err(error) = pieces(&parts).try_for_each(|actions| run(connection.as_mut(), actions)) else {
            return Ok(connection);
        };
        let Error::Scratch { statement, cause, .. } = &error else { return Err(error) };
        connection.rollback()?;
        let actions: Vec<&Action> = parts.iter().flat_map(|part| &part.actions).collect();
        let (schema, statements) = (connection.schema()?, std::slice::from_ref(statement));
        if !learn(schema, catalog.to_mut(), &actions, &cause.to_string(), statements) {
            return Err(error);
        }
    }
    let mut connection = workshop.empty()?;
    let parts = connection.schema()?.drafter()(&Catalog::default(), &catalog);
    for actions in pieces(&parts) {
        run(connection.as_mut(), actions)?;
    }
    Ok(connection)
}

fn pieces(parts: &[DraftPart]) -> impl Iterator<Item = &[Action]> {
    parts.iter().flat_map(|part| part.actions.chunks(PIECE))
}

/// Runs `actions` in one transaction.
pub(super) fn run(connection: &mut dyn Connection, actions: &[Action]) -> Result<(), Error> {
    connection.start(RunMode::PerRevision)?;
    connection.begin(PartMode::Transaction)?;
    for action in actions {
        for sql in &action.sql {
            connection.statement(SqlStatement { text: sql, copy_data: None }).map_err(|cause| match cause {
                BackendError::Interrupted(_) => cause.into(),
                cause => {
                    let (title, statement) = (action.title.clone(), sql.clone());
                    Error::Scratch { title, statement, cause: Box::new(cause) }
                }
            })?;
        }
    }
    connection.commit(false)?;
    connection.finish()?;
    Ok(())
}

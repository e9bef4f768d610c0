//! Databases that are made for a moment.

use super::Error;
use crate::backend::{BackendError, Connection, RunMode, SqlStatement, Workshop};
use crate::schema::{Action, Catalog};
use crate::script::PartMode;

/// A scratch database with the schema `catalog`.
pub(super) fn with(workshop: &Workshop, catalog: &Catalog) -> Result<Box<dyn Connection>, Error> {
    let mut connection = workshop.empty()?;
    let parts = connection.schema()?.draft(&Catalog::default(), catalog);
    for part in &parts {
        run(connection.as_mut(), &part.actions)?;
    }
    Ok(connection)
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
    connection.commit(true)?;
    connection.finish()?;
    Ok(())
}

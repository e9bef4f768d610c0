//! Databases that are made for a moment.

use super::Error;
use crate::backend::{self, BackendError, Connection, Purpose, RunMode, Settings, SqlStatement};
use crate::config::{Config, DatabaseUrl, SqliteLocation};
use crate::schema::{Action, Catalog};
use crate::script::PartMode;
use crate::sql::Dialect;

/// An empty database of the configured engine, gone when it is dropped.
pub(super) fn empty(config: &Config) -> Result<Box<dyn Connection>, Error> {
    let dialect = config.database_url()?.dialect();
    match dialect {
        Dialect::Sqlite => {
            let url = DatabaseUrl::Sqlite(SqliteLocation::Memory);
            Ok(backend::connect(&url, &config.environment, &Settings::of(config), Purpose::Write)?)
        }
        Dialect::PostgreSql => Err(BackendError::NoSchemaComparison { dialect }.into()),
    }
}

/// A scratch database with the schema `catalog`.
pub(super) fn with(config: &Config, catalog: &Catalog) -> Result<Box<dyn Connection>, Error> {
    let mut connection = empty(config)?;
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

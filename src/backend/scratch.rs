//! Databases that are made for a moment, of the engine that is configured.

use std::fmt;

use super::postgres::Workshop as PostgresWorkshop;
use super::{BackendError, Connection, Purpose, Settings, sqlite};
use crate::config::{Config, ConfigError, DatabaseUrl, SqliteLocation};

/// Where scratch databases come from. One that is not used any more is emptied and used again; all of them are gone
/// when this and their connections are dropped.
pub struct Workshop {
    kind: Kind,
}

enum Kind {
    Sqlite(Settings),
    PostgreSql(Box<PostgresWorkshop>),
}

impl Workshop {
    /// The one for the configured database. Nothing is made yet.
    ///
    /// # Errors
    /// No URL is configured.
    pub fn of(config: &Config) -> Result<Self, ConfigError> {
        let settings = Settings::of(config);
        let kind = match config.database_url()? {
            DatabaseUrl::Sqlite(_) => Kind::Sqlite(settings),
            DatabaseUrl::PostgreSql(url) => {
                Kind::PostgreSql(Box::new(PostgresWorkshop::new(url.clone(), config.environment.clone(), settings)))
            }
        };
        Ok(Self { kind })
    }

    /// An empty database.
    ///
    /// # Errors
    /// No connection, or [`BackendError::NoScratch`].
    pub fn empty(&self) -> Result<Box<dyn Connection>, BackendError> {
        Ok(match &self.kind {
            Kind::Sqlite(settings) => Box::new(sqlite::connect(&SqliteLocation::Memory, settings, Purpose::Write)?),
            Kind::PostgreSql(workshop) => Box::new(workshop.empty()?),
        })
    }

    /// A database that may hold anything, for what is only asked of the engine.
    ///
    /// # Errors
    /// As [`Workshop::empty`].
    pub fn any(&self) -> Result<Box<dyn Connection>, BackendError> {
        match &self.kind {
            Kind::PostgreSql(workshop) => Ok(Box::new(workshop.any()?)),
            Kind::Sqlite(_) => self.empty(),
        }
    }

    /// Gives up what is not in use, until it is needed again.
    pub fn close(&self) {
        if let Kind::PostgreSql(workshop) = &self.kind {
            workshop.close();
        }
    }
}

impl fmt::Debug for Workshop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Workshop").finish_non_exhaustive()
    }
}

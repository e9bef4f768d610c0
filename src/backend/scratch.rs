//! Databases that are made for a moment, of the engine that is configured.

use std::fmt;

use super::postgres::Workshop as PostgresWorkshop;
use super::{BackendError, Connection, Purpose, Settings, sqlite};
use crate::config::{Config, ConfigError, DatabaseUrl, Environment, SqliteLocation};

/// Why the database that `scratch_url` names cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScratchProblem {
    /// It is the configured one.
    #[error("it is the database of the project itself")]
    Own,
    /// It is on a server of another version.
    #[error("its server is PostgreSQL {theirs}, the project's is {ours}")]
    OtherVersion {
        /// Its major version.
        theirs: u32,
        /// The one of the configured database.
        ours: u32,
    },
    /// It cannot hold the same texts.
    #[error("its encoding is {theirs}, the project's is {ours}")]
    OtherEncoding {
        /// Its encoding.
        theirs: String,
        /// The one of the configured database.
        ours: String,
    },
    /// There is no session to work with.
    #[error("a pooler that gives out sessions by the transaction is in between")]
    Pooled,
    /// It holds something.
    #[error("it is not empty: {}", objects.join(", "))]
    NotEmpty {
        /// Some of it.
        objects: Vec<String>,
    },
    /// Somebody else tries something out in it.
    #[error("another migrator is using it")]
    InUse,
    /// What a schema made in it cannot be dropped.
    #[error("what a schema left in it cannot be dropped")]
    NotEmptied,
    /// No database can be made on its server.
    #[error("no database can be made there: {message}")]
    Refused {
        /// What the server said.
        message: String,
    },
}

impl ScratchProblem {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Own | Self::OtherVersion { .. } | Self::OtherEncoding { .. } | Self::Pooled => "config",
            Self::NotEmpty { .. } | Self::InUse | Self::NotEmptied | Self::Refused { .. } => "database",
        }
    }

    pub(super) fn hint(&self) -> &'static str {
        match self {
            Self::Own => "it is emptied after use, so it has to be another one: `createdb scratch`",
            Self::OtherVersion { .. } => {
                "versions print the same schema differently; name a server of the same major version"
            }
            Self::OtherEncoding { .. } => {
                "make it with the same encoding: `createdb --encoding … --template template0`"
            }
            Self::Pooled => "give a URL of the server itself",
            Self::NotEmpty { .. } => {
                "it is emptied after use, so nothing may be in it that is needed: `createdb scratch` makes another one"
            }
            Self::InUse => "run the command again when the other one has ended, or name a database for each",
            Self::NotEmptied => "make it anew: `dropdb scratch` and `createdb scratch`",
            Self::Refused { .. } => "name a server that has the same locales, or an empty database made by hand",
        }
    }
}

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
            DatabaseUrl::PostgreSql(url) => Kind::PostgreSql(Box::new(PostgresWorkshop::new(
                url.clone(),
                config.scratch_url()?.cloned(),
                config.environment.clone(),
                settings,
            ))),
        };
        Ok(Self { kind })
    }

    /// The one for the database at `url`, whatever is configured. Nothing is made yet.
    #[must_use]
    pub fn at(url: &DatabaseUrl, environment: &Environment, settings: Settings) -> Self {
        let kind = match url {
            DatabaseUrl::Sqlite(_) => Kind::Sqlite(settings),
            DatabaseUrl::PostgreSql(url) => {
                Kind::PostgreSql(Box::new(PostgresWorkshop::new(url.clone(), None, environment.clone(), settings)))
            }
        };
        Self { kind }
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

    /// A database that may hold anything, for what is only asked of the engine: nothing is run in it.
    ///
    /// # Errors
    /// No connection.
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

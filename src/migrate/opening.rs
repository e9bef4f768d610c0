//! Opening a project and its database at the same time.

use super::{Database, Error, Project};
use crate::backend::{self, Connection, Purpose, Recorded, Settings};
use crate::config::{Config, DatabaseUrl, SqliteLocation};

/// A connection that is being opened, or will be.
pub enum Opening {
    /// It was tried while the files were read.
    Tried(Result<(Box<dyn Connection>, Recorded), Error>),
    /// It is opened when it is needed.
    Later(Purpose),
}

impl Project {
    /// Loads the project of `config` while its database is connected to and asked what is applied: a command
    /// then waits for the slower of the two, not for both. Nothing is changed, and a revision file that
    /// cannot be used is the error that counts.
    ///
    /// # Errors
    /// A revision file that cannot be used. That there is no connection is told by [`Opening::of`].
    pub fn open_with_database(config: Config, purpose: Purpose) -> Result<(Self, Opening), Error> {
        if !can_open_early(config.database_url()?) {
            return Ok((Self::with_config(config)?, Opening::Later(purpose)));
        }
        let (loaded, tried) = std::thread::scope(|scope| {
            let connecting = scope.spawn(|| connect(&config, purpose));
            let loaded = Self::load_files(&config);
            (loaded, connecting.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        Ok((Self::from_parts(config, loaded?), Opening::Tried(tried)))
    }
}

impl Opening {
    /// The database of `project`, for which it was opened.
    ///
    /// # Errors
    /// No connection.
    pub fn of(self, project: &Project) -> Result<Database<'_>, Error> {
        let (connection, recorded) = match self {
            Self::Tried(tried) => tried.map(|(connection, recorded)| (connection, Some(recorded)))?,
            Self::Later(purpose) => (open(project.config(), purpose)?, None),
        };
        Ok(Database { project, connection, recorded })
    }
}

/// A server, or a file that is there: to open an SQLite file that is not there makes it.
fn can_open_early(url: &DatabaseUrl) -> bool {
    match url {
        DatabaseUrl::PostgreSql(_) => true,
        DatabaseUrl::Sqlite(SqliteLocation::File(path)) => path.exists(),
        DatabaseUrl::Sqlite(SqliteLocation::Memory) => false,
    }
}

pub(super) fn open(config: &Config, purpose: Purpose) -> Result<Box<dyn Connection>, Error> {
    Ok(backend::connect(config.database_url()?, &config.environment, &Settings::of(config), purpose)?)
}

fn connect(config: &Config, purpose: Purpose) -> Result<(Box<dyn Connection>, Recorded), Error> {
    let mut connection = open(config, purpose)?;
    let recorded = connection.recorded()?;
    Ok((connection, recorded))
}

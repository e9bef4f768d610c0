//! Databases: what a run sends to one, and what is read from it.
//!
//! A [`Sink`] takes the operations of a run; a [`Connection`] is a sink that is a live database and
//! can also be asked things. `postgres/` and `sqlite/` hold the same file names, and are the only
//! places that name the crates of that name; [`ScriptWriter`] is the sink behind `--sql`.

mod blocker;
mod bookkeeping;
mod error;
mod foreign;
mod ledger;
mod postgres;
pub mod schema;
mod scratch;
mod script_writer;
mod sqlite;
mod tables;

pub use blocker::{Blocker, Look, Watcher};
pub use bookkeeping::{
    Action, AppliedDetails, AppliedRevision, Elapsed, Expectation, LogEntry, Provenance, Record, VersionChange,
    VersionRow,
};
pub use error::{BackendError, DatabaseError};
pub use foreign::ForeignTable;
pub use ledger::{LedgerEntry, LedgerNote, LedgerState, Outcome};
pub use scratch::{ScratchProblem, Workshop};
pub use script_writer::ScriptWriter;
pub use tables::{ALEMBIC_TABLE, TableNames};

use std::time::Duration;

use crate::config::{Config, DatabaseUrl, Environment, PostgresUrl};
use crate::interrupt::Interrupt;
use crate::script::{KeptTexts, PartMode};
use crate::sql::Dialect;

/// One statement of a revision file, as it is sent.
#[derive(Debug, Clone, Copy)]
pub struct SqlStatement<'t> {
    /// The statement without its final semicolon.
    pub text: &'t str,
    /// The inline data of a `COPY … FROM STDIN`.
    pub copy_data: Option<&'t str>,
}

/// How much of a run commits together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunMode {
    /// Each part of a revision with its bookkeeping.
    PerRevision,
    /// The whole run.
    Single,
}

/// A message the server sent while a statement ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// `NOTICE`, `WARNING`, …
    pub severity: String,
    /// The text.
    pub message: String,
}

/// What takes the operations of a run, in order:
/// `start`, then for each part `begin`, `statement`…, `record`, `commit` or `rollback`, then `finish`.
pub trait Sink {
    /// Opens the run.
    ///
    /// # Errors
    /// What the database says.
    fn start(&mut self, mode: RunMode) -> Result<(), BackendError>;

    /// Says in a few words what comes next; only a script shows it.
    fn announce(&mut self, _text: &str) {}

    /// Says what must be so in the version table before the parts that follow; `None`: nothing. It is asked
    /// inside a part's own transaction, in front of its first statement, together with whether the run's lock
    /// is still held.
    fn expect(&mut self, _expectation: Option<&Expectation<'_>>) {}

    /// Says how long statements of the next parts wait for a lock, if not as configured; PostgreSQL only.
    fn set_lock_timeout(&mut self, _limit: Option<Duration>) {}

    /// Opens what a part runs in.
    ///
    /// # Errors
    /// What the database says.
    fn begin(&mut self, mode: PartMode) -> Result<(), BackendError>;

    /// Runs one statement.
    ///
    /// # Errors
    /// What the database says, with the place inside the statement where it is known.
    fn statement(&mut self, statement: SqlStatement<'_>) -> Result<(), BackendError>;

    /// Writes a line of the ledger: with the part that is open if it is a transaction, else at once.
    ///
    /// # Errors
    /// What the database says.
    fn note(&mut self, _note: &LedgerNote<'_>) -> Result<(), BackendError> {
        Ok(())
    }

    /// Changes the version table and writes the log, in the transaction that is open.
    ///
    /// # Errors
    /// What the database says, or that the change did not touch exactly one row.
    fn record(&mut self, record: &Record<'_>) -> Result<(), BackendError>;

    /// Closes the part. `last`: nothing more is to come in this run, so the commit must be durable.
    ///
    /// # Errors
    /// What the database says, such as a deferred constraint that does not hold.
    fn commit(&mut self, last: bool) -> Result<(), BackendError>;

    /// Takes back the part that is open (in a [`RunMode::Single`] run: everything).
    ///
    /// # Errors
    /// What the database says.
    fn rollback(&mut self) -> Result<(), BackendError>;

    /// Closes the run and keeps what was committed.
    ///
    /// # Errors
    /// What the database says.
    fn finish(&mut self) -> Result<(), BackendError>;

    /// Is the statement before the last one that was given still to be done? It may be sent with what follows it.
    fn lags(&self) -> bool {
        false
    }

    /// Whether what is sent from now on can be interrupted; what takes back and tells must not be.
    fn heed_interrupt(&mut self, _heeds: bool) {}

    /// What the server said since this was last called, and how many more messages were dropped.
    fn take_notices(&mut self) -> (Vec<Notice>, usize) {
        (Vec::new(), 0)
    }

    /// Who was in the way of the last statement, as far as a [`Watcher`] saw it.
    fn take_blockers(&mut self) -> Vec<Blocker> {
        Vec::new()
    }
}

/// What a run reads before it begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recorded {
    /// The rows of the version table.
    pub applied: Vec<AppliedRevision>,
    /// The ledger, in the order of parts and statements.
    pub ledger: Vec<LedgerEntry>,
}

impl Recorded {
    /// The row of a revision, if it is applied.
    #[must_use]
    pub fn row(&self, revision: &str) -> Option<&AppliedRevision> {
        self.applied.iter().find(|row| row.revision == revision)
    }
}

/// A live database.
pub trait Connection: Sink + Send {
    /// Its dialect.
    fn dialect(&self) -> Dialect;

    /// The version table and log, fully qualified.
    fn tables(&self) -> &TableNames;

    /// What is applied and what the ledger holds; nothing if there is no version table yet.
    ///
    /// # Errors
    /// What the database says.
    fn recorded(&mut self) -> Result<Recorded, BackendError>;

    /// What can be proven of `statement`, which may or may not have run outside a transaction.
    ///
    /// # Errors
    /// What the database says.
    fn outcome(&mut self, statement: &str) -> Result<Outcome, BackendError>;

    /// The full names of the indexes that are not valid, sorted.
    ///
    /// # Errors
    /// What the database says.
    fn invalid_indexes(&mut self) -> Result<Vec<String>, BackendError>;

    /// What else the rows of the version table say.
    ///
    /// # Errors
    /// What the database says.
    fn applied_details(&mut self) -> Result<Vec<AppliedDetails>, BackendError>;

    /// The texts kept for these revisions, in their order; `None` where there is no row.
    ///
    /// # Errors
    /// What the database says.
    fn kept_texts(&mut self, revisions: &[&str]) -> Result<Vec<Option<KeptTexts>>, BackendError>;

    /// Is there a version table? Without the lock, another migrator may just have made it.
    ///
    /// # Errors
    /// What the database says.
    fn has_version_table(&mut self) -> Result<bool, BackendError>;

    /// Makes the version table and the log if they do not exist, and says whether it did; gives a version table
    /// of an earlier version of this program what it lacks.
    ///
    /// # Errors
    /// What the database says.
    fn ensure_version_table(&mut self) -> Result<bool, BackendError>;

    /// Keeps other migrators out until [`Connection::unlock`]; `waiting` hears about whoever holds it. After
    /// [`BackendError::LockLost`] or [`BackendError::Overtaken`] it is called again.
    ///
    /// # Errors
    /// [`BackendError::LockTimeout`] after `lock_wait`.
    fn lock(&mut self, waiting: &mut dyn FnMut(&str)) -> Result<(), BackendError>;

    /// What can look from another thread who is in the way of this session; nothing where nobody can be.
    fn watcher(&self) -> Option<Watcher> {
        None
    }

    /// Is it one session from the beginning of a run to its end? If not, nothing can be protected outside of
    /// transactions.
    fn keeps_session(&self) -> bool {
        true
    }

    /// Lets other migrators in again.
    ///
    /// # Errors
    /// What the database says.
    fn unlock(&mut self) -> Result<(), BackendError>;

    /// All of the table `name`, in which another tool keeps what is applied; nothing if there is none. On PostgreSQL it
    /// is looked for in `schema`, or else on the search path; SQLite has none.
    ///
    /// # Errors
    /// What the database says.
    fn foreign_table(&mut self, schema: Option<&str>, name: &str) -> Result<Option<ForeignTable>, BackendError>;

    /// Where the database is that was made for this connection on a server, if one was.
    fn scratch_url(&self) -> Option<&PostgresUrl> {
        None
    }

    /// What the version table `table` of Alembic says is current, sorted; nothing if there is no such table.
    ///
    /// # Errors
    /// What the database says.
    fn alembic_heads(&mut self, schema: Option<&str>, table: &str) -> Result<Option<Vec<String>>, BackendError>;

    /// Its schema, for comparing it with another one.
    ///
    /// # Errors
    /// [`BackendError::NoSchemaComparison`] where this is not available for the database.
    fn schema(&mut self) -> Result<&mut dyn schema::Schema, BackendError> {
        Err(BackendError::NoSchemaComparison { dialect: self.dialect() })
    }
}

/// How to behave on a connection.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The version table's name.
    pub version_table: String,
    /// The schema it is in; PostgreSQL only.
    pub version_table_schema: Option<String>,
    /// How long to wait for another migrator.
    pub lock_wait: Duration,
    /// How long a statement may wait for a lock; zero is without limit.
    pub lock_timeout: Duration,
    /// How long a statement may run; zero is without limit.
    pub statement_timeout: Duration,
    /// Does SQLite enforce foreign keys while revisions run?
    pub foreign_keys: bool,
    /// What ends a statement before its time.
    pub interrupt: Interrupt,
}

impl Settings {
    /// What is configured.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self {
            version_table: config.version_table.clone(),
            version_table_schema: config.version_table_schema.clone(),
            lock_wait: config.lock_wait,
            lock_timeout: config.lock_timeout,
            statement_timeout: config.statement_timeout,
            foreign_keys: config.foreign_keys,
            interrupt: config.interrupt.clone(),
        }
    }
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Only looking: a missing SQLite file counts as an empty database and is not made.
    Read,
    /// Changing things.
    Write,
}

/// Connects to the database at `url`; what it does not say about a PostgreSQL server is looked for in
/// `environment`, as libpq does.
///
/// # Errors
/// [`BackendError::Connect`] or [`BackendError::Parameter`], without the password, and
/// [`BackendError::ReadOnly`] where something is to be changed.
pub fn connect(
    url: &DatabaseUrl,
    environment: &Environment,
    settings: &Settings,
    purpose: Purpose,
) -> Result<Box<dyn Connection>, BackendError> {
    Ok(match url {
        DatabaseUrl::Sqlite(location) => Box::new(sqlite::connect(location, settings, purpose)?),
        DatabaseUrl::PostgreSql(url) => Box::new(postgres::connect(url, environment, settings, purpose)?),
    })
}

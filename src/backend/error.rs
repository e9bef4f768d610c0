//! What a database can answer other than yes.

use std::time::Duration;

use super::ScratchProblem;
use crate::config::ParameterError;
use crate::interrupt::Interrupted;
use crate::sql::Dialect;

/// An error of the database itself, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
#[error("{message}{}", code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default())]
pub struct DatabaseError {
    /// The message.
    pub message: String,
    /// The SQLSTATE, or SQLite's name of the result code where it tells more than "error".
    pub code: Option<String>,
    /// The code again, if it is an SQLSTATE.
    pub sqlstate: Option<String>,
    /// PostgreSQL's DETAIL.
    pub detail: Option<String>,
    /// PostgreSQL's HINT.
    pub hint: Option<String>,
    /// PostgreSQL's CONTEXT: where inside functions it happened.
    pub context: Option<String>,
    /// Where in the statement, in bytes.
    pub offset: Option<usize>,
    /// Is it the part's last statement that failed, which was sent with the commit?
    pub of_last_statement: bool,
}

impl DatabaseError {
    /// Does it say that somebody else was in the way, and that the same transaction may go well another time?
    ///
    /// A lock that was not given, a deadlock, a serialization failure:
    /// <https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html>
    fn is_passing(&self) -> bool {
        matches!(self.sqlstate.as_deref(), Some("55P03" | "40P01" | "40001"))
    }

    /// Was it given up after waiting for a lock?
    fn is_lock_timeout(&self) -> bool {
        matches!(self.code.as_deref(), Some("55P03" | "SQLITE_BUSY"))
    }
}

/// Why a database could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackendError {
    /// No connection.
    #[error("cannot connect to {url}: {message}")]
    Connect {
        /// The URL without its secrets.
        url: String,
        /// Why.
        message: String,
        /// What to do about it.
        hint: Option<String>,
        /// May it go better in a moment, as with a server that is starting up?
        passing: bool,
    },
    /// The parameters of the connection make no sense.
    #[error("cannot connect: {0}")]
    Parameter(ParameterError),
    /// Something is to be changed on a server that changes nothing.
    #[error("the server is read-only{}", if *in_recovery { ": it is a standby" } else { "" })]
    ReadOnly {
        /// Is it a standby?
        in_recovery: bool,
    },
    /// The connection is gone.
    #[error("the connection to the database was lost: {message}")]
    ConnectionLost {
        /// Why, as far as it is known.
        message: String,
    },
    /// It was asked to stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// The database refused.
    #[error(transparent)]
    Database(Box<DatabaseError>),
    /// Another migrator holds the lock.
    #[error("{}", gave_up(holder, *waited))]
    LockTimeout {
        /// Who it is.
        holder: String,
        /// How long was waited.
        waited: Duration,
    },
    /// The lock of the run is not ours any more; nothing of the part ran.
    #[error("the lock of this run was lost")]
    LockLost,
    /// What is applied is not what the plan was made for; nothing of the part ran.
    #[error("another migrator changed what is applied meanwhile")]
    Overtaken,
    /// A statement ended the transaction that holds the part and its bookkeeping.
    #[error("the statement ended the transaction of its part")]
    TransactionEnded,
    /// A part without a transaction left one open.
    #[error("the part began a transaction and did not end it")]
    TransactionLeftOpen,
    /// An index was built, but is not valid.
    #[error("the index {name} is not valid")]
    InvalidIndex {
        /// Its full name.
        name: String,
    },
    /// The version table did not have the row it should have.
    #[error("the version table changed {rows} rows, not one")]
    VersionRow {
        /// How many rows were touched.
        rows: u64,
    },
    /// A `foreign-keys=off` part left rows without their parent.
    #[error("{count} more rows than before violate a foreign key, first in table `{table}`")]
    ForeignKeys {
        /// How many more.
        count: usize,
        /// The table of the first.
        table: String,
    },
    /// There is no schema for the version table.
    #[error("there is no schema for the version table: the search path is empty")]
    NoSchema,
    /// There is no place to try a schema out.
    #[error("cannot make a scratch database: {}", tried.join("; "))]
    NoScratch {
        /// What was tried, and why it did not work.
        tried: Vec<String>,
    },
    /// There is no session to make a scratch database with.
    #[error("a pooler that gives out sessions by the transaction is in between")]
    ThroughPooler,
    /// Something would have been changed that a scratch database shares with its server.
    #[error("it reaches beyond a scratch database: {}", changes.join(", "))]
    BeyondScratch {
        /// What it is about, or what changed.
        changes: Vec<String>,
    },
    /// The database that is named for trying schemas out cannot be used.
    #[error("scratch_url, {url}, cannot be used: {problem}")]
    ScratchUrl {
        /// The URL without its secrets.
        url: String,
        /// Why.
        problem: ScratchProblem,
    },
    /// The server is older than those whose schemas can be compared.
    #[error("comparing schemas needs PostgreSQL 14 or later, and the server is {version}")]
    OldServer {
        /// Its version.
        version: String,
    },
    /// Schemas of this database cannot be compared.
    #[error("comparing schemas is not available for {} yet", dialect.product())]
    NoSchemaComparison {
        /// Its dialect.
        dialect: Dialect,
    },
}

impl BackendError {
    /// May the same go better in a moment, with nothing changed? For a database's own errors: in a new
    /// transaction.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Connect { passing, .. } => *passing,
            Self::Database(error) => error.is_passing(),
            _ => false,
        }
    }

    /// Was it given up after waiting for a lock?
    #[must_use]
    pub fn is_lock_timeout(&self) -> bool {
        match self {
            Self::LockTimeout { .. } | Self::LockLost | Self::Overtaken => true,
            Self::Database(error) => error.is_lock_timeout(),
            _ => false,
        }
    }

    /// Did another migrator come in between, so that the plan has to be made again?
    #[must_use]
    pub fn is_overtaken(&self) -> bool {
        matches!(self, Self::LockLost | Self::Overtaken)
    }

    /// The stable name of this error, as in `--json`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Connect { .. } | Self::ConnectionLost { .. } => "connection",
            Self::Parameter(error) => error.kind(),
            Self::Interrupted(_) => "interrupted",
            error if error.is_lock_timeout() => "lock_timeout",
            Self::LockTimeout { .. }
            | Self::LockLost
            | Self::Overtaken
            | Self::Database(_)
            | Self::ReadOnly { .. }
            | Self::TransactionEnded
            | Self::TransactionLeftOpen
            | Self::InvalidIndex { .. }
            | Self::VersionRow { .. }
            | Self::ForeignKeys { .. }
            | Self::NoScratch { .. }
            | Self::ThroughPooler
            | Self::BeyondScratch { .. }
            | Self::NoSchema => "database",
            Self::ScratchUrl { problem, .. } => problem.kind(),
            Self::NoSchemaComparison { .. } | Self::OldServer { .. } => "not_available",
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Connect { hint, .. } => hint.clone(),
            Self::Parameter(error) => error.hint(),
            Self::ReadOnly { in_recovery: true } => Some(
                "connect to the primary; with several hosts in the URL, target_session_attrs=read-write finds it"
                    .to_owned(),
            ),
            Self::ReadOnly { in_recovery: false } => Some(
                "default_transaction_read_only is on for the database or the role; \
                 `?options=-c%20default_transaction_read_only%3Doff` in the URL turns it off"
                    .to_owned(),
            ),
            Self::Database(error) => database_hint(error),
            Self::LockTimeout { .. } => Some(
                "look at what it is doing; --lock-wait, or lock_wait in migrator.toml, sets how long to wait"
                    .to_owned(),
            ),
            Self::LockLost | Self::Overtaken => {
                Some("other migrators were at it all the time; run the command again".to_owned())
            }
            Self::TransactionEnded => Some(
                "a part and its version row commit together: leave COMMIT, ROLLBACK and RAISE(ROLLBACK) out, or \
                 mark the section `no-transaction`"
                    .to_owned(),
            ),
            Self::TransactionLeftOpen => Some("end it with COMMIT in the same section; it was rolled back".to_owned()),
            Self::InvalidIndex { name } => {
                Some(format!("an earlier build of it failed; the next run drops {name} and builds it again"))
            }
            Self::VersionRow { .. } => {
                Some("is the revision, or somebody else, changing the version table?".to_owned())
            }
            Self::ForeignKeys { .. } => {
                Some("`PRAGMA foreign_key_check` lists the rows; mend them in this part".to_owned())
            }
            Self::ThroughPooler => Some("give a URL of the server itself".to_owned()),
            Self::NoScratch { .. } => Some(
                "schemas are compared in a database that is made for a moment: let the role make one with `ALTER ROLE … \
                 CREATEDB`, name an empty database or another server in `[autogenerate] scratch_url`, or install the \
                 server's programs here"
                    .to_owned(),
            ),
            Self::BeyondScratch { .. } => Some(
                "nothing of it was kept; what belongs to the server is made by hand, or under a condition where it is not \
                 there yet"
                    .to_owned(),
            ),
            Self::ScratchUrl { problem, .. } => Some(problem.hint().to_owned()),
            Self::NoSchemaComparison { .. } | Self::OldServer { .. } => {
                Some("write the revision by hand: `migrator revision -m MESSAGE`".to_owned())
            }
            Self::NoSchema => Some("set version_table_schema in migrator.toml".to_owned()),
            Self::ConnectionLost { .. } | Self::Interrupted(_) => {
                Some("`migrator status` shows what is applied; run the command again".to_owned())
            }
        }
    }
}

/// Without any waiting there was none to give up.
fn gave_up(holder: &str, waited: Duration) -> String {
    match waited {
        Duration::ZERO => format!("the lock is held by {holder}"),
        waited => format!("gave up waiting for {holder} after {}", shown(waited)),
    }
}

fn shown(waited: Duration) -> String {
    if waited.as_secs() == 0 { format!("{} ms", waited.as_millis()) } else { format!("{} s", waited.as_secs()) }
}

/// The database's own hint, or ours for errors that a section attribute solves.
fn database_hint(error: &DatabaseError) -> Option<String> {
    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    match error.sqlstate.as_deref() {
        Some("25001") => Some("put it into a section `-- migrator:upgrade no-transaction`".to_owned()),
        Some("55P04") => Some(
            "a new enum value can be used only after a commit: end the section after it and start another one"
                .to_owned(),
        ),
        Some("55P03") => Some(
            "lock_timeout in migrator.toml, or `-- migrator:lock-timeout` in the file, sets how long a statement \
             waits for a lock; lock_wait for how long a part is tried again"
                .to_owned(),
        ),
        Some("25006") => Some("the server is read-only; is it a standby?".to_owned()),
        _ => error.hint.clone(),
    }
}

//! SQLite, through the bundled library.

mod busy;
mod connect;
mod error;
#[cfg(all(test, unix))]
mod failpoints;
mod foreign_keys;
mod lock;
mod run_file;
mod schema;
mod session;
mod sink;
mod version_table;

pub(super) use connect::connect;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{RunMode, Settings, TableNames};
use crate::config::SqliteLocation;
use crate::interrupt::Watch;
use crate::script::PartMode;
use run_file::RunFile;

/// An open SQLite database.
///
/// A run holds one `BEGIN IMMEDIATE` with a savepoint for each part: a transaction per revision would
/// only buy more fsyncs. Parts that cannot be inside a transaction split the run.
pub(super) struct SqliteConnection {
    connection: rusqlite::Connection,
    location: SqliteLocation,
    watch: Watch,
    /// Whether waiting for another program can be interrupted.
    heeds_interrupt: Arc<AtomicBool>,
    tables: TableNames,
    settings: Settings,
    mode: RunMode,
    part: Option<PartMode>,
    /// May a statement have left something in this session?
    session_changed: bool,
    /// Is a revision over, so that the next part belongs to another one?
    revision_ended: bool,
    /// Rows that violate a foreign key, counted before a `foreign-keys=off` part.
    violations_before: usize,
    /// The condition under which the next part may begin, asked where the write lock was let go of in between.
    expected: Option<String>,
    /// The file that is locked while a run is outside of transactions.
    run_file: RunFile,
    /// Did somebody else have it?
    must_have_file: bool,
}

//! The program against real databases: SQLite files and PostgreSQL servers.

mod accept;
mod bad_input;
mod big;
mod changed_files;
mod concurrent_index;
mod connecting;
mod failures;
mod failures_postgres;
mod failures_sqlite;
mod faults_sqlite;
mod from_alembic;
mod grants;
mod interrupted;
mod killed;
mod leaks;
mod locks;
#[cfg(unix)]
mod lost_connections;
mod old_tables;
mod prepared;
mod real_schemas;
mod round_trips;
mod run_lock;
mod scratch;
mod script_sessions;
mod scripts;
#[cfg(unix)]
mod signals;
mod sql_tools;
mod time_limits;

use crate::support::catalog;
use crate::support::subject::{Subject, each_database, query_sqlite};

#[track_caller]
fn assert_contains(text: &str, part: &str) {
    assert!(text.contains(part), "`{part}` is not in:\n{text}");
}

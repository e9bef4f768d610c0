//! Points at which a test kills the program; they exist in the library's own tests only.
//!
//! What a run leaves behind is what its database was told. So the points are where it is told something, and
//! each backend has them in one place: every statement that SQLite runs, every message to a PostgreSQL server.
//! A kill anywhere else is the same as one at the point that follows. New code that talks to a database has
//! its points already.

mod tests;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::process::{Signal, getpid, kill_process};

/// Names the point at which to die, by its number in the run, counted from 1.
const DIE_AT: &str = "MIGRATOR_TEST_DIE_AT";

/// Names a file in which every point is written down.
const LIST: &str = "MIGRATOR_TEST_LIST_POINTS";

/// What this process was asked to do at its points.
struct Orders {
    die_at: Option<usize>,
    list: Option<std::ffi::OsString>,
}

/// The run is at a point: `when` says where relative to `what`, which is what the database is told.
pub(crate) fn reached(when: &str, what: &str) {
    static ORDERS: OnceLock<Orders> = OnceLock::new();
    static PASSED: AtomicUsize = AtomicUsize::new(0);
    let orders = ORDERS.get_or_init(|| Orders {
        die_at: std::env::var(DIE_AT).ok().and_then(|number| number.parse().ok()),
        list: std::env::var_os(LIST),
    });
    let number = PASSED.fetch_add(1, Ordering::Relaxed) + 1;
    if orders.die_at == Some(number) {
        // Not `abort`, which could be handled: this cannot. It does not come back.
        let _ = kill_process(getpid(), Signal::KILL);
    }
    if let Some(path) = &orders.list
        && let Ok(mut file) = OpenOptions::new().append(true).create(true).open(path)
    {
        let words = |character: char| character.is_whitespace() || character.is_control();
        let what: Vec<&str> = what.split(words).filter(|word| !word.is_empty()).collect();
        // A line that is missing fails the test that reads the list.
        let _ = writeln!(file, "{when}: {}", what.join(" "));
    }
}

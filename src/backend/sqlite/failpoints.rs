//! Where a test may kill the program: around every statement, and within the long ones.

use rusqlite::Connection;
use rusqlite::trace::{TraceEvent, TraceEventCodes};

use crate::failpoint::reached;

/// A statement is long that takes so many steps of SQLite's virtual machine.
/// <https://www.sqlite.org/c3ref/progress_handler.html>
const LONG: i32 = 4000;

pub(super) fn set_on(mut connection: Connection) -> rusqlite::Result<Connection> {
    let codes = TraceEventCodes::SQLITE_TRACE_STMT | TraceEventCodes::SQLITE_TRACE_PROFILE;
    connection.trace_v2(
        codes,
        Some(|event: TraceEvent<'_>| match event {
            TraceEvent::Stmt(_, sql) => reached("before", sql),
            TraceEvent::Profile(statement, _) => reached("after", &statement.sql()),
            _ => {}
        }),
    )?;
    connection.progress_handler(
        LONG,
        Some(|| {
            reached("within", "a long statement");
            false
        }),
    )?;
    Ok(connection)
}

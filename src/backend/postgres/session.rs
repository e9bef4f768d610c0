//! The state of a session: our settings, and the server's notices.

use std::fmt::Write as _;
use std::time::Duration;

use crate::backend::{Notice, Settings};

/// Undoes what a revision may have left behind (`SET`, `SET ROLE`, `set_config`, …) for the next one.
/// Not `DISCARD ALL`, which also drops advisory locks and cannot be in a transaction block:
/// <https://www.postgresql.org/docs/current/sql-discard.html>
pub(in crate::backend) const RESET: &str = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; ";

/// Takes from the next revision what the one before made for its session: temporary tables and cursors, and (where
/// ours are not among them) prepared statements. Where there is nothing of it, the server has nothing to do. What
/// it listens to does no harm.
pub(in crate::backend) const DISCARD: &str = "DISCARD TEMP; CLOSE ALL; ";
pub(in crate::backend) const DEALLOCATE: &str = "DEALLOCATE ALL; ";

/// Leaves nothing to the stranger who gets this session next from a pooler. Prepared statements stay: the pooler
/// may have made some for others.
pub(super) const LEAVE: &str = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; DISCARD TEMP; CLOSE ALL; ";

/// Gives back the role that connected.
pub(in crate::backend) const RESET_ROLE: &str = "RESET SESSION AUTHORIZATION; RESET ROLE; ";

/// Lets `sql` run as the role that connected, between the statements of a file that may have chosen another
/// one: that role is kept in settings of our own, and is the file's again afterwards. What is set with the
/// third argument ends with the transaction, also where that is only this message.
/// <https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SET>
pub(super) fn as_ourselves(sql: &str) -> String {
    let copy = |to: &str, from: &str| {
        format!("SELECT pg_catalog.set_config('{to}', pg_catalog.current_setting('{from}'), true); ")
    };
    // The session's user comes first: to change it is to change the role.
    [
        copy("migrator.session_authorization", "session_authorization"),
        copy("migrator.role", "role"),
        "SET LOCAL SESSION AUTHORIZATION DEFAULT; SET LOCAL ROLE NONE; ".to_owned(),
        format!("{sql} "),
        copy("session_authorization", "migrator.session_authorization"),
        copy("role", "migrator.role"),
    ]
    .concat()
}

/// The settings of a migrating session, as `SET` statements: start-up options are refused by poolers.
///
/// `synchronous_commit = off`: WAL is ordered, so a crash of the server leaves a consistent prefix, and
/// the last commit of a run is waited for. A role's own time limits must not kill a run.
///
/// `notices_lost_client`: can the server look, while a statement runs, whether its client is still there?
/// <https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-CLIENT-CONNECTION-CHECK-INTERVAL>
pub(super) fn settings(settings: &Settings, server_version: u32, notices_lost_client: bool) -> String {
    let mut sql = String::from(
        "SET client_min_messages = notice; SET synchronous_commit = off; \
         SET idle_in_transaction_session_timeout = 0; ",
    );
    if server_version >= 140_000 {
        sql.push_str("SET idle_session_timeout = 0; ");
    }
    if notices_lost_client {
        sql.push_str("SET client_connection_check_interval = '2s'; ");
    }
    // Writing to a String cannot fail.
    let _ = write!(sql, "SET statement_timeout = {}; ", settings.statement_timeout.as_millis());
    sql.push_str(&lock_timeout(settings.lock_timeout));
    if server_version >= 170_000 {
        sql.push_str("SET transaction_timeout = 0; ");
    }
    sql
}

/// The statement that sets how long one waits for a lock.
pub(super) fn lock_timeout(limit: Duration) -> String {
    format!("SET lock_timeout = {}; ", limit.as_millis())
}

/// The same settings for as long as a transaction lasts: through a pooler, the next one who gets this session may
/// be a stranger.
pub(super) fn of_transaction(settings: &str) -> String {
    settings.replace("SET ", "SET LOCAL ")
}

/// The server's notices since they were last taken: the first ones, and a count of the others, so that
/// a flood of them stays in bounded memory.
#[derive(Debug, Default)]
pub(super) struct NoticeBuffer {
    pub(super) kept: Vec<Notice>,
    pub(super) dropped: usize,
}

const KEPT_NOTICES: usize = 100;

impl NoticeBuffer {
    pub(super) fn push(&mut self, severity: &str, message: &str) {
        if self.kept.len() < KEPT_NOTICES {
            self.kept.push(Notice { severity: severity.to_owned(), message: message.to_owned() });
        } else {
            self.dropped += 1;
        }
    }
}

//! PostgreSQL, through the `postgres` crate.

mod client;
mod concurrent;
mod connect;
mod error;
mod guard;
mod lease;
mod lock;
mod prepared;
mod route;
mod schema;
mod scratch;
mod session;
mod sink;
mod version_table;
mod watch;

pub(super) use connect::connect;
pub(super) use scratch::Workshop;
pub(super) use session::{DEALLOCATE, DISCARD, RESET, RESET_ROLE};

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{RunMode, TableNames};
use crate::interrupt::Interrupt;
use crate::script::PartMode;
use client::Client;
use connect::SameServer;
use prepared::Prepared;
use session::NoticeBuffer;
use watch::Outstanding;

/// A session on a PostgreSQL server.
///
/// Everything goes through the simple query protocol, so that a part's first statement travels with its
/// `BEGIN`, and the bookkeeping with the `COMMIT`: a revision of one statement costs two round trips.
/// <https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SIMPLE-QUERY>
pub(super) struct PostgresConnection {
    client: Client,
    /// As in `server_version_num`.
    server_version: u32,
    interrupt: Interrupt,
    tables: TableNames,
    has_version_table: bool,
    /// Does the version table have the column `upgrade_sql`? Earlier versions of this program made it without.
    has_upgrade_sql: bool,
    /// The `SET` statements every part starts with.
    settings: String,
    /// In place of the one in `settings`.
    lock_timeout: Option<Duration>,
    lock_wait: Duration,
    /// What is between us and the server; found out when a lock is wanted.
    route: Option<route::Route>,
    exclusion: lock::Exclusion,
    /// What is to be so when the next part begins.
    expected: Option<guard::Expected>,
    mode: RunMode,
    part: Option<PartMode>,
    /// May a statement have changed how the server reads strings?
    strings_changed: bool,
    /// Is a revision over, so that the next part belongs to another one?
    revision_ended: bool,
    /// Does the part that is open begin by discarding what the revision before left?
    discarding: bool,
    /// Is a transaction open on the server?
    in_transaction: bool,
    /// Sent in front of the next statement.
    pending: String,
    /// The first statement of a part, which is sent with the commit if it is the only one.
    waiting: Option<String>,
    /// Sent with the commit.
    bookkeeping: String,
    prepared: Prepared,
    notices: Arc<Mutex<NoticeBuffer>>,
    /// The process on the server, if it says.
    pid: Option<u32>,
    /// The way to the second session, which watches this one.
    server: Arc<SameServer>,
    outstanding: Arc<Outstanding>,
    /// The database was made for this session, and goes with it.
    scratch: Option<scratch::Lent>,
}

//! Who blocks a session: a session that waits cannot ask, so that another one does.
//!
//! It is opened only when an answer takes long, so that ordinary runs have one session.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use super::PostgresConnection;
use super::connect::SameServer;
use crate::backend::blocker::{Blocker, Look, one_line};

/// An answer that takes longer is looked into, unless the wait for a lock is over sooner.
const LONG: Duration = Duration::from_secs(1);
/// How long nothing is tried after the second session failed.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(10);
/// The server answers a watcher at once or not at all. It must not be ended for being idle.
const SETTINGS: &str = "SET statement_timeout = '5s'; SET lock_timeout = '1s';";

/// The message that a session waits for its server to answer, as others may know it.
pub(super) struct Outstanding {
    usually_long: Duration,
    state: Mutex<State>,
}

struct State {
    since: Option<Instant>,
    long: Duration,
    blockers: Vec<Blocker>,
}

/// From when on a wait is long, where one for a lock ends after `lock_timeout`.
fn long(lock_timeout: Duration) -> Duration {
    if lock_timeout.is_zero() { LONG } else { LONG.min(lock_timeout / 2) }
}

impl Outstanding {
    pub fn new(lock_timeout: Duration) -> Self {
        let long = long(lock_timeout);
        Self { usually_long: long, state: Mutex::new(State { since: None, long, blockers: Vec::new() }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on one waits for locks as long as this, or else as configured.
    pub fn set_lock_timeout(&self, limit: Option<Duration>) {
        self.state().long = limit.map_or(self.usually_long, long);
    }

    /// Runs `message`, which waits for an answer.
    pub fn during<T>(&self, message: impl FnOnce() -> T) -> T {
        self.state().since = Some(Instant::now());
        let answer = message();
        self.state().since = None;
        answer
    }

    /// Who was in the way since this was last asked, at the last time that anybody was looked for.
    pub fn take_blockers(&self) -> Vec<Blocker> {
        std::mem::take(&mut self.state().blockers)
    }
}

impl PostgresConnection {
    /// Runs `text`, and can be watched meanwhile.
    pub(super) fn execute(&mut self, text: &str) -> Result<(), postgres::Error> {
        let Self { outstanding, client, .. } = self;
        outstanding.during(|| client.batch_execute(text))
    }
}

/// Watches the session of one process.
pub(super) struct Watch {
    pub outstanding: Arc<Outstanding>,
    pub pid: u32,
    pub server: Arc<SameServer>,
    pub client: Option<Client>,
    pub not_before: Instant,
}

impl Watch {
    /// Asks who blocks the session, if it waits for long.
    pub fn look(&mut self) -> Look {
        let (since, long) = {
            let state = self.outstanding.state();
            (state.since, state.long)
        };
        let next_in = (long / 4).clamp(Duration::from_millis(10), Duration::from_millis(250));
        let mut look = Look { blockers: Vec::new(), next_in };
        let Some(since) = since.filter(|since| since.elapsed() >= long && Instant::now() >= self.not_before) else {
            return look;
        };
        let Some(blockers) = self.ask() else {
            self.client = None;
            self.not_before = Instant::now() + PAUSE_AFTER_FAILURE;
            return look;
        };
        self.not_before = Instant::now() + long;
        let mut state = self.outstanding.state();
        if state.since == Some(since) {
            state.blockers.clone_from(&blockers);
            look.blockers = blockers;
        }
        look
    }

    fn ask(&mut self) -> Option<Vec<Blocker>> {
        if self.client.is_none() {
            let mut client = self.server.open()?;
            client.batch_execute(SETTINGS).ok()?;
            self.client = Some(client);
        }
        let answer = self.client.as_mut()?.simple_query(&question(self.pid)).ok()?;
        let mut blockers: Vec<Blocker> = Vec::new();
        for message in &answer {
            let SimpleQueryMessage::Row(row) = message else { continue };
            let found = blocker(row);
            // A process that works in parallel may be named once for each worker.
            if !blockers.iter().any(|known| known.pid == found.pid) {
                blockers.push(found);
            }
        }
        Some(blockers)
    }
}

/// `pg_blocking_pids` stops the lock manager for a moment, so it is asked only of a session that waits for a lock.
/// The user and database keep away processes of the same number on another server.
/// <https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SESSION-TABLE>
fn question(pid: u32) -> String {
    format!(
        "SELECT b.pid, a.application_name, a.usename, a.state, pg_catalog.left(a.query, 500), \
         extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::bigint \
         FROM (SELECT pid FROM pg_catalog.pg_stat_activity WHERE pid = {pid} AND usename = session_user \
         AND datname = pg_catalog.current_database() AND state = 'active' AND wait_event_type = 'Lock' OFFSET 0) w \
         CROSS JOIN LATERAL unnest(pg_catalog.pg_blocking_pids(w.pid)) AS b (pid) \
         LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid"
    )
}

/// What a role may not see is null, but for the query.
/// <https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW>
fn blocker(row: &SimpleQueryRow) -> Blocker {
    let text = |column| row.get(column).map(one_line).filter(|text| !text.is_empty());
    let state = text(3);
    Blocker {
        pid: row.get(0).and_then(|pid| pid.parse().ok()).unwrap_or(0),
        application: text(1),
        user: text(2),
        query: state
            .is_some()
            .then(|| row.get(4).map(Blocker::shown_query))
            .flatten()
            .filter(|query| !query.is_empty()),
        transaction_age: row.get(5).and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs),
        state,
    }
}

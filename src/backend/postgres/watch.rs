//! Who blocks a session: a session that waits cannot ask, so that another one does.
//!
//! It is opened only when an answer takes long, so that ordinary runs have one session.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use super::PostgresConnection;
use super::client::Failure;
use super::connect::SameServer;
use crate::backend::blocker::{Blocker, Look, one_line};

/// An answer that takes longer is looked into, unless the wait for a lock is over sooner.
const LONG: Duration = Duration::from_secs(1);
/// How long nothing is tried after the second session failed.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(10);
/// The server answers at once or not at all.
const SETTINGS: &str = "SET statement_timeout = '5s'; SET lock_timeout = '1s'";

/// The message that a session waits for its server to answer, as others may know it, and what they find out.
pub(super) struct Outstanding {
    usually_long: Duration,
    state: Mutex<State>,
}

struct State {
    since: Option<Instant>,
    long: Duration,
    /// Is somebody asking?
    asking: bool,
    /// When may be asked again?
    not_before: Option<Instant>,
    blockers: Vec<Blocker>,
    /// Are the blockers still to be told?
    is_news: bool,
}

/// From when on a wait is long, where one for a lock ends after `lock_timeout`.
fn long(lock_timeout: Duration) -> Duration {
    if lock_timeout.is_zero() { LONG } else { LONG.min(lock_timeout / 2) }
}

impl Outstanding {
    pub fn new(lock_timeout: Duration) -> Self {
        let long = long(lock_timeout);
        let (asking, is_news) = (false, false);
        let state = State { since: None, long, asking, not_before: None, blockers: Vec::new(), is_news };
        Self { usually_long: long, state: Mutex::new(state) }
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
        let mut state = self.state();
        state.is_news = false;
        std::mem::take(&mut state.blockers)
    }
}

impl PostgresConnection {
    /// Runs `text`, and can be watched meanwhile.
    pub(super) fn execute(&mut self, text: &str) -> Result<(), Failure> {
        let Self { outstanding, client, .. } = self;
        outstanding.during(|| client.batch_execute(text))
    }
}

/// Watches the session of one process.
pub(super) struct Watch {
    session: Session,
    asker: Option<Sender<Instant>>,
}

/// Which session.
#[derive(Clone)]
struct Session {
    outstanding: Arc<Outstanding>,
    pid: u32,
    server: Arc<SameServer>,
}

impl Watch {
    pub fn new(connection: &PostgresConnection) -> Option<Self> {
        let (outstanding, server) = (Arc::clone(&connection.outstanding), Arc::clone(&connection.server));
        Some(Self { session: Session { outstanding, pid: connection.pid?, server }, asker: None })
    }

    /// Has somebody ask who blocks the session, if it waits for long, and gives what was found out since. Waits for
    /// nothing itself: the end of a run need not wait for a second session.
    pub fn look(&mut self) -> Look {
        let mut state = self.session.outstanding.state();
        let next_in = (state.long / 4).clamp(Duration::from_millis(10), Duration::from_millis(250));
        let blockers = if std::mem::take(&mut state.is_news) { state.blockers.clone() } else { Vec::new() };
        let now = Instant::now();
        let may_ask = !state.asking && state.not_before.is_none_or(|time| now >= time);
        if let Some(since) = state.since.filter(|since| may_ask && now - *since >= state.long) {
            state.asking = true;
            drop(state);
            // An asker that cannot be had, or has ended, is none.
            let _ = self.asker().send(since);
        }
        Look { blockers, next_in }
    }

    /// Ends when this goes.
    fn asker(&mut self) -> &Sender<Instant> {
        let session = &self.session;
        self.asker.get_or_insert_with(|| {
            let (send, requests) = channel();
            let session = session.clone();
            let _ = std::thread::Builder::new().name("blockers".into()).spawn(move || session.answer(requests));
            send
        })
    }
}

impl Session {
    /// Asks whenever it is requested to, for the message that is outstanding since then.
    fn answer(&self, requests: Receiver<Instant>) {
        let mut client = None;
        for since in requests {
            let found = self.ask(&mut client);
            let mut state = self.outstanding.state();
            state.asking = false;
            state.not_before = Some(Instant::now() + if found.is_some() { state.long } else { PAUSE_AFTER_FAILURE });
            match found {
                Some(blockers) if state.since == Some(since) => {
                    state.is_news = true;
                    state.blockers = blockers;
                }
                Some(_) => {}
                None => client = None,
            }
        }
    }

    fn ask(&self, client: &mut Option<Client>) -> Option<Vec<Blocker>> {
        if client.is_none() {
            let mut opened = self.server.open()?;
            opened.batch_execute(SETTINGS).ok()?;
            *client = Some(opened);
        }
        let answer = client.as_mut()?.simple_query(&question(self.pid)).ok()?;
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

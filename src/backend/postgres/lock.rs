//! The run's lock: a session-level advisory lock, polled.
//!
//! Never a blocking `pg_advisory_lock()`: a session that waits in the server holds a snapshot, which stalls
//! another migrator's `CREATE INDEX CONCURRENTLY` for ever.
//! <https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS>

use std::time::{Duration, Instant};

use postgres::SimpleQueryMessage;

use super::PostgresConnection;
use crate::backend::BackendError;
use crate::sql::Dialect;

const POLL_EVERY: Duration = Duration::from_millis(100);

impl PostgresConnection {
    /// The lock's key: other databases have their own locks anyway, other version tables get other keys.
    fn lock_key(&self) -> String {
        let table = self.tables.version_table(Dialect::PostgreSql);
        let name = Dialect::PostgreSql.quote_literal(&format!("migrator:{table}"));
        format!("pg_catalog.hashtextextended({name}, 0)")
    }

    pub(super) fn acquire_lock(&mut self, waiting: &mut dyn FnMut(&str)) -> Result<(), BackendError> {
        let started = Instant::now();
        let mut told = false;
        loop {
            if self.ask_flag(&format!("SELECT pg_catalog.pg_try_advisory_lock({})", self.lock_key()))? {
                self.locked = true;
                return Ok(());
            }
            let holder = self.lock_holder()?;
            if started.elapsed() >= self.lock_wait {
                return Err(BackendError::LockTimeout { holder, waited: self.lock_wait });
            }
            if !std::mem::replace(&mut told, true) {
                waiting(&holder);
            }
            std::thread::sleep(POLL_EVERY);
        }
    }

    pub(super) fn release_lock(&mut self) -> Result<(), BackendError> {
        if std::mem::take(&mut self.locked) {
            let key = self.lock_key();
            self.client.batch_execute(&format!("SELECT pg_catalog.pg_advisory_unlock({key})"))?;
        }
        Ok(())
    }

    /// Who holds the lock, as far as this role may see.
    /// <https://www.postgresql.org/docs/current/view-pg-locks.html>
    fn lock_holder(&mut self) -> Result<String, BackendError> {
        let question = format!(
            "SELECT 'another migrator (pid ' || l.pid || coalesce(', ' || a.usename, '') \
             || coalesce(' from ' || a.client_addr::text, '') || coalesce(', since ' || to_char(a.backend_start, \
             'YYYY-MM-DD HH24:MI:SS TZ'), '') || ')' FROM pg_catalog.pg_locks l \
             LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid, (SELECT {} AS key) k \
             WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
             AND l.classid::bigint = ((k.key >> 32) & 4294967295) AND l.objid::bigint = (k.key & 4294967295) \
             AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) LIMIT 1",
            self.lock_key()
        );
        let answer = self.ask(&question)?;
        Ok(answer.unwrap_or_else(|| "another migrator".to_owned()))
    }

    fn ask(&mut self, question: &str) -> Result<Option<String>, BackendError> {
        for message in self.client.simple_query(question)? {
            if let SimpleQueryMessage::Row(row) = message {
                return Ok(row.get(0).map(str::to_owned));
            }
        }
        Ok(None)
    }

    pub(super) fn ask_flag(&mut self, question: &str) -> Result<bool, BackendError> {
        Ok(self.ask(question)?.as_deref() == Some("t"))
    }
}

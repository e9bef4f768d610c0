//! The run's lock, polled: an advisory lock of the session, of each transaction where a pooler leaves no session,
//! or a lease where there are no advisory locks.
//!
//! Never a blocking `pg_advisory_lock()`: a session that waits in the server holds a snapshot, which stalls
//! another migrator's `CREATE INDEX CONCURRENTLY` for ever.
//! <https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS>

use std::time::{Duration, Instant};

use postgres::SimpleQueryMessage;
use postgres::error::SqlState;
use sha2::{Digest as _, Sha256};

use super::lease::Lease;
use super::route::Route;
use super::{PostgresConnection, guard};
use crate::backend::{BackendError, Sink as _};
use crate::sql::Dialect;

/// What keeps other migrators out.
pub(super) enum Exclusion {
    /// Nothing.
    None,
    /// A lock of the session.
    Session,
    /// A lock of each transaction.
    Transaction,
    /// A row with a time.
    Lease(Lease),
}

/// What one try gave.
enum Tried {
    Taken(Exclusion),
    /// Somebody else has it.
    HeldBy(String),
    /// The function is missing, forbidden or a stub.
    NoAdvisoryLocks,
}

impl PostgresConnection {
    /// The lock's key: other databases have their own locks anyway, other version tables get other keys.
    pub(super) fn lock_key(&self) -> i64 {
        let name = format!("migrator:{}", self.tables.version_table(Dialect::PostgreSql));
        let hash = Sha256::digest(name.as_bytes());
        hash.iter().take(8).fold(0, |key, byte| (key << 8) | i64::from(*byte))
    }

    pub(super) fn acquire_lock(&mut self, waiting: &mut dyn FnMut(&str)) -> Result<(), BackendError> {
        // It is wanted again after it was lost, and what is left of it goes first.
        self.release_lock()?;
        self.find_route()?;
        let started = Instant::now();
        let mut told = false;
        let mut leases = false;
        loop {
            let tried = if leases { self.try_lease()? } else { self.try_advisory_lock()? };
            let holder = match tried {
                Tried::Taken(exclusion) => {
                    self.exclusion = exclusion;
                    return Ok(());
                }
                Tried::NoAdvisoryLocks => {
                    leases = true;
                    self.make_lease_table()?;
                    continue;
                }
                Tried::HeldBy(holder) => holder,
            };
            if started.elapsed() >= self.lock_wait {
                return Err(BackendError::LockTimeout { holder, waited: self.lock_wait });
            }
            if !std::mem::replace(&mut told, true) {
                waiting(&holder);
            }
            self.interrupt.sleep(pause().min(self.lock_wait.saturating_sub(started.elapsed())))?;
        }
    }

    pub(super) fn release_lock(&mut self) -> Result<(), BackendError> {
        match std::mem::replace(&mut self.exclusion, Exclusion::None) {
            Exclusion::None | Exclusion::Transaction => Ok(()),
            Exclusion::Session => {
                let key = self.lock_key();
                self.client.batch_execute(&format!("SELECT pg_catalog.pg_advisory_unlock({key})"))?;
                // A lock that a file gave back is not there any more, and the server warns of that.
                self.take_notices();
                Ok(())
            }
            Exclusion::Lease(lease) => Ok(self.client.batch_execute(&lease.release())?),
        }
    }

    fn try_lease(&mut self) -> Result<Tried, BackendError> {
        let lease = Lease::new(&self.tables);
        Ok(match self.ask(&lease.take())? {
            Some(holder) if holder.is_empty() => {
                Tried::Taken(Exclusion::Lease(lease.kept(std::sync::Arc::clone(&self.server))))
            }
            Some(holder) => Tried::HeldBy(holder),
            None => Tried::HeldBy("another migrator".to_owned()),
        })
    }

    /// Takes the lock and looks whether it is there. Through a transaction pooler it is taken for a moment only,
    /// to see whether it is free; then every part takes it in its own transaction.
    fn try_advisory_lock(&mut self) -> Result<Tried, BackendError> {
        let (key, pooled) = (self.lock_key(), self.route == Some(Route::TransactionPooler));
        if pooled && let Some(holder) = self.lock_holder()? {
            return Ok(Tried::HeldBy(holder));
        }
        let taken = match pooled {
            true => format!("pg_catalog.pg_try_advisory_xact_lock({key})"),
            // All three functions of the guard, so that one that is forbidden is noticed here.
            false => format!(
                "CASE WHEN NOT pg_catalog.pg_try_advisory_xact_lock({key}) THEN false \
                 WHEN pg_catalog.pg_try_advisory_lock({key}) THEN true ELSE pg_catalog.pg_advisory_unlock({key}) END"
            ),
        };
        let is_ours = self.locks("pg_catalog.pg_backend_pid() = l.pid");
        let question = format!("SELECT {taken}; SELECT EXISTS (SELECT 1 FROM {is_ours})");
        let answers = match self.client.simple_query(&question) {
            Ok(answers) => answers,
            Err(error) if error.code().is_some_and(is_missing) => return Ok(Tried::NoAdvisoryLocks),
            Err(error) => return Err(error.into()),
        };
        let mut flags = answers.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row.get(0) == Some("t")),
            _ => None,
        });
        Ok(match (flags.next(), flags.next()) {
            (Some(true), Some(true)) if pooled => Tried::Taken(Exclusion::Transaction),
            (Some(true), Some(true)) => Tried::Taken(Exclusion::Session),
            (Some(true), _) => Tried::NoAdvisoryLocks,
            _ => Tried::HeldBy(self.lock_holder()?.unwrap_or_else(|| "another migrator".to_owned())),
        })
    }

    /// Who holds the lock, as far as this role may see, and what the server is doing for it: it goes on with the
    /// statement of a program that was killed, and holds its lock meanwhile.
    fn lock_holder(&mut self) -> Result<Option<String>, BackendError> {
        let question = format!(
            "SELECT 'another migrator (pid ' || l.pid || coalesce(', ' || nullif(a.application_name, ''), '') \
             || coalesce(' as ' || a.usename, '') || coalesce(' from ' || pg_catalog.host(a.client_addr), '') \
             || coalesce(', since ' || pg_catalog.to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS TZ'), '') \
             || coalesce(', running `' || {statement} || '`', '') || ')' \
             FROM {locks} LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid LIMIT 1",
            statement = guard::running("a"),
            locks = self.locks("true"),
        );
        self.ask(&question)
    }

    /// The locks of this key for which `condition` holds, to be selected from as `l`.
    /// <https://www.postgresql.org/docs/current/view-pg-locks.html>
    fn locks(&self, condition: &str) -> String {
        let key = self.lock_key();
        format!(
            "(SELECT l.pid FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
             AND l.classid::bigint = {} AND l.objid::bigint = {} AND l.database = (SELECT d.oid FROM \
             pg_catalog.pg_database d WHERE d.datname = current_database()) AND {condition} LIMIT 1) l",
            (key >> 32) & 0xffff_ffff,
            key & 0xffff_ffff
        )
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

/// Is it a function that is not there, or not for us? <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn is_missing(code: &SqlState) -> bool {
    [SqlState::UNDEFINED_FUNCTION, SqlState::INSUFFICIENT_PRIVILEGE, SqlState::FEATURE_NOT_SUPPORTED].contains(code)
}

/// Until the next try: not the same for all who wait, or they would come all at once.
pub(super) fn pause() -> Duration {
    let chance = getrandom::u64().unwrap_or_default() % 100;
    Duration::from_millis(50 + chance)
}

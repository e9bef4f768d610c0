//! The question in front of every part: do we still hold the lock, and is what is applied what the plan was
//! made for? It travels in the message of the part's first statement, and fails where the answer is no, so that
//! nothing of the part runs.

use postgres::error::{DbError, SqlState};

use super::lock::Exclusion;
use super::route::Route;
use super::{PostgresConnection, prepared};
use crate::backend::{BackendError, Expectation};
use crate::sql::Dialect;

const LOCK_LOST: &str = "migrator: lost";
const OVERTAKEN: &str = "migrator: overtaken";

/// Stands between what is sent in front of a part and the part, for whoever looks what this session is doing.
pub(super) const PART: &str = "/* part */ ";

/// The beginning of the statement of a revision that the row `activity` of `pg_stat_activity` says is running, or
/// null: without what we send around it, up to the first thing in quotes, which may be a secret.
/// <https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW>
pub(super) fn running(activity: &str) -> String {
    let mut text = format!("{activity}.query");
    // A text that is cut off before the part is nothing but ours.
    for (pattern, by) in
        [(r"^.*/\* part \*/", ""), ("^(BEGIN; )?RESET SESSION .*$", ""), ("[''$;].*$", ""), (r"\s+", " ")]
    {
        text = format!("pg_catalog.regexp_replace({text}, '{pattern}', '{by}', 'g')");
    }
    format!("CASE WHEN {activity}.state = 'active' THEN pg_catalog.left(nullif(pg_catalog.btrim({text}), ''), 60) END")
}

/// What is to be so when a part begins.
pub(super) struct Expected {
    condition: String,
    /// Asked by parts that are transactions only.
    ledger: Option<String>,
}

impl PostgresConnection {
    pub(super) fn expected(&self, expectation: &Expectation<'_>) -> Expected {
        Expected {
            condition: expectation.condition(&self.tables, Dialect::PostgreSql),
            ledger: expectation.ledger_condition(&self.tables, Dialect::PostgreSql),
        }
    }

    /// The statements that fail if it is not our turn any more.
    ///
    /// First the lock, then what is applied: a statement sees what was committed before it began, so only one
    /// that comes after the lock sees everything that was done under it.
    /// <https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED>
    pub(super) fn guard(&self) -> String {
        let Some(expected) = &self.expected else { return String::new() };
        let mut sql = self.lock_guard();
        // Who holds the lock of a session without a gap has nobody to fear.
        if !(matches!(self.exclusion, Exclusion::Session) && self.route == Some(Route::Direct)) {
            let ledger = expected.ledger.as_ref().filter(|_| self.in_transaction);
            let conditions = [Some(&expected.condition), ledger];
            let refused: Vec<_> =
                conditions.into_iter().flatten().map(|condition| (format!("NOT ({condition})"), OVERTAKEN)).collect();
            sql.push_str(&refuse(&refused));
        }
        sql
    }

    /// The statement that fails if the lock is not ours any more.
    pub(super) fn lock_guard(&self) -> String {
        match &self.exclusion {
            Exclusion::None => String::new(),
            Exclusion::Session if self.prepared.is_ready() => format!("EXECUTE {}guard; ", prepared::PREFIX),
            Exclusion::Session => self.session_guard(),
            Exclusion::Transaction => {
                refuse(&[(format!("NOT pg_catalog.pg_try_advisory_xact_lock({})", self.lock_key()), LOCK_LOST)])
            }
            Exclusion::Lease(lease) => refuse(&[(format!("NOT {}", lease.is_held()), LOCK_LOST)]),
        }
    }

    /// The lock of the session is given back and taken again, which says whether it was held all the time: a
    /// file may have called `pg_advisory_unlock_all()`. The lock of the transaction closes the gap.
    pub(super) fn session_guard(&self) -> String {
        let key = self.lock_key();
        let functions = ["pg_try_advisory_xact_lock", "pg_advisory_unlock", "pg_try_advisory_lock"];
        refuse(&functions.map(|function| (format!("NOT pg_catalog.{function}({key})"), LOCK_LOST)))
    }
}

/// A statement that fails with the word of the first condition that holds. Text that is no number cannot be
/// cast to one: the least that raises an error of our own without a language.
fn refuse(cases: &[(String, &str)]) -> String {
    let whens: Vec<String> = cases.iter().map(|(condition, word)| format!("WHEN {condition} THEN '{word}'")).collect();
    format!("SELECT (CASE {} ELSE '0' END)::pg_catalog.int4; ", whens.join(" "))
}

/// The error behind the server's, if it is one of the guard's.
pub(super) fn refusal(server: &DbError) -> Option<BackendError> {
    if *server.code() == SqlState::INVALID_SQL_STATEMENT_NAME && server.message().contains(prepared::PREFIX) {
        // Somebody took away what we prepared in this session. That is no reason to fail, but to begin again.
        return Some(BackendError::LockLost);
    }
    if *server.code() != SqlState::INVALID_TEXT_REPRESENTATION {
        return None;
    }
    let said = |word: &str| server.message().contains(&format!("\"{word}\""));
    match () {
        () if said(LOCK_LOST) => Some(BackendError::LockLost),
        () if said(OVERTAKEN) => Some(BackendError::Overtaken),
        () => None,
    }
}

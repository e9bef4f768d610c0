//! A revision that failed: what is kept of it, and what to do.

use std::path::PathBuf;

use crate::backend::{BackendError, Blocker};
use crate::script::Direction;
use crate::sql::Position;
use crate::sql::concurrent::concurrent_index;

/// A revision that failed, with its place and what is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionFailure {
    /// The id.
    pub revision: String,
    /// Which way it ran.
    pub direction: Direction,
    /// Its file.
    pub path: PathBuf,
    /// Where in the file; absent if it failed at its commit or bookkeeping.
    pub position: Option<Position>,
    /// The line there.
    pub source_line: Option<String>,
    /// How many characters from there on the error is about.
    pub width: usize,
    /// The statement that failed.
    pub statement: Option<String>,
    /// What the database said.
    pub cause: BackendError,
    /// The revisions of this run that ran before it and are kept, in order.
    pub before: Vec<String>,
    /// Are those surely kept?
    pub before_kept: bool,
    /// The revisions of this run that ran before it and were rolled back with it.
    pub lost: Vec<String>,
    /// Is the revision itself recorded as it should be after the run, although the connection was lost?
    /// Absent if nobody can tell.
    pub committed: Option<bool>,
    /// Is it a statement outside a transaction of which nobody can tell?
    pub unsure_statement: bool,
    /// How many parts of this revision were committed before it failed.
    pub parts_kept: usize,
    /// Did all its parts run, so that only its entry in the version table is missing?
    pub only_unrecorded: bool,
    /// How many statements of the failed part, which has no transaction, ran before.
    pub statements_kept: usize,
    /// How often the failed part was run. More than once only if it was rolled back each time, for a reason
    /// that passes.
    pub attempts: usize,
    /// Who was in the way, as far as that was seen, if it failed for a lock.
    pub blockers: Vec<Blocker>,
}

impl RevisionFailure {
    pub(super) fn fact(&self) -> String {
        match &self.cause {
            BackendError::Interrupted(_) => format!("revision `{}` was interrupted", self.revision),
            cause => format!("revision `{}` failed: {cause}", self.revision),
        }
    }

    /// Was it stopped, with nothing wrong in itself?
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        matches!(self.cause, BackendError::Interrupted(_))
    }

    /// Did it just not come to its end?
    fn is_cut_off(&self) -> bool {
        matches!(self.cause, BackendError::Interrupted(_) | BackendError::ConnectionLost { .. })
    }

    /// What of the revision is kept, and what to do.
    pub(super) fn hint(&self) -> Option<String> {
        let (revision, direction) = (&self.revision, self.direction.as_str());
        let hint = self.cause.hint().filter(|_| !self.is_cut_off());
        let cause = hint.map(|hint| format!("{}\n", hint.trim_end_matches('.'))).unwrap_or_default();
        match self.committed {
            Some(true) => {
                return Some(format!(
                    "{revision} itself is done and recorded; run `migrator {direction}` again to go on"
                ));
            }
            None if self.unsure_statement => {
                return Some(format!(
                    "nobody can tell yet whether this statement ran; `migrator {direction}` looks what can be proven, and \
                     goes on or asks"
                ));
            }
            None => {
                return Some(format!(
                    "nobody can tell whether {revision} was committed: `migrator status` shows it when the database \
                     answers again"
                ));
            }
            Some(false) => {}
        }
        let (fix, fix_from_there) = match self.is_of_others() {
            true => ("", ""),
            false => ("fix the file and ", "fix the file from there on and "),
        };
        let again = |what: &str| format!("run `migrator {direction}` again{what}");
        let told = match self.parts_kept {
            _ if self.only_unrecorded => {
                let again = again("");
                format!("all statements of {revision} ran, but it is not recorded yet; {again}")
            }
            _ if self.statements_kept > 0 => {
                let ran = match self.statements_kept {
                    1 => "its first statement stays".to_owned(),
                    count => format!("its first {count} statements stay"),
                };
                let again = again(": it goes on with the one that failed");
                format!("the part has no transaction, and {ran}; {fix_from_there}{again}")
            }
            _ if self.may_leave_an_index() => {
                let again = again("");
                format!("an index that is not valid may be left; {fix}{again}: it drops that one and builds it anew")
            }
            0 => format!("nothing of {revision} was kept; {fix}{}", again("")),
            parts => {
                let kept = if parts == 1 {
                    "the first part stays".to_owned()
                } else {
                    format!("the first {parts} parts stay")
                };
                let again = again(": it goes on with the part that failed");
                format!("{kept}, the rest of {revision} was rolled back; {fix_from_there}{again}")
            }
        };
        let once =
            "it was tried once: a part is tried again if it is a transaction of its own, and as long as lock_wait\n";
        let once = if self.cause.is_passing() && self.attempts == 1 { once } else { "" };
        Some(format!("{cause}{once}{told}"))
    }

    /// Is the file not to blame? Others were in the way, the server or the disk ran out of something, or somebody
    /// stopped it.
    /// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
    fn is_of_others(&self) -> bool {
        let BackendError::Database(error) = &self.cause else { return self.cause.is_passing() || self.is_cut_off() };
        let class = error.sqlstate.as_deref().and_then(|code| code.get(..2));
        // https://www.sqlite.org/rescode.html
        let disk = ["SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY"];
        self.cause.is_passing()
            || matches!(class, Some("53" | "57" | "58"))
            || error.code.as_deref().is_some_and(|code| disk.contains(&code))
    }

    /// Was it a `CREATE INDEX CONCURRENTLY` that had begun to build?
    /// <https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY>
    fn may_leave_an_index(&self) -> bool {
        let index = self.statement.as_deref().and_then(concurrent_index);
        let refused = match &self.cause {
            // What the server does not understand, or not here, it has not begun.
            BackendError::Database(error) => {
                let code = error.sqlstate.as_deref();
                code.is_none_or(|code| ["0A", "25", "42"].iter().any(|class| code.starts_with(class)))
            }
            BackendError::Interrupted(_) | BackendError::ConnectionLost { .. } => false,
            _ => return false,
        };
        index.is_some_and(|index| index.created) && !refused
    }
}

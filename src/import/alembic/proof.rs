//! The proof: the new files on a scratch database, where they must make what Alembic made of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::Error;
use super::replay::Replay;
use super::snapshot::Snapshot;
use super::way::one_line;
use crate::backend::{BackendError, Connection, Provenance, RunMode, Workshop};
use crate::interrupt::Interrupt;
use crate::migrate::{self, Plan, Resume, Run, Step, execute};
use crate::script::{Direction, Downgrade, Script, Sections};

/// What was shown.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub up: BTreeSet<String>,
    pub down: BTreeSet<String>,
    /// What is not as it should be; the first one ends it.
    pub failure: Option<Failure>,
    /// Tables whose rows have other values than with Alembic.
    pub other_values: BTreeSet<String>,
}

/// A revision that does something else than Alembic's.
#[derive(Debug)]
pub(super) struct Failure {
    pub revision: String,
    pub direction: Direction,
    pub message: String,
}

/// The new files of one database and dialect.
pub(super) struct Trial<'a> {
    pub files: BTreeMap<String, (Script, Sections)>,
    pub replay: &'a Replay,
    pub workshop: &'a Workshop,
    pub interrupt: &'a Interrupt,
}

impl Trial<'_> {
    /// Goes up, down and up again as Alembic did.
    pub fn run(&self) -> Result<Outcome, Error> {
        let mut outcome = Outcome::default();
        let applied = &self.replay.applied;
        let mut scratch = self.scratch()?;
        for id in applied {
            if !self.step(id, Direction::Upgrade, scratch.as_mut(), self.replay.after_up.get(id), &mut outcome)? {
                return Ok(outcome);
            }
        }
        for (below, id) in applied.iter().enumerate().rev() {
            if self.replay.anew.contains(id) {
                scratch = self.scratch()?;
                for id in &applied[..below] {
                    if !self.step(id, Direction::Upgrade, scratch.as_mut(), None, &mut outcome)? {
                        return Ok(outcome);
                    }
                }
            } else if !self.step(
                id,
                Direction::Downgrade,
                scratch.as_mut(),
                self.replay.after_down.get(id),
                &mut outcome,
            )? {
                return Ok(outcome);
            }
        }
        if let Some(again) = &self.replay.again {
            for id in applied {
                let wanted = (Some(id) == applied.last()).then_some(again);
                if !self.step(id, Direction::Upgrade, scratch.as_mut(), wanted, &mut outcome)? {
                    return Ok(outcome);
                }
            }
        }
        Ok(outcome)
    }

    fn scratch(&self) -> Result<Box<dyn Connection>, Error> {
        let mut scratch = self.workshop.empty()?;
        scratch.ensure_version_table()?;
        Ok(scratch)
    }

    /// Runs one way of a revision, and says whether it did what it should.
    fn step(
        &self,
        id: &str,
        direction: Direction,
        scratch: &mut dyn Connection,
        wanted: Option<&Snapshot>,
        outcome: &mut Outcome,
    ) -> Result<bool, Error> {
        let fail = |outcome: &mut Outcome, message: String| {
            outcome.failure = Some(Failure { revision: id.to_owned(), direction, message });
            Ok(false)
        };
        if let Err(message) = self.execute(id, direction, scratch)? {
            return fail(outcome, message);
        }
        if let Some(wanted) = wanted {
            let found = Snapshot::read(scratch)?;
            let differences = found.differences(wanted);
            if !differences.is_empty() {
                const SHOWN: usize = 5;
                let shown: Vec<String> = differences.iter().take(SHOWN).map(|line| one_line(line)).collect();
                return fail(outcome, format!("the schema is not what Alembic makes: {}", shown.join("; ")));
            }
            outcome.other_values.extend(found.other_values(wanted));
        }
        match direction {
            Direction::Upgrade => outcome.up.insert(id.to_owned()),
            Direction::Downgrade => outcome.down.insert(id.to_owned()),
        };
        Ok(true)
    }

    /// Runs it with the executor of every run; the inner error is the database's answer.
    fn execute(
        &self,
        id: &str,
        direction: Direction,
        scratch: &mut dyn Connection,
    ) -> Result<Result<(), String>, Error> {
        let Some((script, sections)) = self.files.get(id) else { return Ok(Err("it has no file".to_owned())) };
        let parts = match (direction, &sections.downgrade) {
            (Direction::Upgrade, _) => &sections.upgrade[..],
            (Direction::Downgrade, Downgrade::Parts(parts)) => parts,
            (Direction::Downgrade, _) => &[],
        };
        let step = Step { direction, script, sections, parts, needs: Vec::new(), resume: Resume::default() };
        let plan = Plan {
            direction,
            steps: vec![step],
            heads_before: Vec::new(),
            heads_after: Vec::new(),
            beyond_branch: Vec::new(),
        };
        let provenance = Provenance { applied_by: None, migrator_version: env!("CARGO_PKG_VERSION").to_owned() };
        let run = Run {
            mode: RunMode::PerRevision,
            dialect: scratch.dialect(),
            provenance: &provenance,
            timed: false,
            lock_wait: Duration::ZERO,
            lock_timeout: Duration::ZERO,
            interrupt: self.interrupt,
        };
        match execute(&plan, scratch, &run, &mut |_| {}) {
            Ok(_) => Ok(Ok(())),
            Err(migrate::Error::Revision(failure)) if matches!(failure.cause, BackendError::Interrupted(_)) => {
                Err(failure.cause.into())
            }
            Err(migrate::Error::Revision(failure)) => {
                let statement = failure.statement.map(|sql| format!(" in `{}`", one_line(&sql))).unwrap_or_default();
                Ok(Err(format!("{}{statement}", failure.cause)))
            }
            Err(other) => Err(other.into()),
        }
    }
}

//! How far a step is, and what is done and told where it fails.

use super::execute::Run;
use super::place::{line_at, named_in, token_width};
use super::{Error, RevisionFailure, Step, StepReport};
use crate::backend::{Action, BackendError, Blocker, Elapsed, LogEntry, Record, RunMode, Sink, VersionChange};
use crate::script::{Direction, Part, PartMode};
use crate::sql::Statement;
use crate::sql::position::position_at;

/// Where a step is.
pub(super) struct Progress<'s, 'p> {
    pub(super) step: &'s Step<'p>,
    /// The part that runs, with its number from 1.
    pub(super) part: Option<(usize, &'p Part)>,
    pub(super) statement: Option<Statement>,
    /// The last statement of the part, which may be sent only with its commit.
    pub(super) last_statement: Option<Statement>,
    pub(super) parts_kept: usize,
    /// Statements of a part without a transaction that ran before it failed.
    pub(super) statements_kept: usize,
    /// How often the part was begun.
    pub(super) attempts: usize,
    /// Who was in its way when it last failed and that was seen.
    pub(super) blockers: Vec<Blocker>,
}

impl Progress<'_, '_> {
    /// The statement that `cause` is about, where the sink lags or not.
    pub(super) fn failed_statement(&self, cause: &BackendError, lags: bool) -> Option<&Statement> {
        let late = lags || matches!(cause, BackendError::Database(error) if error.of_last_statement);
        let (now, last) = (self.statement.as_ref(), self.last_statement.as_ref());
        if late { last.or(now) } else { now }
    }
}

/// Rolls back what is open, logs the failure, keeps what was committed, and gives the error to tell.
pub(super) fn fail(
    progress: &Progress<'_, '_>,
    sink: &mut dyn Sink,
    run: &Run<'_>,
    cause: BackendError,
    done: Vec<StepReport>,
) -> Error {
    let step = progress.step;
    let revision = step.script.id();
    // What follows a failure is done as far as the database still answers; the cause is the error to tell.
    sink.heed_interrupt(false);
    let lags = sink.lags();
    let rolled_back = sink.rollback();
    let action = match step.direction {
        Direction::Upgrade => Action::UpgradeFailed,
        Direction::Downgrade => Action::DowngradeFailed,
    };
    let detail = cause.to_string();
    let log = LogEntry { action, duration: Elapsed::Unknown, detail: Some(&detail), provenance: run.provenance };
    // That it failed is worth a line whatever others do meanwhile.
    sink.expect(None);
    let logged = match rolled_back {
        // Nothing of the revision was tried.
        Ok(()) if cause.is_overtaken() => Ok(()),
        rolled_back => rolled_back
            .and_then(|()| sink.begin(PartMode::Transaction))
            .and_then(|()| sink.record(&Record { change: VersionChange::None(revision), log, settles: false }))
            .and_then(|()| sink.commit(true))
            .or_else(|_| sink.rollback()),
    };
    let kept = sink.finish().is_ok() && logged.is_ok();
    let single = run.mode == RunMode::Single;
    let text = step.script.text();
    let statement = progress.failed_statement(&cause, lags);
    let place = statement.map(|statement| {
        let offset = match &cause {
            BackendError::Database(error) => {
                error.offset.unwrap_or_else(|| named_in(&error.message, &text[statement.span.clone()]))
            }
            _ => 0,
        };
        (statement.span.start + offset).min(statement.span.end)
    });
    Error::Revision(Box::new(RevisionFailure {
        revision: revision.to_owned(),
        direction: step.direction,
        path: step.script.path.clone(),
        position: place.map(|offset| position_at(text, offset)),
        source_line: place.map(|offset| line_at(text, offset)),
        width: place.map_or(1, |offset| token_width(&text[offset..])),
        statement: statement.map(|statement| text[statement.span.clone()].to_owned()),
        before: done.into_iter().map(|step| step.revision).collect(),
        lost: Vec::new(),
        before_kept: kept,
        committed: Some(false),
        unsure_statement: false,
        only_unrecorded: !single && progress.part.is_none() && progress.parts_kept > 0,
        parts_kept: if single { 0 } else { progress.parts_kept },
        statements_kept: progress.statements_kept,
        attempts: progress.attempts,
        blockers: if cause.is_passing() { progress.blockers.clone() } else { Vec::new() },
        cause,
    }))
}

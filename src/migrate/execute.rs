//! The one run loop: online, and for `--sql`.

use std::time::{Duration, Instant};

use super::back_off::BackOff;
use super::plan::refuse_parts_outside;
use super::progress::{Progress, fail};
use super::stamp::version_row;
use super::{Error, Event, Plan, Step, StepReport};
use crate::backend::{
    Action, BackendError, Elapsed, Expectation, LedgerNote, LedgerState, LogEntry, Provenance, Record, RunMode, Sink,
    SqlStatement, VersionChange,
};
use crate::config::TransactionMode;
use crate::interrupt::Interrupt;
use crate::script::{Checksum, Direction, Part, PartMode};
use crate::sql::repeat::is_for_session;
use crate::sql::{Dialect, Piece, Splitter, Statement, StatementKind};

/// How a plan is run.
#[derive(Debug)]
pub struct Run<'a> {
    /// How much commits together.
    pub mode: RunMode,
    /// The dialect of the sink.
    pub dialect: Dialect,
    /// Who runs.
    pub provenance: &'a Provenance,
    /// Does it happen now, so that durations mean something?
    pub timed: bool,
    /// For how long a part is tried again, from its first failure on.
    pub lock_wait: Duration,
    /// How long a statement waits for a lock, if its file does not say.
    pub lock_timeout: Duration,
    /// What stops it between two statements.
    pub interrupt: &'a Interrupt,
}

/// How much of a run commits together, by the configuration's word for it.
pub(super) fn run_mode(mode: TransactionMode) -> RunMode {
    match mode {
        TransactionMode::PerRevision => RunMode::PerRevision,
        TransactionMode::Single => RunMode::Single,
    }
}

/// Sends every step of `plan` to `sink`: for each part its statements, and with the last part the version
/// row and the log's line in the same transaction.
///
/// # Errors
/// [`Error::Revision`] for a revision that failed; it is rolled back, logged, and the ones before it stay.
pub fn execute(
    plan: &Plan<'_>,
    sink: &mut dyn Sink,
    run: &Run<'_>,
    observe: &mut dyn FnMut(Event<'_>),
) -> Result<Vec<StepReport>, Error> {
    if run.mode == RunMode::Single {
        refuse_parts_outside(plan)?;
    }
    sink.start(run.mode)?;
    let mut done: Vec<StepReport> = Vec::with_capacity(plan.steps.len());
    let total = plan.steps.len();
    for (index, step) in plan.steps.iter().enumerate() {
        let (revision, message) = (step.script.id(), step.script.header.message.as_str());
        let direction = step.direction;
        observe(Event::StepStarted { index, total, revision, message, direction });
        sink.announce(&format!("{} {revision}: {message}", direction.as_str()));
        let mut progress = Progress {
            step,
            part: None,
            statement: None,
            last_statement: None,
            parts_kept: 0,
            statements_kept: 0,
            attempts: 0,
            blockers: Vec::new(),
        };
        match run_step(&mut progress, sink, run, index + 1 == total, observe) {
            Ok(duration) => {
                observe(Event::StepFinished { index, total, revision, message, direction, duration });
                done.push(StepReport {
                    revision: revision.to_owned(),
                    message: message.to_owned(),
                    direction,
                    duration,
                });
            }
            Err(cause) => {
                let statement = progress.statement.as_ref().or(progress.last_statement.as_ref());
                let line = statement.map_or(1, |statement| statement.position.line);
                if !cause.is_overtaken() {
                    tell_notices(sink, revision, line, observe);
                }
                return Err(fail(&progress, sink, run, cause, done));
            }
        }
    }
    sink.finish().map_err(|cause| Error::RunLost { cause, steps: total, committed: Some(false) })?;
    Ok(done)
}

fn run_step(
    progress: &mut Progress<'_, '_>,
    sink: &mut dyn Sink,
    run: &Run<'_>,
    last: bool,
    observe: &mut dyn FnMut(Event<'_>),
) -> Result<Duration, BackendError> {
    let started = Instant::now();
    let step = progress.step;
    let mut recorded = false;
    run.interrupt.check()?;
    let tracked = is_tracked(step);
    let expectation = Expectation {
        revision: step.script.id(),
        is_applied: step.direction == Direction::Downgrade,
        applied: &step.needs,
        part: None,
    };
    sink.set_lock_timeout(step.script.header.lock_timeout);
    for (number, part) in (1..).zip(step.parts) {
        progress.part = Some((number, part));
        if step.resume.parts_done >= number {
            progress.parts_kept += 1;
            continue;
        }
        let is_transaction = part.mode != PartMode::NoTransaction;
        let part_expected = (tracked && is_transaction).then_some(number);
        sink.expect(Some(&Expectation { part: part_expected, ..expectation }));
        let with_record = number == step.parts.len() && is_transaction;
        with_retries(progress, sink, run, is_transaction, observe, |progress, sink, observe| {
            sink.begin(part.mode)?;
            run_statements(progress, sink, run, observe)?;
            if with_record {
                record(step, sink, run, started.elapsed())?;
            } else if tracked && is_transaction {
                let text = &step.script.text()[part.span.clone()];
                sink.note(&note(step.script.id(), step.direction, number, 0, text, LedgerState::Done))?;
            }
            sink.commit(last && with_record)
        })?;
        recorded |= with_record;
        // A commit can run deferred triggers, which may have something to say.
        let line = progress.last_statement.as_ref().map_or(1, |statement| statement.position.line);
        tell_notices(sink, step.script.id(), line, observe);
        progress.parts_kept += 1;
        progress.statements_kept = 0;
    }
    if !recorded {
        progress.part = None;
        progress.last_statement = None;
        sink.expect(Some(&expectation));
        with_retries(progress, sink, run, true, observe, |_, sink, _| {
            sink.begin(PartMode::Transaction)?;
            record(step, sink, run, started.elapsed())?;
            sink.commit(last)
        })?;
    }
    Ok(started.elapsed())
}

/// Makes one part happen by `attempt`, which is made again after each failure for a reason that passes.
///
/// Only what was rolled back whole can be run again: `is_transaction`, and a transaction of its own.
fn with_retries<'s, 'p>(
    progress: &mut Progress<'s, 'p>,
    sink: &mut dyn Sink,
    run: &Run<'_>,
    is_transaction: bool,
    observe: &mut dyn FnMut(Event<'_>),
    attempt: impl Fn(&mut Progress<'s, 'p>, &mut dyn Sink, &mut dyn FnMut(Event<'_>)) -> Result<(), BackendError>,
) -> Result<(), BackendError> {
    let header = &progress.step.script.header;
    let rolls_back = is_transaction && run.mode == RunMode::PerRevision;
    let lock_timeout = header.lock_timeout.unwrap_or(run.lock_timeout);
    let mut back_off = BackOff::new(run.lock_wait);
    progress.attempts = 0;
    progress.blockers.clear();
    loop {
        progress.attempts += 1;
        let result = attempt(progress, sink, observe);
        let blockers = sink.take_blockers();
        let Err(cause) = result else { return Ok(()) };
        if !blockers.is_empty() {
            progress.blockers = blockers;
        }
        if !rolls_back || !cause.is_passing() {
            return Err(cause);
        }
        let next = back_off.next(if cause.is_lock_timeout() { lock_timeout } else { Duration::ZERO });
        // If the roll-back fails as well, there is nothing to try again; the cause is the error to tell.
        sink.heed_interrupt(false);
        let rolled_back = sink.rollback();
        sink.heed_interrupt(true);
        let Some(pause) = next.filter(|_| rolled_back.is_ok()) else { return Err(cause) };
        let line = progress.failed_statement(&cause, false).map(|statement| statement.position.line);
        let (revision, blockers) = (header.revision.id.as_str(), progress.blockers.as_slice());
        observe(Event::Retrying { revision, line, cause: &cause, blockers, pause });
        (progress.statement, progress.last_statement) = (None, None);
        run.interrupt.sleep(pause)?;
    }
}

fn run_statements(
    progress: &mut Progress<'_, '_>,
    sink: &mut dyn Sink,
    run: &Run<'_>,
    observe: &mut dyn FnMut(Event<'_>),
) -> Result<(), BackendError> {
    let Some((part_number, part)) = progress.part else { return Ok(()) };
    let (step, text) = (progress.step, progress.step.script.text());
    let skipped = if step.resume.parts_done + 1 == part_number { step.resume.statements_done } else { 0 };
    for (number, statement) in (1..).zip(statements_of(text, part, run.dialect)) {
        let is_done = number <= skipped;
        progress.statements_kept += usize::from(is_done);
        // This session lacks what the one that was cut off was told.
        let noted = part.mode == PartMode::NoTransaction && !is_done;
        if is_done && !is_for_session(&text[statement.span.clone()]) {
            continue;
        }
        run.interrupt.check()?;
        let copy_data = match &statement.kind {
            StatementKind::CopyFromStdin { data } => Some(&text[data.clone()]),
            StatementKind::Plain | StatementKind::TransactionControl => None,
        };
        let sql = SqlStatement { text: &text[statement.span.clone()], copy_data };
        let line = statement.position.line;
        progress.last_statement = progress.statement.replace(statement);
        if noted {
            sink.note(&note(step.script.id(), step.direction, part_number, number, sql.text, LedgerState::Begun))?;
        }
        let result = sink.statement(sql);
        if !result.as_ref().is_err_and(BackendError::is_overtaken) {
            tell_notices(sink, step.script.id(), line, observe);
        }
        if noted {
            note_result(&result, step, part_number, number, sql, sink)?;
        }
        result?;
        if noted {
            progress.statements_kept += 1;
        }
    }
    progress.last_statement = progress.statement.take();
    Ok(())
}

/// Writes how a statement outside a transaction ended; of a lost connection nobody knows.
fn note_result(
    result: &Result<(), BackendError>,
    step: &Step<'_>,
    part: usize,
    number: usize,
    sql: SqlStatement<'_>,
    sink: &mut dyn Sink,
) -> Result<(), BackendError> {
    let write = |state| note(step.script.id(), step.direction, part, number, sql.text, state);
    match result {
        Ok(()) => sink.note(&write(LedgerState::Done)),
        Err(BackendError::ConnectionLost { .. }) => Ok(()),
        Err(_) => {
            // The statement's error is the one to tell.
            let _ = sink.note(&write(LedgerState::Failed));
            Ok(())
        }
    }
}

/// Does this revision commit in more than one piece, so that the ledger has to say how far it got?
fn is_tracked(step: &Step<'_>) -> bool {
    step.parts.len() > 1 || step.parts.iter().any(|part| part.mode == PartMode::NoTransaction)
}

/// A line of the ledger about `text`, which is a statement or (statement 0) a whole part.
pub(super) fn note<'a>(
    revision: &'a str,
    direction: Direction,
    part: usize,
    statement: usize,
    text: &str,
    state: LedgerState,
) -> LedgerNote<'a> {
    LedgerNote { revision, direction, part, statement, checksum: Checksum::of([text.trim()]), state }
}

/// The statements of a part.
///
/// The file was split before anything ran, so neither an error nor a marker can come up here. The splitter
/// counts lines from where it starts, so it starts at the part and stops at its end.
pub(super) fn statements_of<'t>(
    text: &'t str,
    part: &Part,
    dialect: Dialect,
) -> impl Iterator<Item = Statement> + use<'t> {
    Splitter::new(&text[..part.span.end], part.span.start, dialect).filter_map(|piece| match piece {
        Ok(Piece::Statement(statement)) => Some(statement),
        _ => None,
    })
}

fn tell_notices(sink: &mut dyn Sink, revision: &str, line: u32, observe: &mut dyn FnMut(Event<'_>)) {
    let (notices, dropped) = sink.take_notices();
    for notice in &notices {
        observe(Event::Notice { revision, line, notice });
    }
    if dropped > 0 {
        observe(Event::NoticesDropped { revision, count: dropped });
    }
}

fn record(step: &Step<'_>, sink: &mut dyn Sink, run: &Run<'_>, duration: Duration) -> Result<(), BackendError> {
    let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let duration = if run.timed { Elapsed::Milliseconds(milliseconds) } else { Elapsed::Unknown };
    let texts;
    let (change, action) = match step.direction {
        Direction::Upgrade => {
            texts = step.sections.kept_texts(step.script.text());
            (VersionChange::Insert(version_row(step.script, step.sections, &texts)), Action::Upgrade)
        }
        Direction::Downgrade => (VersionChange::Delete(step.script.id()), Action::Downgrade),
    };
    let log = LogEntry { action, duration, detail: None, provenance: run.provenance };
    sink.record(&Record { change, log, settles: is_tracked(step) })
}

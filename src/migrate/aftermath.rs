//! What is true after a run that failed, asked of the database.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::execute::{Run, execute, run_mode};
use super::{Database, Error, Plan, RevisionFailure, wait_for_server};
use crate::backend::{BackendError, Connection, LedgerEntry, LedgerState, Outcome, Recorded, RunMode};
use crate::interrupt::Interrupt;
use crate::script::Direction;

/// How much work is done again, so that an interrupt does not take it along.
const SOON_DONE_AGAIN: Duration = Duration::from_secs(10);

/// `error` of a run of `plan`, whose finished revisions took `took`, together with what is kept.
pub(super) fn tell(error: Error, plan: &Plan<'_>, took: Duration, database: &mut Database<'_>) -> Error {
    match error {
        Error::Revision(failure) => {
            let failure = read_back(*failure, database);
            let failure = if took < SOON_DONE_AGAIN { do_again(failure, plan, database) } else { failure };
            Error::Revision(Box::new(failure))
        }
        Error::RunLost { cause: cause @ BackendError::ConnectionLost { .. }, steps, .. } => {
            let is_done = |recorded: &Recorded| plan.steps.iter().all(|step| is_done(recorded, step));
            let committed = ask_elsewhere(database, |other| Ok(is_done(&other.recorded()?)));
            Error::RunLost { cause, steps, committed }
        }
        other => other,
    }
}

/// `error` of a change of what is recorded, together with whether it was made, which `is_made` can see.
pub(super) fn tell_of_change(
    error: Error,
    database: &Database<'_>,
    is_made: impl Fn(&mut dyn Connection) -> Result<bool, BackendError>,
) -> Error {
    match error {
        Error::Backend(cause @ BackendError::ConnectionLost { .. }) => {
            let committed = ask_elsewhere(database, is_made);
            Error::ChangeLost { cause, committed }
        }
        other => other,
    }
}

fn is_done(recorded: &Recorded, step: &super::Step<'_>) -> bool {
    recorded.row(step.script.id()).is_some() == (step.direction == Direction::Upgrade)
}

/// What is kept is asked of the database: a statement such as SQLite's INSERT OR ROLLBACK takes the revisions
/// before it with it, and of a connection that was lost at a commit nobody knows.
fn read_back(mut failure: RevisionFailure, database: &mut Database<'_>) -> RevisionFailure {
    let answer = database.connection.recorded();
    let lost = matches!(answer, Err(BackendError::ConnectionLost { .. }));
    let answer = match answer {
        Ok(recorded) => Some((recorded, Outcome::Unknown)),
        Err(_) if lost => ask_elsewhere(database, |other| {
            let statement = failure.statement.as_deref();
            let outcome = statement.map_or(Ok(Outcome::Unknown), |statement| other.outcome(statement))?;
            Ok((other.recorded()?, outcome))
        }),
        Err(_) => None,
    };
    let Some((recorded, outcome)) = answer else {
        failure.before_kept = false;
        failure.committed = None;
        return failure;
    };
    let applied: HashSet<&str> = recorded.applied.iter().map(|row| row.revision.as_str()).collect();
    let is_as_wanted = |id: &str| applied.contains(id) == (failure.direction == Direction::Upgrade);
    // What was cancelled may have been committed just before.
    let committed = (lost || failure.is_interrupted()) && is_as_wanted(&failure.revision);
    let (before, rolled_back) = std::mem::take(&mut failure.before).into_iter().partition(|id| is_as_wanted(id));
    failure = RevisionFailure { before, lost: rolled_back, before_kept: true, committed: Some(committed), ..failure };
    if lost && !committed {
        read_ledger(&mut failure, &recorded.ledger, &outcome);
    }
    failure
}

/// How far a revision got whose connection was lost, and what became of the statement it was lost at.
fn read_ledger(failure: &mut RevisionFailure, ledger: &[LedgerEntry], outcome: &Outcome) {
    let entries = || ledger.iter().filter(|entry| entry.revision == failure.revision);
    let whole_parts = entries().filter(|entry| entry.statement == 0).map(|entry| entry.part).max().unwrap_or(0);
    let done = |entry: &&LedgerEntry| entry.statement > 0 && entry.state == LedgerState::Done;
    let statements_done = entries().filter(|entry| entry.part > whole_parts).filter(done).count();
    let unsure = entries().any(|entry| entry.state == LedgerState::Begun);
    failure.parts_kept = failure.parts_kept.max(whole_parts);
    if unsure {
        // A statement outside a transaction is its own commit.
        failure.unsure_statement = *outcome == Outcome::Unknown;
        failure.committed = if failure.unsure_statement { None } else { Some(false) };
        failure.statements_kept = statements_done + usize::from(*outcome == Outcome::Finished);
    }
}

/// The answer to `question` on a new connection. Whoever gets the run's lock knows that the lost session has ended,
/// and with it whatever it was doing; and the rows travel in the transactions that they speak of, so what they say
/// then is final. Asking `pg_xact_status` could say no more, and needs an id that is seen only by those who send a
/// transaction in more than one message.
///
/// A server that starts again after a crash is waited for as long as for the lock.
fn ask_elsewhere<T>(
    database: &Database<'_>,
    question: impl Fn(&mut dyn Connection) -> Result<T, BackendError>,
) -> Option<T> {
    let config = database.project.config();
    let started = Instant::now();
    loop {
        let left = config.lock_wait.saturating_sub(started.elapsed());
        wait_for_server(config, left, &mut |_| {}).ok()?;
        match ask_once(database, &question) {
            Ok(answer) => return Some(answer),
            // The server may have let us in and gone down again.
            Err(Error::Backend(BackendError::ConnectionLost { .. })) if !left.is_zero() => {}
            Err(_) => return None,
        }
    }
}

fn ask_once<T>(
    database: &Database<'_>,
    question: impl Fn(&mut dyn Connection) -> Result<T, BackendError>,
) -> Result<T, Error> {
    let mut other = database.project.connect()?.connection;
    other.heed_interrupt(false);
    other.lock(&mut |_| {})?;
    Ok(question(other.as_mut())?)
}

/// On SQLite an interrupt ends the transaction of the whole run if it meets a statement that writes:
/// <https://www.sqlite.org/c3ref/interrupt.html>. The revisions before that one were not to go with it, so they are
/// done again.
fn do_again(failure: RevisionFailure, plan: &Plan<'_>, database: &mut Database<'_>) -> RevisionFailure {
    let mode = run_mode(database.project.config().transaction);
    if !failure.is_interrupted() || failure.lost.is_empty() || mode == RunMode::Single {
        return failure;
    }
    let steps = plan.steps.iter().filter(|step| failure.lost.iter().any(|id| id == step.script.id()));
    let again = Plan {
        steps: steps.cloned().collect(),
        heads_before: Vec::new(),
        heads_after: Vec::new(),
        beyond_branch: Vec::new(),
        direction: plan.direction,
    };
    let provenance = database.project.provenance();
    let run = Run {
        mode,
        dialect: database.connection.dialect(),
        provenance: &provenance,
        timed: true,
        lock_wait: Duration::ZERO,
        lock_timeout: Duration::ZERO,
        interrupt: &Interrupt::new(),
    };
    // Somebody else may have come in meanwhile; then it fails as it should.
    match execute(&again, database.connection.as_mut(), &run, &mut |_| {}) {
        Ok(_) => {
            let mut before = failure.before;
            before.extend(failure.lost);
            RevisionFailure { before, lost: Vec::new(), ..failure }
        }
        Err(_) => failure,
    }
}

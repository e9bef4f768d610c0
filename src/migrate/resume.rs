//! Going on with a revision that was interrupted.

use super::execute::statements_of;
use super::plan::Resume;
use super::{Applied, Error, Plan, Step};
use crate::backend::{Connection, LedgerEntry, LedgerState, Outcome, SqlStatement};
use crate::script::{Checksum, PartMode};
use crate::sql::repeat::is_for_session;
use crate::sql::{Dialect, Statement, StatementKind};

/// What the ledger says of the first revision of `plan`, checked against its file and the database.
///
/// What can be proven decides: an index that exists and is valid was built, one that is not valid is dropped
/// and built again. What cannot be proven stops the run.
///
/// # Errors
/// [`Error::Interrupted`] if another revision was interrupted, if what ran already has changed since, or if
/// nobody can tell whether a statement ran.
pub(super) fn prepare(plan: &mut Plan<'_>, applied: &Applied, connection: &mut dyn Connection) -> Result<(), Error> {
    let Some(first) = applied.ledger.first() else { return Ok(()) };
    let last = applied.ledger.iter().rfind(|entry| entry.revision == first.revision).unwrap_or(first);
    let step = plan
        .steps
        .first_mut()
        .filter(|step| step.script.id() == first.revision && step.direction == first.direction)
        .ok_or_else(|| Error::interrupted(last, None, "this run would leave it half done"))?;
    let resume = examine(step, &applied.ledger, connection)?;
    step.resume = resume;
    Ok(())
}

fn examine(step: &Step<'_>, ledger: &[LedgerEntry], connection: &mut dyn Connection) -> Result<Resume, Error> {
    let text = step.script.text();
    let mut resume = Resume::default();
    for (number, part) in (1..).zip(step.parts) {
        let entries: Vec<&LedgerEntry> = ledger.iter().filter(|entry| entry.part == number).collect();
        if part.mode != PartMode::NoTransaction {
            let Some(entry) = entries.first() else { return Ok(resume) };
            let same = entry.checksum == Some(Checksum::of([text[part.span.clone()].trim()]));
            if !same || entry.statement != 0 {
                return Err(Error::interrupted(entry, Some(step), "this part ran, and has changed since"));
            }
            resume.parts_done = number;
            continue;
        }
        let mut all = true;
        for (statement_number, statement) in (1..).zip(statements_of(text, part, connection.dialect())) {
            let Some(entry) = entries.iter().find(|entry| entry.statement == statement_number) else {
                all = false;
                break;
            };
            let sql = &text[statement.span.clone()];
            if !is_done(entry, sql, &statement, step, connection)? {
                all = false;
                break;
            }
            resume.statements_done = statement_number;
            // What is looked for behind it is looked for as the file would find it.
            if connection.dialect() == Dialect::PostgreSql && is_for_session(sql) {
                connection.statement(SqlStatement { text: sql, copy_data: None })?;
            }
        }
        if !all || entries.is_empty() {
            return Ok(resume);
        }
        resume = Resume { parts_done: number, statements_done: 0 };
    }
    Ok(resume)
}

/// Has this statement done its work? Makes room for it if it has to run again.
fn is_done(
    entry: &LedgerEntry,
    sql: &str,
    statement: &Statement,
    step: &Step<'_>,
    connection: &mut dyn Connection,
) -> Result<bool, Error> {
    let same = entry.checksum == Some(Checksum::of([sql.trim()]));
    let position = statement.position;
    match entry.state {
        LedgerState::Done if same => return Ok(true),
        LedgerState::Done => {
            return Err(Error::interrupted_at(entry, step, position, "this statement ran, and has changed since"));
        }
        LedgerState::Begun if !same => {
            return Err(Error::interrupted_at(
                entry,
                step,
                position,
                "this statement may have run, and has changed since",
            ));
        }
        LedgerState::Begun | LedgerState::Failed => {}
    }
    if statement.kind == StatementKind::TransactionControl {
        return Ok(ends_transaction(sql));
    }
    match connection.outcome(sql)? {
        Outcome::Finished if entry.state == LedgerState::Begun => Ok(true),
        Outcome::InvalidIndex(name) => {
            let drop = match connection.dialect() {
                Dialect::PostgreSql => format!("DROP INDEX CONCURRENTLY {name}"),
                Dialect::Sqlite => format!("DROP INDEX {name}"),
            };
            connection.statement(SqlStatement { text: &drop, copy_data: None })?;
            Ok(false)
        }
        Outcome::Unknown if entry.state == LedgerState::Begun => {
            Err(Error::interrupted_at(entry, step, position, "nobody can tell whether this statement ran"))
        }
        Outcome::Finished | Outcome::RunAgain | Outcome::Unknown => Ok(false),
    }
}

/// The lines about the statements of a file's own transaction are part of that transaction. So one that says
/// no more than that the COMMIT was begun can only be read if it was committed, and one that says so of the
/// BEGIN only if nothing behind it was.
fn ends_transaction(sql: &str) -> bool {
    let first = sql.split_whitespace().next().unwrap_or_default();
    first.eq_ignore_ascii_case("commit") || first.eq_ignore_ascii_case("end")
}

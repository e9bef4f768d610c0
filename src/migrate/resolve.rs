//! Resolving: saying how far a revision got that was interrupted.

use super::execute::{note, statements_of};
use super::stamp::version_row;
use super::{Applied, Database, Error};
use crate::backend::{
    Action, BackendError, Elapsed, Expectation, LedgerEntry, LedgerState, LogEntry, Provenance, Record, RunMode,
    VersionChange,
};
use crate::revision::{Node, Target};
use crate::script::{Direction, Downgrade, Part, PartMode};

/// How an interrupted revision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// All of it is there.
    Applied,
    /// Nothing of it is there.
    Pending,
    /// The interrupted part still has to run from this statement on, counted from 1.
    ResumeFrom(usize),
}

pub(super) fn run(database: &mut Database<'_>, revision: &Target, resolution: Resolution) -> Result<String, Error> {
    database.locked(&mut |_| {}, |database, _| {
        let project = database.project;
        let applied = database.applied()?;
        let node = project.graph().resolve_one(revision, &applied.nodes)?;
        let node = node.ok_or_else(|| Error::NothingToResolve { revision: revision.to_string() })?;
        let id = project.graph().id(node).to_owned();
        let ledger: Vec<&LedgerEntry> = applied.ledger.iter().filter(|entry| entry.revision == id).collect();
        let Some(last) = ledger.last() else { return Err(Error::NothingToResolve { revision: id }) };
        let provenance = project.provenance();
        database.connection.ensure_version_table()?;
        database.connection.start(RunMode::PerRevision)?;
        let is_applied = applied.nodes.contains(node);
        let expectation = Expectation { revision: &id, is_applied, applied: &[], part: None };
        database.connection.expect(Some(&expectation));
        database.connection.begin(PartMode::Transaction)?;
        let settled = settle(database, node, last, &applied, resolution, &provenance);
        let settled = settled.and_then(|()| Ok(database.connection.commit(true)?));
        if let Err(error) = settled {
            database.connection.heed_interrupt(false);
            database.connection.rollback()?;
            return Err(error);
        }
        Ok(id)
    })
}

fn settle(
    database: &mut Database<'_>,
    node: Node,
    last: &LedgerEntry,
    applied: &Applied,
    resolution: Resolution,
    provenance: &Provenance,
) -> Result<(), Error> {
    let project = database.project;
    let (script, sections) = (project.scripts().script(node), &project.sections()?[node]);
    let texts = sections.kept_texts(script.text());
    let change = match (resolution, last.direction) {
        (Resolution::Applied, Direction::Upgrade) => VersionChange::Insert(version_row(script, sections, &texts)),
        (Resolution::Pending, Direction::Downgrade) if applied.nodes.contains(node) => {
            VersionChange::Delete(script.id())
        }
        _ => VersionChange::None(script.id()),
    };
    let detail = format!("{} {resolution:?}", last.direction.as_str());
    let log = LogEntry { action: Action::Resolve, duration: Elapsed::Unknown, detail: Some(&detail), provenance };
    let dialect = database.connection.dialect();
    let sink = database.connection.as_mut();
    sink.record(&Record { change, log, settles: true })?;
    let Resolution::ResumeFrom(first) = resolution else { return Ok(()) };
    let parts: &[Part] = match (last.direction, &sections.downgrade) {
        (Direction::Upgrade, _) => &sections.upgrade,
        (Direction::Downgrade, Downgrade::Parts(parts)) => parts,
        (Direction::Downgrade, _) => &[],
    };
    for (number, part) in (1..).zip(parts).take_while(|(number, _)| *number <= last.part) {
        let text = script.text();
        let mut done = |statement: usize, text: &str| -> Result<(), BackendError> {
            sink.note(&note(script.id(), last.direction, number, statement, text, LedgerState::Done))
        };
        if part.mode != PartMode::NoTransaction {
            if number < last.part {
                done(0, &text[part.span.clone()])?;
            }
            continue;
        }
        let statements: Vec<_> = statements_of(text, part, dialect).collect();
        if number == last.part && (first == 0 || first > statements.len() + 1) {
            return Err(Error::NoSuchStatement { statement: first, part: number, count: statements.len() });
        }
        for (index, statement) in (1..).zip(statements) {
            if number < last.part || index < first {
                done(index, &text[statement.span])?;
            }
        }
    }
    Ok(())
}

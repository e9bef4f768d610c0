//! Resolving: saying how far a revision got that was interrupted.

use super::execute::{note, statements_of};
use super::stamp::version_row;
use super::{Database, Error, Observer, change};
use crate::backend::{
    Action, Elapsed, Expectation, LedgerEntry, LedgerNote, LedgerState, LogEntry, Record, Recorded, Sink, VersionChange,
};
use crate::revision::Target;
use crate::script::{Direction, Downgrade, Part, PartMode, Script, Sections};
use crate::sql::Dialect;

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

pub(super) fn run(
    database: &mut Database<'_>,
    revision: &Target,
    resolution: Resolution,
    observe: &mut Observer<'_>,
) -> Result<String, Error> {
    database.locked(observe, |database, observe| {
        let project = database.project;
        let applied = database.applied()?;
        let node = project.graph().resolve_one(revision, &applied.nodes)?;
        let node = node.ok_or_else(|| Error::NothingToResolve { revision: revision.to_string() })?;
        let id = project.graph().id(node).to_owned();
        let ledger: Vec<&LedgerEntry> = applied.ledger.iter().filter(|entry| entry.revision == id).collect();
        let Some(last) = ledger.last() else { return Err(Error::NothingToResolve { revision: id }) };
        let (script, sections) = (project.scripts().script(node), &project.sections()?[node]);
        let texts = sections.kept_texts(script.text());
        let is_applied = applied.nodes.contains(node);
        let change = match (resolution, last.direction) {
            (Resolution::Applied, Direction::Upgrade) => VersionChange::Insert(version_row(script, sections, &texts)),
            (Resolution::Pending, Direction::Downgrade) if is_applied => VersionChange::Delete(script.id()),
            _ => VersionChange::None(script.id()),
        };
        let done = match resolution {
            Resolution::ResumeFrom(first) => done_before(first, last, script, sections, database.connection.dialect())?,
            Resolution::Applied | Resolution::Pending => Vec::new(),
        };
        let (detail, provenance) = (format!("{} {resolution:?}", last.direction.as_str()), project.provenance());
        let log = LogEntry {
            action: Action::Resolve,
            duration: Elapsed::Unknown,
            detail: Some(&detail),
            provenance: &provenance,
        };
        let expectation = Expectation { revision: &id, is_applied, applied: &[], part: None };
        database.connection.ensure_version_table()?;
        let send = |sink: &mut dyn Sink| {
            sink.record(&Record { change, log, settles: true })?;
            Ok(done.iter().try_for_each(|note| sink.note(note))?)
        };
        let is_applied = match change {
            VersionChange::Insert(_) => true,
            VersionChange::Delete(_) => false,
            VersionChange::Accept(_) | VersionChange::None(_) => is_applied,
        };
        let is_made = |recorded: &Recorded| {
            let ledger = recorded.ledger.iter().filter(|entry| entry.revision == id);
            recorded.row(&id).is_some() == is_applied
                && ledger.map(|entry| (entry.part, entry.statement, entry.state)).eq(done.iter().map(place))
        };
        change::make(database, &expectation, observe, send, is_made)?;
        Ok(id)
    })
}

fn place(note: &LedgerNote<'_>) -> (usize, usize, LedgerState) {
    (note.part, note.statement, note.state)
}

/// What the ledger says where the part of `last` still has to run from statement `first` on.
fn done_before<'s>(
    first: usize,
    last: &LedgerEntry,
    script: &'s Script,
    sections: &Sections,
    dialect: Dialect,
) -> Result<Vec<LedgerNote<'s>>, Error> {
    let parts: &[Part] = match (last.direction, &sections.downgrade) {
        (Direction::Upgrade, _) => &sections.upgrade,
        (Direction::Downgrade, Downgrade::Parts(parts)) => parts,
        (Direction::Downgrade, _) => &[],
    };
    let mut notes = Vec::new();
    for (number, part) in (1..).zip(parts).take_while(|(number, _)| *number <= last.part) {
        let text = script.text();
        let mut done = |statement: usize, text: &str| {
            notes.push(note(script.id(), last.direction, number, statement, text, LedgerState::Done));
        };
        if part.mode != PartMode::NoTransaction {
            if number < last.part {
                done(0, &text[part.span.clone()]);
            }
            continue;
        }
        let statements: Vec<_> = statements_of(text, part, dialect).collect();
        if number == last.part && (first == 0 || first > statements.len() + 1) {
            return Err(Error::NoSuchStatement { statement: first, part: number, count: statements.len() });
        }
        for (index, statement) in (1..).zip(statements) {
            if number < last.part || index < first {
                done(index, &text[statement.span]);
            }
        }
    }
    Ok(notes)
}

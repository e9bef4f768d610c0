//! Stamping: changing the version table without running anything.

use super::{Applied, Database, Error, Observer, Project, StampReport, change};
use crate::backend::{
    Action, Elapsed, Expectation, LogEntry, Provenance, Record, Recorded, Sink, VersionChange, VersionRow,
};
use crate::revision::{Node, Target};
use crate::script::{KeptTexts, Script, Sections};

/// The version table's row for a script.
pub(super) fn version_row<'a>(script: &'a Script, sections: &'a Sections, texts: &'a KeptTexts) -> VersionRow<'a> {
    let revision = &script.header.revision;
    VersionRow {
        revision: &revision.id,
        parents: &revision.parents,
        depends_on: &revision.depends_on,
        message: &script.header.message,
        upgrade_checksum: sections.upgrade_checksum,
        downgrade_checksum: sections.downgrade_checksum,
        downgrade_sql: &texts.downgrade,
        upgrade_sql: texts.upgrade.as_deref(),
    }
}

/// Does `recorded` have this script, with the texts of its file?
pub(super) fn is_recorded(script: &Script, sections: &Sections, recorded: &Recorded) -> bool {
    let texts = [Some(sections.upgrade_checksum), Some(sections.downgrade_checksum)];
    recorded.row(script.id()).is_some_and(|row| [row.upgrade_checksum, row.downgrade_checksum] == texts)
}

/// What a stamp changes in the version table.
pub(super) struct StampPlan {
    /// The rows to take out, newest first.
    removed: Vec<String>,
    /// The rows to put in, oldest first.
    added: Vec<Node>,
    /// The current ids afterwards, sorted.
    heads: Vec<String>,
}

/// What stamping `targets` changes; with `purge` every row is written anew, so that its checksums are
/// those of the files.
pub(super) fn plan(project: &Project, applied: &Applied, targets: &[Target], purge: bool) -> Result<StampPlan, Error> {
    let graph = project.graph();
    let missing: Vec<String> = applied.missing.iter().map(|row| row.revision.clone()).collect();
    if !purge && !missing.is_empty() {
        return Err(Error::RevisionMissing { revisions: missing });
    }
    let before = if purge { graph.no_nodes() } else { applied.nodes.clone() };
    let after = graph.stamp(targets, &before)?;
    let kept = after.intersection(&before);
    let mut removed = missing;
    removed.extend(graph.ids(graph.newest_first(&applied.nodes.difference(&kept))));
    Ok(StampPlan {
        removed,
        added: graph.oldest_first(&after.difference(&kept)),
        heads: Applied::heads_of(graph, &after),
    })
}

impl StampPlan {
    pub(super) fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty()
    }

    /// Makes the changes, if what they start from is so.
    fn make(&self, database: &mut Database<'_>, observe: &mut Observer<'_>) -> Result<(), Error> {
        let project = database.project;
        let removed: Vec<&str> = self.removed.iter().map(String::as_str).collect();
        let added = self.added.first().map(|node| project.graph().id(*node));
        let Some(revision) = added.or(removed.first().copied()) else { return Ok(()) };
        let is_applied = removed.contains(&revision);
        let expectation = Expectation { revision, is_applied, applied: &removed, part: None };
        let provenance = project.provenance();
        let sections = project.sections()?;
        let send = |sink: &mut dyn Sink| self.send(project, &provenance, sink);
        change::make(database, &expectation, observe, send, |recorded| self.is_made(project, sections, recorded))
    }

    /// Does `recorded` say what these changes make of it?
    fn is_made(&self, project: &Project, sections: &[Sections], recorded: &Recorded) -> bool {
        let script = |node: Node| project.scripts().script(node);
        let added: Vec<&str> = self.added.iter().map(|&node| script(node).id()).collect();
        let mut removed = self.removed.iter().filter(|id| !added.contains(&id.as_str()));
        self.added.iter().all(|&node| is_recorded(script(node), &sections[node], recorded))
            && removed.all(|id| recorded.row(id).is_none())
    }

    /// Sends the changes to `sink`, in one transaction.
    pub(super) fn record(&self, project: &Project, provenance: &Provenance, sink: &mut dyn Sink) -> Result<(), Error> {
        change::in_transaction(sink, |sink| self.send(project, provenance, sink))
    }

    fn send(&self, project: &Project, provenance: &Provenance, sink: &mut dyn Sink) -> Result<(), Error> {
        let sections = project.sections()?;
        let log = |action| LogEntry { action, duration: Elapsed::Unknown, detail: None, provenance };
        for revision in &self.removed {
            sink.record(&Record { change: VersionChange::Delete(revision), log: log(Action::Unstamp), settles: true })?;
        }
        for &node in &self.added {
            let script = project.scripts().script(node);
            let texts = sections[node].kept_texts(script.text());
            let change = VersionChange::Insert(version_row(script, &sections[node], &texts));
            sink.record(&Record { change, log: log(Action::Stamp), settles: true })?;
        }
        Ok(())
    }
}

/// Records `targets` as applied.
pub(super) fn run(
    database: &mut Database<'_>,
    targets: &[Target],
    purge: bool,
    observe: &mut Observer<'_>,
) -> Result<StampReport, Error> {
    database.locked(observe, |database, observe| {
        let project = database.project;
        let applied = database.applied()?;
        let plan = plan(project, &applied, targets, purge)?;
        database.connection.ensure_version_table()?;
        plan.make(database, observe)?;
        let graph = project.graph();
        let added = graph.ids(plan.added.iter().copied());
        let new = |node: &&Node| !applied.nodes.contains(**node);
        Ok(StampReport {
            stamped: graph.ids(plan.added.iter().filter(new).copied()),
            removed: plan.removed.into_iter().filter(|id| !added.contains(id)).collect(),
            heads: plan.heads,
        })
    })
}

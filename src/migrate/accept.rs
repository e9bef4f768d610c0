//! Accepting: an applied revision whose file was changed afterwards counts as it is now.

use std::path::PathBuf;

use super::difference::hunks;
use super::stamp::{is_recorded, version_row};
use super::{Applied, Database, Error, Observer, Project, change};
use crate::backend::{Action, Elapsed, Expectation, LogEntry, Record, Recorded, Sink, VersionChange};
use crate::revision::{Node, Target};
use crate::script::{Checksum, Direction, KeptTexts, Sections};

/// An applied revision whose file says something else now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedRevision {
    /// Its id.
    pub revision: String,
    /// Its file.
    pub path: PathBuf,
    /// What differs, the upgrade first.
    pub differences: Vec<Difference>,
    node: Node,
    /// What the version table says of the upgrade and the downgrade.
    recorded: [Option<Checksum>; 2],
}

/// How one way of a revision differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which way.
    pub direction: Direction,
    /// The hunks of a unified difference: what ran, counted from its first line, against the lines of the file.
    /// None where the text that ran was not kept.
    pub hunks: Option<String>,
}

/// What `targets` name, and how it differs from what is recorded. A target that is named twice counts once.
pub(super) fn changed(database: &mut Database<'_>, targets: &[Target]) -> Result<Vec<ChangedRevision>, Error> {
    let project = database.project;
    let (graph, sections) = (project.graph(), project.sections()?);
    let applied = database.applied()?;
    let mut nodes: Vec<Node> = Vec::new();
    for target in targets {
        let node = graph.resolve_one(target, &applied.nodes)?;
        let node = node.ok_or_else(|| nothing(&target.to_string(), "it names no revision"))?;
        if !nodes.contains(&node) {
            nodes.push(node);
        }
    }
    let ids: Vec<&str> = nodes.iter().map(|&node| graph.id(node)).collect();
    let kept = database.connection.kept_texts(&ids)?;
    let mut changed = Vec::with_capacity(nodes.len());
    for (node, kept) in nodes.into_iter().zip(kept) {
        let recorded = recorded(&applied, node).ok_or_else(|| nothing(graph.id(node), "it is not applied"))?;
        let (script, sections) = (project.scripts().script(node), &sections[node]);
        let KeptTexts { upgrade, downgrade } = kept.unwrap_or_default();
        let sides = [
            (Direction::Upgrade, upgrade, sections.upgrade_checksum),
            (Direction::Downgrade, Some(downgrade), sections.downgrade_checksum),
        ];
        let differences: Vec<Difference> = sides
            .into_iter()
            .zip(recorded)
            .filter(|((_, _, now), then)| *then != Some(*now))
            .map(|((direction, text, _), then)| {
                let text = text.filter(|text| then == Some(Checksum::of([text.as_str()])));
                let hunks = text.map(|text| hunks(&text, &sections.numbered_lines(direction, script.text())));
                Difference { direction, hunks }
            })
            .collect();
        if differences.is_empty() {
            return Err(nothing(script.id(), "its file is as it was when it ran"));
        }
        let (revision, path) = (script.id().to_owned(), script.path.clone());
        changed.push(ChangedRevision { revision, path, differences, node, recorded });
    }
    Ok(changed)
}

/// Records what the files of `changed` say now as what ran, in one transaction.
pub(super) fn accept(
    database: &mut Database<'_>,
    changed: &[ChangedRevision],
    reason: &str,
    observe: &mut Observer<'_>,
) -> Result<(), Error> {
    let ids: Vec<&str> = changed.iter().map(|change| change.revision.as_str()).collect();
    let Some(&revision) = ids.first() else { return Ok(()) };
    let expectation = Expectation { revision, is_applied: true, applied: &ids, part: None };
    database.locked(observe, |database, observe| {
        let applied = database.applied()?;
        for change in changed {
            if recorded(&applied, change.node) != Some(change.recorded) {
                return Err(nothing(&change.revision, "its row in the version table was changed meanwhile"));
            }
        }
        let project = database.project;
        database.connection.ensure_version_table()?;
        let sections = project.sections()?;
        let send = |sink: &mut dyn Sink| record(sink, project, sections, changed, reason);
        let is_made = |recorded: &Recorded| {
            let script = |node: Node| project.scripts().script(node);
            changed.iter().all(|change| is_recorded(script(change.node), &sections[change.node], recorded))
        };
        change::make(database, &expectation, observe, send, is_made)
    })
}

fn record(
    sink: &mut dyn Sink,
    project: &Project,
    sections: &[Sections],
    changed: &[ChangedRevision],
    reason: &str,
) -> Result<(), Error> {
    let provenance = project.provenance();
    for change in changed {
        let (script, sections) = (project.scripts().script(change.node), &sections[change.node]);
        let texts = sections.kept_texts(script.text());
        let log = LogEntry {
            action: Action::Accept,
            duration: Elapsed::Unknown,
            detail: Some(reason),
            provenance: &provenance,
        };
        let change = VersionChange::Accept(version_row(script, sections, &texts));
        sink.record(&Record { change, log, settles: false })?;
    }
    Ok(())
}

fn recorded(applied: &Applied, node: Node) -> Option<[Option<Checksum>; 2]> {
    applied.row(node).map(|row| [row.upgrade_checksum, row.downgrade_checksum])
}

fn nothing(revision: &str, reason: &'static str) -> Error {
    Error::NothingToAccept { revision: revision.to_owned(), reason }
}

//! Stamping: changing the version table without running anything.

use super::{Applied, Database, Error, StampReport};
use crate::backend::{Action, LogEntry, Record, RunMode, VersionChange, VersionRow};
use crate::revision::Target;
use crate::script::{PartMode, Script, Sections};

/// The version table's row for a script.
pub(super) fn version_row<'a>(script: &'a Script, sections: &'a Sections, downgrade_sql: &'a str) -> VersionRow<'a> {
    let revision = &script.header.revision;
    VersionRow {
        revision: &revision.id,
        parents: &revision.parents,
        depends_on: &revision.depends_on,
        message: &script.header.message,
        upgrade_checksum: sections.upgrade_checksum,
        downgrade_checksum: sections.downgrade_checksum,
        downgrade_sql,
    }
}

/// Records `targets` as applied, in one transaction.
pub(super) fn run(database: &mut Database<'_>, targets: &[Target], purge: bool) -> Result<StampReport, Error> {
    database.locked(&mut |_| {}, |database, _| {
        let project = database.project;
        let (graph, sections) = (project.graph(), project.sections()?);
        let applied = database.applied()?;
        if !purge && !applied.missing.is_empty() {
            let revisions = applied.missing.iter().map(|row| row.revision.clone()).collect();
            return Err(Error::RevisionMissing { revisions });
        }
        let before = if purge { graph.no_nodes() } else { applied.nodes.clone() };
        let after = graph.stamp(targets, &before)?;
        let mut removed: Vec<String> = Vec::new();
        if purge {
            removed.extend(applied.missing.iter().map(|row| row.revision.clone()));
        }
        // With --purge every row is written anew, so that its checksums are those of the files.
        let kept = if purge { graph.no_nodes() } else { after.intersection(&applied.nodes) };
        removed.extend(graph.ids(graph.newest_first(&applied.nodes.difference(&kept))));
        let stamped = graph.oldest_first(&after.difference(&kept));

        database.connection.ensure_version_table()?;
        let provenance = project.provenance();
        let log = |action| LogEntry { action, duration_ms: None, detail: None, provenance: &provenance };
        let sink = database.connection.as_mut();
        sink.start(RunMode::PerRevision)?;
        sink.begin(PartMode::Transaction)?;
        let result = removed
            .iter()
            .try_for_each(|revision| {
                sink.record(&Record { change: VersionChange::Delete(revision), log: log(Action::Unstamp) })
            })
            .and_then(|()| {
                stamped.iter().try_for_each(|&node| {
                    let script = project.scripts().script(node);
                    let downgrade_sql = sections[node].downgrade_text(script.text());
                    let change = VersionChange::Insert(version_row(script, &sections[node], &downgrade_sql));
                    sink.record(&Record { change, log: log(Action::Stamp) })
                })
            })
            .and_then(|()| sink.commit(true));
        if let Err(error) = result {
            sink.rollback()?;
            return Err(error.into());
        }
        let heads = Applied::heads_of(graph, &after);
        let before_ids = graph.ids(applied.nodes.iter());
        let stamped = graph.ids(stamped);
        Ok(StampReport {
            removed: removed.iter().filter(|id| !stamped.contains(id)).cloned().collect(),
            stamped: stamped.into_iter().filter(|id| !before_ids.contains(id)).collect(),
            heads,
        })
    })
}

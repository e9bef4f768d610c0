//! Status: the files against the version table.

use std::collections::HashMap;

use super::{Database, Error, alembic};

/// What a revision is to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevisionState {
    /// Applied, and its upgrade is what ran.
    Applied,
    /// Applied; the downgrade text has changed since, which is allowed.
    DowngradeChanged,
    /// Applied, but the upgrade text is not what ran.
    Changed,
    /// Applied, but the file is gone.
    Missing,
    /// Not applied.
    Pending,
    /// Not applied, though something above it is.
    OutOfOrder,
    /// A run was cut off in it: `migrator upgrade` goes on, or says what has to be settled.
    Interrupted,
}

/// One revision in a [`Status`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusRow {
    /// Its id.
    pub revision: String,
    /// Its message.
    pub message: String,
    /// What it is to the database.
    pub state: RevisionState,
    /// When it was applied (UTC, RFC 3339), if it is.
    pub applied_at: Option<String>,
}

/// The files against the version table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Every revision, oldest first, then those whose file is gone.
    pub rows: Vec<StatusRow>,
    /// The current ids, sorted.
    pub heads: Vec<String>,
    /// What Alembic's version table says is current, if there is one.
    pub alembic: Option<Vec<String>>,
}

impl Status {
    /// The ids in one of these states, in the order of the rows.
    #[must_use]
    pub fn ids(&self, states: &[RevisionState]) -> Vec<&str> {
        self.rows.iter().filter(|row| states.contains(&row.state)).map(|row| row.revision.as_str()).collect()
    }
}

pub(super) fn status(database: &mut Database<'_>) -> Result<Status, Error> {
    let project = database.project;
    let (graph, sections) = (project.graph(), project.sections()?);
    let applied = database.applied()?;
    let alembic = alembic::heads(database)?;
    let details = database.connection.applied_details()?;
    let times: HashMap<&str, &str> =
        details.iter().map(|row| (row.revision.as_str(), row.applied_at.as_str())).collect();
    let below_applied = graph.closure(applied.nodes.iter());
    let order = graph.oldest_first(&graph.set(0..graph.len()));
    let mut rows: Vec<StatusRow> = order
        .into_iter()
        .map(|node| {
            let row = applied.row(node);
            let state = match row {
                _ if applied.ledger.iter().any(|entry| entry.revision == graph.id(node)) => RevisionState::Interrupted,
                None if below_applied.contains(node) => RevisionState::OutOfOrder,
                None => RevisionState::Pending,
                Some(row) if row.upgrade_checksum != Some(sections[node].upgrade_checksum) => RevisionState::Changed,
                Some(row) if row.downgrade_checksum != Some(sections[node].downgrade_checksum) => {
                    RevisionState::DowngradeChanged
                }
                Some(_) => RevisionState::Applied,
            };
            StatusRow {
                revision: graph.id(node).to_owned(),
                message: project.scripts().script(node).header.message.clone(),
                state,
                applied_at: times.get(graph.id(node)).map(|&time| time.to_owned()),
            }
        })
        .collect();
    rows.extend(applied.missing.iter().map(|row| StatusRow {
        revision: row.revision.clone(),
        message: row.message.clone(),
        state: RevisionState::Missing,
        applied_at: Some(row.applied_at.clone()),
    }));
    Ok(Status { rows, heads: applied.heads(graph), alembic })
}

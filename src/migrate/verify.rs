//! Verifying: everything that is not as it should be between the files, the version table and the schema.

use super::{Database, Error, RevisionState, status};

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing.
    pub kind: FindingKind,
    /// The revision, or the full name of the index.
    pub subject: String,
    /// What is wrong with it, in words.
    pub message: String,
}

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingKind {
    /// The upgrade of an applied revision was changed.
    Changed,
    /// The file of an applied revision is gone.
    Missing,
    /// A revision is pending though one above it is applied.
    OutOfOrder,
    /// A run was cut off in a revision.
    Interrupted,
    /// A row of the version table names other parents than the file.
    OtherParents,
    /// An index is not valid.
    InvalidIndex,
}

impl FindingKind {
    /// The stable name, as in `--json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::OutOfOrder => "out_of_order",
            Self::Interrupted => "interrupted",
            Self::OtherParents => "other_parents",
            Self::InvalidIndex => "invalid_index",
        }
    }

    /// Does it mean that an applied revision was changed or is missing?
    #[must_use]
    pub fn is_tampering(self) -> bool {
        matches!(self, Self::Changed | Self::Missing)
    }
}

pub(super) fn verify(database: &mut Database<'_>) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for row in status::status(database)?.rows {
        let (kind, message) = match row.state {
            RevisionState::Changed => (FindingKind::Changed, "its upgrade was changed since it ran"),
            RevisionState::Missing => (FindingKind::Missing, "it is applied, and its file is gone"),
            RevisionState::OutOfOrder => (FindingKind::OutOfOrder, "it is not applied, though one above it is"),
            RevisionState::Interrupted => (FindingKind::Interrupted, "a run was cut off in it"),
            RevisionState::Applied | RevisionState::DowngradeChanged | RevisionState::Pending => continue,
        };
        findings.push(Finding { kind, subject: row.revision, message: message.to_owned() });
    }
    let graph = database.project.graph();
    for row in database.connection.applied_details()? {
        let Some(node) = graph.find(&row.revision) else { continue };
        let revision = graph.revision(node);
        if (&revision.parents, &revision.depends_on) != (&row.parents, &row.depends_on) {
            let then = if row.parents.is_empty() { "none".to_owned() } else { row.parents.join(", ") };
            let message = format!("when it was applied it had other parents or dependencies: {then}");
            findings.push(Finding { kind: FindingKind::OtherParents, subject: row.revision, message });
        }
    }
    for subject in database.connection.invalid_indexes()? {
        let message = "the index is not valid, so no query uses it".to_owned();
        findings.push(Finding { kind: FindingKind::InvalidIndex, subject, message });
    }
    Ok(findings)
}

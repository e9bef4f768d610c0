//! What became of an import.

use std::path::PathBuf;

use super::How;
use crate::script::Direction;
use crate::sql::Dialect;

/// What was written, and how far it is proven.
#[derive(Debug, Clone)]
pub struct ImportReport {
    /// The versions of Alembic, SQLAlchemy and Python that told.
    pub versions: [String; 3],
    /// The configuration that was written.
    pub configuration: PathBuf,
    /// The folder of the revision files.
    pub script_location: PathBuf,
    /// What became of each database.
    pub databases: Vec<DatabaseReport>,
    /// What is to be known besides.
    pub warnings: Vec<String>,
}

impl ImportReport {
    /// Is there nothing to be written by hand, and nothing that was tried and is not proven?
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let mut revisions = self.databases.iter().flat_map(|database| &database.revisions);
        revisions.all(|revision| revision.proven != Some(false) && !revision.needs_a_hand())
    }
}

/// One database of the project; most have one.
#[derive(Debug, Clone)]
pub struct DatabaseReport {
    /// Its name, where there are several.
    pub name: Option<String>,
    /// Its revisions, oldest first.
    pub revisions: Vec<RevisionReport>,
}

/// One revision.
#[derive(Debug, Clone)]
pub struct RevisionReport {
    /// Its id.
    pub revision: String,
    /// The first paragraph of its documentation.
    pub message: String,
    /// Its new file.
    pub path: PathBuf,
    /// Where the SQL comes from, for each way and dialect.
    pub ways: Vec<WayReport>,
    /// Is it proven on every dialect? Nothing if that was not asked.
    pub proven: Option<bool>,
    /// What of it is not proven, and why.
    pub problems: Vec<String>,
}

impl RevisionReport {
    /// Is a way of it to be written by hand?
    #[must_use]
    pub fn needs_a_hand(&self) -> bool {
        self.ways.iter().any(|way| way.how == How::Hand)
    }
}

/// One way of a revision on one dialect.
#[derive(Debug, Clone)]
pub struct WayReport {
    /// Which way.
    pub direction: Direction,
    /// The dialect.
    pub dialect: Dialect,
    /// Where its SQL comes from.
    pub how: How,
    /// Why it is irreversible, or is to be written by hand.
    pub reason: Option<String>,
    /// What is to be known of it besides.
    pub notes: Vec<String>,
}

//! Taking over a project of Alembic.
//!
//! The project's own Python and Alembic say what its revisions are and what they send; the answers become
//! revision files. What Alembic makes of a scratch database and what the files make of another one is then
//! compared. No database of the project is touched.

mod error;
mod file;
mod layout;
mod proof;
mod python;
mod replay;
mod report;
mod run;
mod scene;
mod settings;
mod snapshot;
mod way;

pub use error::Error;
pub use report::{DatabaseReport, ImportReport, RevisionReport, WayReport};
pub use run::{Request, import};
pub use way::How;

/// How much is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Nothing; what needs a connection is to be written by hand.
    Nothing,
    /// The schemas at head, at base, and at head again.
    Heads,
    /// The schemas after every revision.
    Each,
}

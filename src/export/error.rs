//! Why revisions cannot be written as another tool's files.

use std::path::{Path, PathBuf};

use crate::sql::Position;

/// What the other tool cannot say.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// There are no revisions.
    #[error("there are no revisions")]
    Nothing,
    /// More than a line of revisions, for a tool that knows only a line.
    #[error("dbmate knows a single line of migrations, and {what}: {}", revisions.join(", "))]
    NotALine {
        /// In which way it is more.
        what: &'static str,
        /// The revisions where it is.
        revisions: Vec<String>,
    },
    /// `COPY … FROM stdin` with its data.
    #[error("the data of a COPY cannot be part of a migration there")]
    CopyData {
        /// The file.
        path: PathBuf,
        /// The statement.
        position: Position,
    },
    /// An id that Alembic's table has no room for.
    #[error("the id `{revision}` is longer than the {longest} characters of Alembic's table")]
    LongId {
        /// The id.
        revision: String,
        /// How long they may be.
        longest: usize,
    },
    /// A line that the other tool would take for its marker.
    #[error("revision `{revision}` has a line that dbmate would take for its own: `{line}`")]
    Marker {
        /// The id.
        revision: String,
        /// The line.
        line: String,
    },
}

impl ExportError {
    /// The stable name of this error, as in `--json`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        "export"
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Nothing | Self::LongId { .. } => return None,
            Self::NotALine { .. } => "`--to alembic` keeps branches, merges and several bases",
            Self::CopyData { .. } => "write the rows as INSERT",
            Self::Marker { .. } => "reword the line",
        };
        Some(text.to_owned())
    }

    /// The file, and where in it, if the error is about one place.
    #[must_use]
    pub fn place(&self) -> Option<(&Path, Position)> {
        match self {
            Self::CopyData { path, position } => Some((path, *position)),
            _ => None,
        }
    }
}

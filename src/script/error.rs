//! What can be wrong with a revision file or with the folder of them.

use std::io;
use std::path::{Path, PathBuf};

use super::TemplateError;
use crate::revision::GraphError;
use crate::sql::{Position, SqlError};

/// A revision file, or a folder of them, that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// Something in a file.
    #[error("{reason}")]
    InFile {
        /// The file.
        path: PathBuf,
        /// Where in it.
        position: Position,
        /// What.
        reason: ScriptErrorReason,
    },
    /// A file or folder that cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A versions directory that is not there.
    #[error("there is no versions directory `{}`", path.display())]
    NoDirectory {
        /// The directory.
        path: PathBuf,
    },
    /// Something that could not be written, or a template that cannot be rendered.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A template that renders to something that is not the revision asked for.
    #[error("the template `{}` does not give a revision file: {reason}", path.display())]
    BadTemplate {
        /// The template.
        path: PathBuf,
        /// What is wrong with what it gives.
        reason: String,
    },
    /// A version path that is not configured.
    #[error("`{}` is not one of the version locations", path.display())]
    NotALocation {
        /// The path.
        path: PathBuf,
        /// The version locations.
        locations: Vec<PathBuf>,
    },
    /// A new base, and several places where it could go.
    #[error("{}", no_location(locations))]
    LocationNeeded {
        /// The version locations.
        locations: Vec<PathBuf>,
    },
    /// A file name with a folder that nobody would look into.
    #[error("file_template gives `{name}`, in a folder that is not read")]
    NotRecursive {
        /// The name.
        name: String,
    },
    /// A file that somebody else changed since it was read.
    #[error("`{}` was changed meanwhile", path.display())]
    ChangedMeanwhile {
        /// The file.
        path: PathBuf,
    },
    /// The files do not make a graph.
    #[error("{error}")]
    Graph {
        /// What is wrong.
        error: GraphError,
        /// The files concerned, where they are known.
        paths: Vec<PathBuf>,
    },
}

/// What can be wrong inside a revision file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptErrorReason {
    /// UTF-16 text.
    #[error("the file is UTF-16 text")]
    Utf16,
    /// A byte that is not UTF-8.
    #[error("the file is not UTF-8 text: bad byte at offset {offset}")]
    NotUtf8 {
        /// Its offset.
        offset: usize,
    },
    /// A NUL byte.
    #[error("the file contains a NUL byte at offset {offset}")]
    NulByte {
        /// Its offset.
        offset: usize,
    },
    /// The marks of an unresolved merge.
    #[error("the file has an unresolved merge conflict")]
    ConflictMarker,
    /// No `migrator:revision` line.
    #[error("the file has no `-- migrator:revision` line")]
    NoRevision,
    /// No upgrade section.
    #[error("the file has no `-- migrator:upgrade` section")]
    NoUpgrade,
    /// Something other than comments before the first section.
    #[error("only `--` comments may stand before the first section")]
    OutsideSection,
    /// A header line given twice.
    #[error("`migrator:{key}` is given twice")]
    Repeated {
        /// Its name.
        key: String,
    },
    /// A header line after the first section.
    #[error("`migrator:{key}` belongs above the first section")]
    HeaderLineInSection {
        /// Its name.
        key: String,
    },
    /// A `migrator:` line with a name nobody knows.
    #[error("unknown marker `migrator:{name}`")]
    UnknownDirective {
        /// The name.
        name: String,
        /// The nearest known one.
        suggestion: Option<&'static str>,
    },
    /// A section attribute nobody knows.
    #[error("unknown section attribute `{attribute}`")]
    UnknownAttribute {
        /// The attribute.
        attribute: String,
        /// The nearest known one.
        suggestion: Option<&'static str>,
    },
    /// Attributes that do not go together.
    #[error("section attribute `{attribute}` does not go with the others")]
    ContradictingAttributes {
        /// The attribute.
        attribute: String,
    },
    /// A date that is none.
    #[error("`{value}` is not a date such as 2026-11-20T10:33:00Z")]
    BadDate {
        /// The value.
        value: String,
    },
    /// A lock timeout that is no duration.
    #[error("`{value}` is not a lock timeout such as 500ms, 2s or 1m")]
    BadLockTimeout {
        /// The value.
        value: String,
    },
    /// SQL after `irreversible`.
    #[error("a statement after `-- migrator:irreversible`")]
    StatementAfterIrreversible,
    /// `COMMIT` and its like in a part that runs in a transaction.
    #[error("transaction control in a part that runs in a transaction")]
    TransactionControl,
    /// Text that cannot be split into statements.
    #[error(transparent)]
    Sql(#[from] SqlError),
}

const ATTRIBUTES: [&str; 4] = ["no-transaction", "foreign-keys=off", "postgresql", "sqlite"];

impl ScriptError {
    pub(super) fn new(path: &Path, position: Position, reason: ScriptErrorReason) -> Self {
        Self::InFile { path: path.to_owned(), position, reason }
    }

    pub(super) fn sql(path: &Path, error: SqlError) -> Self {
        Self::new(path, error.position(), ScriptErrorReason::Sql(error))
    }

    pub(super) fn unreadable(path: &Path, source: io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), source }
    }

    pub(super) fn unknown_directive(path: &Path, position: Position, name: &str) -> Self {
        let suggestion = nearest(name, super::header::known_directives());
        Self::new(path, position, ScriptErrorReason::UnknownDirective { name: name.to_owned(), suggestion })
    }

    pub(super) fn unknown_attribute(path: &Path, position: Position, attribute: &str) -> Self {
        let suggestion = nearest(attribute, ATTRIBUTES.into_iter());
        Self::new(path, position, ScriptErrorReason::UnknownAttribute { attribute: attribute.to_owned(), suggestion })
    }

    /// The file, and where in it, if the error is about one place.
    #[must_use]
    pub fn place(&self) -> Option<(&Path, Position)> {
        match self {
            Self::InFile { path, position, .. } => Some((path, *position)),
            Self::Graph { paths, .. } => paths.first().map(|path| (path.as_path(), Position { line: 1, column: 1 })),
            _ => None,
        }
    }

    /// The stable name of this error, as in `--json`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Graph { error, .. } => error.kind(),
            Self::Template(error) => error.kind(),
            Self::InFile { .. } | Self::NoDirectory { .. } | Self::BadTemplate { .. } => "script",
            Self::NotALocation { .. } | Self::LocationNeeded { .. } | Self::NotRecursive { .. } => "config",
            Self::Unreadable { .. } | Self::ChangedMeanwhile { .. } => "io",
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::InFile { reason, .. } => reason.hint(),
            Self::Graph { error, .. } => error.hint(),
            Self::NoDirectory { .. } => {
                Some("make it (git does not keep an empty one), or set version_locations in migrator.toml".to_owned())
            }
            Self::Template(error) => error.hint(),
            Self::BadTemplate { .. } => Some("compare it with the one that `migrator init` writes".to_owned()),
            Self::NotALocation { locations, .. } => Some(format!("known are {}", list(locations))),
            Self::LocationNeeded { locations } => Some(format!("choose with --version-path: {}", list(locations))),
            Self::ChangedMeanwhile { .. } => Some("run the command again".to_owned()),
            Self::NotRecursive { .. } => Some("set recursive_version_locations = true".to_owned()),
            Self::Unreadable { .. } => None,
        }
    }
}

fn no_location(locations: &[PathBuf]) -> String {
    match locations.len() {
        0 => "there is no version location for a new revision".to_owned(),
        count => format!("there are {count} version locations, and a revision without a parent could go to any"),
    }
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

impl ScriptErrorReason {
    fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Utf16 | Self::NotUtf8 { .. } | Self::NulByte { .. } => "save the file as UTF-8",
            Self::ConflictMarker => "resolve the conflict and remove the `<<<<<<<` and `>>>>>>>` lines",
            Self::NoRevision => {
                "every .sql file in a versions directory is a revision; make new ones with `migrator revision -m \"message\"`"
            }
            Self::NoUpgrade => "put the SQL under a line `-- migrator:upgrade`",
            Self::OutsideSection => "move it below a line `-- migrator:upgrade` or `-- migrator:downgrade`",
            Self::Repeated { .. } => "give several values in one line, separated by commas",
            Self::HeaderLineInSection { .. } => "move the line up into the leading comment",
            Self::UnknownDirective { suggestion, .. } => {
                return Some(suggestion.map_or_else(
                    || format!("known are {}", super::header::known_directives().collect::<Vec<_>>().join(", ")),
                    |name| format!("did you mean `migrator:{name}`?"),
                ));
            }
            Self::UnknownAttribute { suggestion, .. } => {
                return Some(suggestion.map_or_else(
                    || format!("known are {}", ATTRIBUTES.join(", ")),
                    |name| format!("did you mean `{name}`?"),
                ));
            }
            Self::ContradictingAttributes { .. } => "give one dialect and one of no-transaction and foreign-keys=off",
            Self::BadDate { .. } => "dates are RFC 3339, in UTC",
            Self::BadLockTimeout { .. } => "it is a whole number and its unit, up to 596h; `0` is no limit",
            Self::StatementAfterIrreversible => "remove the statement, or write `-- migrator:downgrade` instead",
            Self::TransactionControl => {
                "leave it out: the part and its version row commit together; several sections commit one after the other, and `-- migrator:upgrade no-transaction` runs without a transaction"
            }
            Self::Sql(error) => return error.hint(),
        };
        Some(text.to_owned())
    }
}

fn nearest(name: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    known
        .map(|other| (strsim::jaro_winkler(name, other), other))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, other)| other)
}

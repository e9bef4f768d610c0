//! Why the migrations of another tool cannot be taken over.

use std::path::{Path, PathBuf};

use super::Tool;
use crate::script::ScriptError;
use crate::sql::Position;

/// Anything that can be wrong with another tool's files or table.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// A file that cannot be read, or whose SQL cannot be split.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// A folder that is not there.
    #[error("there is no folder `{}`", path.display())]
    NoFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A folder without migrations.
    #[error("there are no migrations of {} in `{}`", tool.name(), path.display())]
    Empty {
        /// The folder.
        path: PathBuf,
        /// The tool.
        tool: Tool,
    },
    /// A file or folder that the tool would not take for a migration.
    #[error("`{}` is not named as migrations of {} are", path.display(), tool.name())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The tool.
        tool: Tool,
    },
    /// A file with the markers of another tool.
    #[error("this is a migration of {}, not of {}", other.name(), tool.name())]
    OtherTool {
        /// The file.
        path: PathBuf,
        /// The line with the marker.
        position: Position,
        /// The tool that was asked for.
        tool: Tool,
        /// The tool it is written for.
        other: Tool,
    },
    /// Migrations that are programs.
    #[error("{} migration{} of {} {} not SQL: {}", paths.len(), plural(paths.len()), tool.name(), if paths.len() == 1 { "is" } else { "are" }, list(paths))]
    NotSql {
        /// The tool.
        tool: Tool,
        /// Their files.
        paths: Vec<PathBuf>,
    },
    /// A baseline migration of Flyway.
    #[error("`{}` is a baseline migration, which takes the place of others", path.display())]
    Baseline {
        /// Its file.
        path: PathBuf,
    },
    /// Two migrations of one version.
    #[error("version {version} is there twice: {}", list(paths))]
    Duplicate {
        /// The version.
        version: String,
        /// The files.
        paths: Vec<PathBuf>,
    },
    /// A way down without a way up.
    #[error("version {version} has a way down, `{}`, and no way up", path.display())]
    NoUpgrade {
        /// The version.
        version: String,
        /// The file.
        path: PathBuf,
    },
    /// Something in a file.
    #[error("{problem}")]
    InFile {
        /// The file.
        path: PathBuf,
        /// Where.
        position: Position,
        /// What.
        problem: String,
    },
    /// A line that would be a marker in a revision file.
    #[error("a line that begins with `-- migrator:` would be a marker in a revision file")]
    Marker {
        /// The file.
        path: PathBuf,
        /// The line.
        position: Position,
    },
    /// Placeholders without a value.
    #[error("there is no value for {}", names.iter().map(|name| format!("`${{{name}}}`")).collect::<Vec<_>>().join(", "))]
    Placeholders {
        /// The file.
        path: PathBuf,
        /// The first of them.
        position: Position,
        /// Their names.
        names: Vec<String>,
    },
    /// A revision file that would say something else than the migration.
    #[error("the SQL of `{}` would be read as something else in a revision file", path.display())]
    NotReadBack {
        /// The migration's file.
        path: PathBuf,
    },
    /// A revision that the project has already, and that is another one.
    #[error("the project has a revision `{revision}` with {what}")]
    Taken {
        /// Its id.
        revision: String,
        /// Its file.
        path: PathBuf,
        /// What is different.
        what: &'static str,
    },
    /// No table of the tool.
    #[error("the database has no table `{table}`")]
    NoTable {
        /// Its name.
        table: String,
    },
    /// A table that is not the tool's.
    #[error("the table `{table}` is not one of {}: it has no column `{column}`", tool.name())]
    OtherTable {
        /// The tool.
        tool: Tool,
        /// The table's name.
        table: String,
        /// What it lacks.
        column: &'static str,
    },
    /// A table of two tools that have the same name for it.
    #[error("the table `{table}` has a column `dirty`, so it is golang-migrate's")]
    DirtyColumn {
        /// Its name.
        table: String,
    },
    /// A migration that failed half way.
    #[error("{} recorded that version {version} failed, so the database may have a part of it", tool.name())]
    Failed {
        /// The tool.
        tool: Tool,
        /// The version.
        version: String,
    },
    /// Applied versions without a file.
    #[error("applied, but not among the files: {}", versions.join(", "))]
    UnknownVersions {
        /// The versions.
        versions: Vec<String>,
    },
    /// Migrations that are not applied, below one that is.
    #[error("not applied, but {above} behind it is: {}", missing.join(", "))]
    Gap {
        /// The versions that are not.
        missing: Vec<String>,
        /// The last one that is.
        above: String,
    },
}

impl ImportError {
    /// The stable name of this error, as in `--json`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Script(error) => error.kind(),
            Self::NoTable { .. }
            | Self::OtherTable { .. }
            | Self::DirtyColumn { .. }
            | Self::Failed { .. }
            | Self::UnknownVersions { .. }
            | Self::Gap { .. } => "adopt",
            _ => "import",
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Script(error) => return error.hint(),
            Self::Foreign { tool, .. } => {
                return Some(format!("they are named {}; move other files away", tool.example()));
            }
            Self::Empty { tool, .. } => return Some(format!("they are named {}", tool.example())),
            Self::OtherTool { other, .. } => return Some(format!("say `--from {}`", other.name())),
            Self::NoTable { .. } => {
                "is it another database, or in a schema that is not on the search path? `--adopt=SCHEMA.TABLE` names a table \
                 that is elsewhere or called otherwise"
            }
            Self::NotSql { .. } => "write what they do as SQL under the same version, and move them away",
            Self::Baseline { .. } => "move it away, if the versioned migrations it stands for are still there",
            Self::NoUpgrade { .. } => "move it away, or bring back the file with the way up",
            Self::Placeholders { names, .. } => {
                let options: Vec<String> = names.iter().map(|name| format!("--set {name}=VALUE")).collect();
                return Some(format!("give them with {}", options.join(" ")));
            }
            Self::Marker { .. } => "reword the comment",
            Self::Taken { .. } => "import into an empty folder of revisions, or with --out into another one",
            Self::DirtyColumn { .. } => "say `--from golang-migrate`",
            Self::Failed { tool: Tool::Flyway, .. } => "clean up, and let `flyway repair` take the row out",
            Self::Failed { tool: Tool::GolangMigrate, .. } => {
                "clean up, and let `migrate force VERSION` say what the database has"
            }
            Self::Failed { .. } => "clean up, and take the row out",
            Self::UnknownVersions { .. } => "bring the files back; are they on another branch?",
            Self::Gap { .. } => "let the tool apply them first, or give them versions behind the others",
            Self::NoFolder { .. }
            | Self::Duplicate { .. }
            | Self::InFile { .. }
            | Self::NotReadBack { .. }
            | Self::OtherTable { .. } => return None,
        };
        Some(text.to_owned())
    }

    /// The file, and where in it, if the error is about one place.
    #[must_use]
    pub fn place(&self) -> Option<(&Path, Position)> {
        match self {
            Self::Script(error) => error.place(),
            Self::OtherTool { path, position, .. }
            | Self::InFile { path, position, .. }
            | Self::Marker { path, position }
            | Self::Placeholders { path, position, .. } => Some((path, *position)),
            _ => None,
        }
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

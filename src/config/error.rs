//! Why a configuration cannot be used.
//!
//! No message repeats a value: a value may be an interpolated secret.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::program::not_started_hint;
use super::url::UrlError;
use crate::sql::position::position_at;

/// A place in a file; `line` and `column` count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl Place {
    /// The place of the byte `offset` in `text`, which is the text of `file`.
    pub(super) fn at(file: &Path, text: &str, offset: usize) -> Self {
        let position = position_at(text, offset);
        Self { file: file.to_path_buf(), line: position.line, column: position.column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// Where a database URL came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlOrigin {
    /// `--url`.
    Flag,
    /// The variable `MIGRATOR_DATABASE_URL`.
    Variable,
    /// The file that the variable `MIGRATOR_DATABASE_URL_FILE` names.
    VariableFile(PathBuf),
    /// `url` in the file.
    File(Place),
    /// `url_file` in the file.
    UrlFile(Place),
    /// `url_command` in the file.
    UrlCommand(Place),
}

impl UrlOrigin {
    fn place(&self) -> Option<&Place> {
        match self {
            Self::Flag | Self::Variable | Self::VariableFile(_) => None,
            Self::File(place) | Self::UrlFile(place) | Self::UrlCommand(place) => Some(place),
        }
    }
}

impl fmt::Display for UrlOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Flag => "the URL given with `--url`",
            Self::Variable => "the URL in `MIGRATOR_DATABASE_URL`",
            Self::VariableFile(_) => "the URL in the file of `MIGRATOR_DATABASE_URL_FILE`",
            Self::File(_) => "the URL in `[database]`",
            Self::UrlFile(_) => "the URL in the file of `url_file`",
            Self::UrlCommand(_) => "the URL that `url_command` prints",
        })
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ConfigError {
    /// There is no configuration file.
    #[error("no migrator.toml in `{}` or its parents", .directory.display())]
    NotFound {
        /// Where the search began.
        directory: PathBuf,
    },
    /// A file, or the working directory, cannot be read.
    #[error("cannot read `{}`: {source}", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The operating system's reason.
        source: Arc<io::Error>,
    },
    /// The file is not UTF-8.
    #[error("the file is not UTF-8 text")]
    NotUtf8 {
        /// The first byte that is not.
        place: Place,
    },
    /// The file is not TOML.
    #[error("{message}")]
    Syntax {
        /// Where the parser stopped.
        place: Place,
        /// What it says.
        message: String,
    },
    /// A key that nobody reads.
    #[error("unknown key `{key}` {table}")]
    UnknownKey {
        /// The key.
        place: Place,
        /// Its name.
        key: String,
        /// `in [table]`, or `at the top level`.
        table: String,
        /// What was probably meant.
        hint: Option<String>,
    },
    /// A key that must be there is not.
    #[error("`{key}` is missing {table}")]
    MissingKey {
        /// The table that lacks it.
        place: Place,
        /// The key.
        key: &'static str,
        /// `in [table]`.
        table: String,
    },
    /// A value of another type than the key takes.
    #[error("`{key}` takes {expected}, not {found}")]
    WrongType {
        /// The value.
        place: Place,
        /// Its key.
        key: String,
        /// What it takes.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A value that the key cannot take.
    #[error("`{key}` {problem}")]
    InvalidValue {
        /// The value.
        place: Place,
        /// Its key.
        key: String,
        /// What is wrong with it.
        problem: String,
        /// How to write it.
        hint: Option<String>,
    },
    /// There is no such overlay.
    #[error("unknown environment `{name}`")]
    UnknownEnvironment {
        /// The name asked for.
        name: String,
        /// The file that lacks it.
        file: PathBuf,
        /// The names it has.
        known: Vec<String>,
    },
    /// A `${NAME}` whose variable is not set.
    #[error("the variable `{name}` is not set")]
    UnsetVariable {
        /// The value that needs it.
        place: Place,
        /// The variable.
        name: String,
    },
    /// A variable of the process that is not Unicode.
    #[error("the variable `{name}` is not Unicode text")]
    NotUnicode {
        /// The variable.
        name: String,
    },
    /// A `${` that does not begin a reference.
    #[error("{problem}")]
    MalformedReference {
        /// The value that holds it.
        place: Place,
        /// What is wrong.
        problem: &'static str,
    },
    /// A line of `.env` that cannot be read.
    #[error("{problem}")]
    MalformedDotEnv {
        /// The line.
        place: Place,
        /// What is wrong.
        problem: &'static str,
    },
    /// No database URL anywhere.
    #[error("no database URL is configured")]
    MissingUrl {
        /// The file that could hold one.
        file: PathBuf,
        /// The names under `[env]`, if none was asked for.
        known: Vec<String>,
    },
    /// A database URL that cannot be used.
    #[error("{origin} cannot be used: {error}")]
    Url {
        /// Where it came from.
        origin: UrlOrigin,
        /// What is wrong with it.
        error: UrlError,
    },
    /// The file that should hold the database URL cannot be read.
    #[error("cannot read `{}`, which should hold the database URL: {source}", .file.display())]
    UnreadableUrl {
        /// What names the file.
        origin: UrlOrigin,
        /// The file.
        file: PathBuf,
        /// The operating system's reason.
        source: Arc<io::Error>,
    },
    /// The program that should print the database URL does not.
    #[error("`{program}`, which should print the database URL, {problem}{}", if said.is_empty() { String::new() } else { format!("\n{said}") })]
    UrlCommand {
        /// What names the program.
        origin: UrlOrigin,
        /// The program.
        program: String,
        /// What happened.
        problem: String,
        /// The end of what it said on standard error.
        said: String,
    },
    /// A schema for the version table of a database without schemas.
    #[error("`version_table_schema` is set, but the database is SQLite, which has no schemas")]
    SchemaOnSqlite {
        /// The key.
        place: Place,
    },
}

impl ConfigError {
    /// The stable name of the kind of error, for programs.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        "config"
    }

    /// Where it is wrong, if that is a place in a file.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::NotUtf8 { place }
            | Self::Syntax { place, .. }
            | Self::UnknownKey { place, .. }
            | Self::MissingKey { place, .. }
            | Self::WrongType { place, .. }
            | Self::InvalidValue { place, .. }
            | Self::UnsetVariable { place, .. }
            | Self::MalformedReference { place, .. }
            | Self::MalformedDotEnv { place, .. }
            | Self::SchemaOnSqlite { place } => Some(place),
            Self::Url { origin, .. } | Self::UnreadableUrl { origin, .. } | Self::UrlCommand { origin, .. } => {
                origin.place()
            }
            Self::NotFound { .. }
            | Self::Unreadable { .. }
            | Self::UnknownEnvironment { .. }
            | Self::NotUnicode { .. }
            | Self::MissingUrl { .. } => None,
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotFound { .. } => {
                Some("run `migrator init` to start a project here, or name the file with `--config`".into())
            }
            Self::UnknownKey { hint, .. } | Self::InvalidValue { hint, .. } => hint.clone(),
            Self::UnknownEnvironment { name, file, known } => Some(environment_hint(name, file, known)),
            Self::UnsetVariable { name, .. } => {
                Some(format!("set `{name}` in the environment or in `.env`, or give a default: `${{{name}:-default}}`"))
            }
            Self::MalformedReference { .. } => {
                Some("a reference is `${NAME}` or `${NAME:-default}`; write `$${` for a `${` that is none".into())
            }
            Self::MalformedDotEnv { .. } => {
                Some("a line is `NAME=value`, `NAME='value'`, `NAME=\"value\"` or a comment after `#`".into())
            }
            Self::MissingUrl { known, .. } if !known.is_empty() => {
                let names: Vec<String> = known.iter().map(|name| format!("-n {name}")).collect();
                Some(format!("name one of the databases: {}", names.join(", ")))
            }
            Self::MissingUrl { file, .. } => Some(format!(
                "set `url` in `[database]` of `{}`, set `MIGRATOR_DATABASE_URL`, or give `--url`",
                file.display()
            )),
            Self::Url { error, .. } => error.hint(),
            Self::SchemaOnSqlite { .. } => {
                Some("remove it; an overlay can take it back with `version_table_schema = \"\"`".into())
            }
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Some("name the file with -c or $MIGRATOR_CONFIG, or make one with `migrator init`".into())
            }
            Self::UrlCommand { program, problem, .. } => not_started_hint(program, problem),
            Self::UnreadableUrl { .. }
            | Self::Unreadable { .. }
            | Self::NotUtf8 { .. }
            | Self::Syntax { .. }
            | Self::MissingKey { .. }
            | Self::WrongType { .. }
            | Self::NotUnicode { .. } => None,
        }
    }
}

fn environment_hint(name: &str, file: &Path, known: &[String]) -> String {
    if known.is_empty() {
        return format!("`{}` has no `[env]` tables; add `[env.NAME.database]`", file.display());
    }
    let listed = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match super::values::closest(name, known.iter().map(String::as_str)) {
        Some(meant) => format!("did you mean `{meant}`? known: {listed}"),
        None => format!("known: {listed}"),
    }
}

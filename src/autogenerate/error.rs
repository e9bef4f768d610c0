//! Why a revision could not be written from a declared schema.

use std::path::PathBuf;

use crate::backend::BackendError;
use crate::config::{ConfigError, UrlError, not_started_hint};
use crate::migrate;
use crate::schema::{FilterSyntaxError, Hazard, Rename, RenameError};
use crate::sql::{Dialect, Position};

/// Anything that can go wrong with comparing schemas and drafting a revision.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A workflow below, the configuration or a database.
    #[error(transparent)]
    Migrate(#[from] migrate::Error),
    /// The database does not have all revisions.
    #[error("the database is not at head: {}", not_at_head(*pending, current))]
    NotAtHead {
        /// How many revisions are pending.
        pending: usize,
        /// What it is at.
        current: Vec<String>,
    },
    /// A declared schema that the database refuses.
    #[error("the declared schema cannot be loaded: {}", .0.message)]
    Declared(Box<DeclaredFailure>),
    /// A pattern that finds no file.
    #[error("the declared schema `{pattern}` is not there")]
    NoDeclaredFile {
        /// As it is configured.
        pattern: String,
    },
    /// A glob that is none.
    #[error("`{pattern}` cannot be looked for: {message}")]
    BadPattern {
        /// As it is configured.
        pattern: String,
        /// Why.
        message: String,
    },
    /// A file that cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The program that prints the schema.
    #[error("the program `{program}` that prints the declared schema {reason}{}", on_lines(stderr))]
    Command {
        /// The program.
        program: String,
        /// What it did.
        reason: String,
        /// What it wrote.
        stderr: String,
    },
    /// A URL that is none.
    #[error("{0}")]
    Url(UrlError),
    /// A database of another engine.
    #[error("{url} is no {} database like the configured one", dialect.product())]
    OtherEngine {
        /// The URL, without secrets.
        url: String,
        /// The configured engine.
        dialect: Dialect,
    },
    /// A pattern of `include` or `exclude`.
    #[error(transparent)]
    Filter(#[from] FilterSyntaxError),
    /// A rename that cannot be.
    #[error(transparent)]
    Rename(#[from] RenameError),
    /// What may be renames, or not.
    #[error("what may be renames may be drops and adds as well: {}", list(candidates))]
    AmbiguousRename {
        /// The renames that may be meant.
        candidates: Vec<Rename>,
    },
    /// Hazards that were refused.
    #[error("refused because of {}: {}", list(hazards), titles.join("; "))]
    Refused {
        /// Which.
        hazards: Vec<Hazard>,
        /// What has them.
        titles: Vec<String>,
    },
    /// Objects that are not compared.
    #[error("not compared: {}", objects.join(", "))]
    Unmodelled {
        /// Their names.
        objects: Vec<String>,
    },
    /// A schema that cannot be made on a scratch database.
    #[error("cannot {title} on a scratch database: {cause}")]
    Scratch {
        /// What was done.
        title: String,
        /// The statement.
        statement: String,
        /// Why it failed.
        cause: Box<BackendError>,
    },
    /// A draft that does not do what it should.
    #[error("the draft is not proven: {stage}: {message}")]
    NotProven {
        /// Which way, and what went wrong.
        stage: &'static str,
        /// The fact.
        message: String,
        /// The statement that failed, or the objects that differ.
        details: Vec<String>,
        /// What the database says to do about it.
        hint: Option<String>,
    },
}

/// A declared schema that could not be loaded, with its place.
#[derive(Debug)]
pub struct DeclaredFailure {
    /// The file.
    pub path: PathBuf,
    /// Where in it.
    pub position: Position,
    /// The line there.
    pub source_line: Option<String>,
    /// Why.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// Did the server have no room for more locks?
    pub(super) needs_more_locks: bool,
}

impl DeclaredFailure {
    pub(super) fn new(path: PathBuf, position: Position, text: &str, message: String, hint: Option<String>) -> Self {
        let line = (position.line as usize).checked_sub(1);
        let source_line = line.and_then(|line| text.lines().nth(line)).map(str::to_owned);
        Self { path, position, source_line, message, hint, needs_more_locks: false }
    }
}

impl Error {
    /// The stable name of this error, as in `--json`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Migrate(error) => error.kind(),
            Self::NotAtHead { .. } => "not_at_head",
            Self::Declared(_) | Self::NoDeclaredFile { .. } | Self::Command { .. } => "declared_schema",
            Self::BadPattern { .. } | Self::Filter(_) | Self::Url(_) | Self::OtherEngine { .. } => "config",
            Self::Unreadable { .. } => "io",
            Self::Rename(_) => "bad_rename",
            Self::AmbiguousRename { .. } => "ambiguous_rename",
            Self::Refused { .. } => "hazard_refused",
            Self::Unmodelled { .. } => "unmodelled",
            Self::Scratch { .. } | Self::NotProven { .. } => "not_proven",
        }
    }

    /// What to do next; a line for each thing.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Migrate(error) => return error.hint(),
            Self::NotAtHead { .. } => {
                "run `migrator upgrade` first, or compare with the revisions: `--from migrations`"
            }
            Self::Declared(failure) => return failure.hint.clone(),
            Self::NoDeclaredFile { .. } => {
                "[autogenerate] schema in migrator.toml names files, directories or globs; `migrator dump -o schema.sql` \
                 begins with what the database has"
            }
            Self::Command { program, reason, .. } => return not_started_hint(program, reason),
            Self::BadPattern { .. } | Self::Unreadable { .. } => return None,
            Self::Filter(_) => "a pattern is NAME or KIND:NAME, where * is any text: `table:audit_*`",
            Self::Url(error) => return error.hint(),
            Self::OtherEngine { .. } => "only schemas of one engine can be compared",
            Self::Rename(_) => "a rename is OLD=NEW: the name in the current schema, then the one that is declared",
            Self::AmbiguousRename { candidates } => {
                let flags: Vec<String> = candidates.iter().map(flag).collect();
                return Some(format!("say it with {}\nor --no-renames to drop and add", flags.join(" ")));
            }
            Self::Refused { .. } => "leave out --refuse, or change the declared schema",
            Self::Unmodelled { .. } => "leave out --strict to go on without them; they are never touched",
            Self::Scratch { .. } => {
                "[autogenerate] exclude leaves out a table or view that needs something only the program has"
            }
            Self::NotProven { hint, .. } => {
                let written = "nothing was written; `--no-prove` writes the draft as it is, for mending it by hand";
                let lines = hint.iter().map(String::as_str).chain([written]);
                return Some(lines.collect::<Vec<_>>().join("\n"));
            }
        };
        Some(text.to_owned())
    }

    /// The exit code of the program for this error.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Migrate(error) => error.exit_code(),
            Self::NotAtHead { .. } => 3,
            Self::BadPattern { .. }
            | Self::Filter(_)
            | Self::Url(_)
            | Self::OtherEngine { .. }
            | Self::Rename(_)
            | Self::AmbiguousRename { .. } => 2,
            Self::Declared(_)
            | Self::NoDeclaredFile { .. }
            | Self::Unreadable { .. }
            | Self::Command { .. }
            | Self::Refused { .. }
            | Self::Unmodelled { .. }
            | Self::Scratch { .. }
            | Self::NotProven { .. } => 1,
        }
    }
}

impl From<BackendError> for Error {
    fn from(error: BackendError) -> Self {
        Self::Migrate(error.into())
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Migrate(error.into())
    }
}

fn not_at_head(pending: usize, current: &[String]) -> String {
    let at = if current.is_empty() { "base".to_owned() } else { current.join(", ") };
    format!("it is at {at}, {pending} revision{} pending", if pending == 1 { " is" } else { "s are" })
}

/// The option that says a rename, as a shell takes it.
fn flag(rename: &Rename) -> String {
    let text = rename.to_string();
    let is_plain = text.chars().all(|c| c.is_alphanumeric() || "._=-".contains(c));
    let quoted = if is_plain { None } else { shlex::try_quote(&text).ok() };
    format!("--rename {}", quoted.as_deref().unwrap_or(&text))
}

fn list<T: ToString>(items: &[T]) -> String {
    items.iter().map(|item| format!("`{}`", item.to_string())).collect::<Vec<_>>().join(", ")
}

fn on_lines(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(":\n{text}") }
}

//! Why a project could not be taken over.

use std::path::PathBuf;

use crate::backend::BackendError;
use crate::config::UrlError;
use crate::migrate;
use crate::script::ScriptError;

/// Anything that can go wrong with an import.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no configuration of Alembic.
    #[error("there is no Alembic configuration {}", place(looked_in))]
    NoConfiguration {
        /// The files that were looked for.
        looked_in: Vec<PathBuf>,
    },
    /// The interpreter cannot be started.
    #[error("cannot start `{program}`: {source}")]
    NoPython {
        /// Its name or path.
        program: String,
        /// The system's answer.
        source: std::io::Error,
    },
    /// Alembic is not installed there.
    #[error("`{program}` has no Alembic: {message}")]
    NoAlembic {
        /// The interpreter.
        program: String,
        /// What it said.
        message: String,
    },
    /// The project's own code failed, or something in it is not as Alembic wants it.
    #[error("the Alembic project cannot be read: {message}")]
    Project {
        /// What Python or Alembic said.
        message: String,
        /// Where, if it is in a file of the project.
        place: Option<(PathBuf, u32)>,
        /// What the project printed last.
        said: String,
    },
    /// The interpreter ended, or answered something else.
    #[error("`{program}` ended before it had answered")]
    Ended {
        /// The interpreter.
        program: String,
        /// What it printed last.
        said: String,
    },
    /// A database that migrator does not know.
    #[error("the project's database is `{dialect}`")]
    OtherDialect {
        /// SQLAlchemy's name for it.
        dialect: String,
    },
    /// There is no server to make scratch databases on.
    #[error("there is no PostgreSQL server to make scratch databases on")]
    NoServer,
    /// A URL that is none.
    #[error("the URL of the project's database cannot be used: {0}")]
    Url(UrlError),
    /// Something is in the way.
    #[error("already exists: {}", paths.iter().map(|path| format!("`{}`", path.display())).collect::<Vec<_>>().join(", "))]
    Exists {
        /// What.
        paths: Vec<PathBuf>,
    },
    /// The file system refuses.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// What was done.
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The files make no graph, or are none.
    #[error(transparent)]
    Migrate(#[from] migrate::Error),
}

impl From<ScriptError> for Error {
    fn from(error: ScriptError) -> Self {
        Self::Migrate(error.into())
    }
}

impl From<BackendError> for Error {
    fn from(error: BackendError) -> Self {
        Self::Migrate(error.into())
    }
}

impl Error {
    pub(super) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }

    /// The stable name of this error, as in `--json`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NoConfiguration { .. }
            | Self::NoPython { .. }
            | Self::NoAlembic { .. }
            | Self::Project { .. }
            | Self::Ended { .. }
            | Self::OtherDialect { .. } => "alembic_project",
            Self::NoServer | Self::Url(_) => "config",
            Self::Exists { .. } | Self::Io { .. } => "io",
            Self::Migrate(error) => error.kind(),
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::NoConfiguration { .. } => "name it: `migrator import alembic --config PATH/alembic.ini`",
            Self::NoPython { .. } => "name the project's Python: `--python PATH/bin/python`",
            Self::NoAlembic { .. } => {
                "name the Python in whose environment the project runs: `--python .venv/bin/python`"
            }
            Self::Project { place: Some((path, line)), .. } => {
                return Some(format!("look at {}:{line}; the import runs env.py in offline mode", path.display()));
            }
            Self::Project { .. } => "does `alembic history` work in this folder?",
            Self::Ended { .. } => "is this the project's Python, and does `alembic history` work in this folder?",
            Self::OtherDialect { .. } => {
                "migrator speaks postgresql and sqlite; `--dialect` says for which the files are to be written"
            }
            Self::NoServer => "name one with --url postgresql://…, or write the files without proof: --no-prove",
            Self::Url(error) => return error.hint(),
            Self::Exists { .. } => "name another folder with --out, or move away what is there",
            Self::Io { .. } => return None,
            Self::Migrate(error) => return error.hint(),
        };
        Some(text.to_owned())
    }

    /// The exit code of the program for this error.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoConfiguration { .. } | Self::OtherDialect { .. } | Self::NoServer | Self::Url(_) => 2,
            Self::NoPython { .. }
            | Self::NoAlembic { .. }
            | Self::Project { .. }
            | Self::Ended { .. }
            | Self::Exists { .. }
            | Self::Io { .. } => 1,
            Self::Migrate(error) => error.exit_code(),
        }
    }
}

fn place(looked_in: &[PathBuf]) -> String {
    match looked_in {
        [one] => format!("`{}`", one.display()),
        several => {
            let names: Vec<String> = several.iter().map(|path| format!("`{}`", path.display())).collect();
            format!("at {}", names.join(", "))
        }
    }
}

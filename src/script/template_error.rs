//! What can go wrong while a file is written.

use std::io;
use std::path::PathBuf;

/// Why a project, a revision file or its name could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// A template is not valid Tera, or uses something that is not offered.
    #[error("template `{}` cannot be rendered: {message}", path.display())]
    Template {
        /// The template.
        path: PathBuf,
        /// Line and column, both from 1, where Tera knows them.
        position: Option<(u32, u32)>,
        /// Tera's account of it.
        message: String,
    },
    /// The setting `file_template` is not valid Tera.
    #[error("file_template `{}` cannot be rendered: {message}", file_template.escape_debug())]
    FileTemplate {
        /// The setting.
        file_template: String,
        /// Tera's account of it.
        message: String,
    },
    /// The setting `file_template` renders to something that cannot be a file name.
    #[error("file_template gives `{}`, which {reason}", name.escape_debug())]
    FileName {
        /// What was rendered.
        name: String,
        /// Why it is refused; a verb phrase.
        reason: &'static str,
    },
    /// The operating system gave no random bytes for a revision id.
    #[error("no random bytes for a new revision id: {0}")]
    Random(getrandom::Error),
    /// There is no project template of that name.
    #[error("unknown template `{}`", name.escape_debug())]
    UnknownTemplate {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<&'static str>,
        /// The one that was probably meant.
        suggestion: Option<&'static str>,
    },
    /// The directory asked for cannot hold a project.
    #[error("directory `{}` {reason}", directory.escape_debug())]
    IllegalDirectory {
        /// The directory asked for.
        directory: String,
        /// Why it is refused; a verb phrase.
        reason: &'static str,
    },
    /// Files that would have been written are there already.
    #[error("already exists: {}", list(paths))]
    Exists {
        /// All of them.
        paths: Vec<PathBuf>,
    },
    /// The file system refused.
    #[error("cannot {action} `{}`: {cause}", path.display())]
    Io {
        /// What was tried; a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's answer.
        cause: io::Error,
    },
    /// A post-write hook has an empty command.
    #[error("post-write hook `{name}` has no command")]
    HookWithoutCommand {
        /// The hook.
        name: String,
        /// The file it was to be run on.
        path: PathBuf,
    },
    /// The program of a post-write hook could not be started.
    #[error("post-write hook `{name}` cannot run `{program}`: {cause}")]
    HookNotStarted {
        /// The hook.
        name: String,
        /// The program it names.
        program: String,
        /// The file it was to be run on.
        path: PathBuf,
        /// The system's answer.
        cause: io::Error,
    },
    /// The program of a post-write hook ended badly.
    #[error("post-write hook `{name}` failed ({status}) on `{}`{}", path.display(), below(output))]
    HookFailed {
        /// The hook.
        name: String,
        /// `exit status 1`, or the signal that ended it.
        status: String,
        /// The file it was run on.
        path: PathBuf,
        /// The last lines it wrote.
        output: String,
    },
}

impl TemplateError {
    /// A stable name of the error, for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Template { .. } | Self::HookNotStarted { .. } | Self::HookFailed { .. } => "script",
            Self::FileTemplate { .. }
            | Self::FileName { .. }
            | Self::UnknownTemplate { .. }
            | Self::IllegalDirectory { .. }
            | Self::HookWithoutCommand { .. } => "config",
            Self::Random(_) | Self::Exists { .. } | Self::Io { .. } => "io",
        }
    }

    /// The next step, where one is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Template { .. } => {
                Some(format!("a revision template may use {}", super::template::VARIABLES.join(", ")))
            }
            Self::FileTemplate { .. } | Self::FileName { .. } => {
                Some(format!("file_template may use {}, and `/` between folders", super::naming::VARIABLES.join(", ")))
            }
            Self::UnknownTemplate { known, suggestion, .. } => Some(match suggestion {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("there are: {}", known.join(", ")),
            }),
            Self::Exists { .. } => Some("nothing was written: is there a project here already?".to_owned()),
            Self::HookWithoutCommand { path, .. }
            | Self::HookNotStarted { path, .. }
            | Self::HookFailed { path, .. } => Some(format!(
                "`{}` was written and is kept; run the program on it by hand or change post_write_hooks",
                path.display()
            )),
            Self::Random(_) | Self::IllegalDirectory { .. } | Self::Io { .. } => None,
        }
    }

    /// File, line and column of the trouble, where there is such a place.
    pub fn place(&self) -> Option<(PathBuf, u32, u32)> {
        match self {
            Self::Template { path, position: Some((line, column)), .. } => Some((path.clone(), *line, *column)),
            _ => None,
        }
    }

    /// Makes a `map_err` function for something tried on a path.
    pub(super) fn io(action: &'static str, path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self::Io { action, path, cause }
    }
}

fn list(paths: &[PathBuf]) -> String {
    let quoted: Vec<_> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
    quoted.join(", ")
}

fn below(output: &str) -> String {
    if output.is_empty() { String::new() } else { format!(":\n{output}") }
}

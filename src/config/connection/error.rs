//! Why the parameters of a connection cannot be used. No value is ever repeated: the value of a parameter may
//! be a piece of a password with an unescaped `&` or `?`.

use std::fmt;
use std::path::PathBuf;

/// Where a parameter was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterSource {
    /// In the URL.
    Url,
    /// In this service file.
    ServiceFile(PathBuf),
    /// In this environment variable.
    Variable(&'static str),
}

impl fmt::Display for ParameterSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url => formatter.write_str("in the URL"),
            Self::ServiceFile(file) => write!(formatter, "in `{}`", file.display()),
            Self::Variable(name) => write!(formatter, "in the variable `{name}`"),
        }
    }
}

/// Why the parameters of a PostgreSQL connection cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// A parameter that libpq does not have.
    #[error("there is an unknown parameter {place}")]
    Unknown {
        /// Where.
        place: ParameterSource,
        /// The known one that it resembles.
        resembles: Option<&'static str>,
    },
    /// A parameter that cannot be heeded, and that it would be wrong to leave out.
    #[error("`{parameter}` {place} is not supported")]
    Refused {
        /// Its name.
        parameter: &'static str,
        /// Where it was given.
        place: ParameterSource,
    },
    /// A value that the parameter cannot take.
    #[error("`{parameter}` {place} {problem}")]
    Value {
        /// Its name.
        parameter: &'static str,
        /// Where it was given.
        place: ParameterSource,
        /// What is wrong with it.
        problem: String,
        /// How to write it.
        hint: Option<String>,
    },
    /// Parameters that contradict each other.
    #[error("{fact}")]
    Contradiction {
        /// What does not go together.
        fact: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// There is no such service.
    #[error("there is no service `{}` in {}", service.escape_debug(), list(files))]
    UnknownService {
        /// Its name.
        service: String,
        /// The files that were looked at.
        files: Vec<PathBuf>,
    },
    /// A line of a service file that is no `name=value`.
    #[error("`{}` has no `name=value` in line {line}", file.display())]
    ServiceLine {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A file that cannot be read.
    #[error("cannot read `{}`: {cause}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The operating system's reason.
        cause: String,
    },
    /// A variable that is not Unicode.
    #[error("the variable `{variable}` is not Unicode text")]
    NotUnicode {
        /// Its name.
        variable: &'static str,
    },
    /// No user is given, and the process has none with a name.
    #[error("no user is given, and the one that runs this program has no name")]
    NoUser,
}

impl ParameterError {
    /// The stable name of the kind of error, for programs.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        "config"
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { resembles: Some(meant), .. } => Some(format!("did you mean `{meant}`?")),
            Self::Unknown { .. } => Some(
                "docs/postgresql.md lists the parameters; an `&` in a password is written `%26`, a `?` is `%3F`".into(),
            ),
            Self::Refused { parameter, .. } => Some(refusal(parameter).into()),
            Self::Value { hint, .. } => hint.clone(),
            Self::Contradiction { hint, .. } => Some((*hint).into()),
            Self::UnknownService { .. } => {
                Some("a service is a section `[name]` in that file; `PGSERVICEFILE` names another file".into())
            }
            Self::NoUser => Some("give one: `postgresql://user@host/database`, or set `PGUSER`".into()),
            Self::ServiceLine { .. } | Self::Unreadable { .. } | Self::NotUnicode { .. } => None,
        }
    }
}

fn refusal(parameter: &str) -> &'static str {
    match parameter {
        "sslcrl" | "sslcrldir" => {
            "certificate revocation lists are not read; remove it only if nobody relies on the list"
        }
        "sslpassword" => "decrypt the key into a file that only you can read: `openssl pkey -in client.key -out …`",
        "requiressl" => "write `sslmode=require`",
        "require_auth" => "remove it, or use `channel_binding=require` or `sslmode=verify-full`",
        _ => "remove it",
    }
}

fn list(files: &[PathBuf]) -> String {
    if files.is_empty() {
        return "any file, for there is none".into();
    }
    files.iter().map(|file| format!("`{}`", file.display())).collect::<Vec<_>>().join(" or ")
}

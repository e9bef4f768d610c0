//! Why a database URL cannot be used. Nothing of the URL is repeated but what cannot be a secret.

use crate::config::values::closest;

/// Why a database URL cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// There is nothing.
    #[error("it is empty")]
    Empty,
    /// It has no scheme.
    #[error("it is not a URL")]
    NotAUrl,
    /// A scheme of another database, or of none.
    #[error("{}", match .scheme {
        Some(scheme) => format!("its scheme `{scheme}` is neither `postgresql` nor `sqlite`"),
        None => "its scheme is neither `postgresql` nor `sqlite`".to_owned(),
    })]
    UnknownScheme {
        /// The scheme, unless it does not look like one.
        scheme: Option<String>,
    },
    /// `postgresql:` without `//`.
    #[error("`//` does not follow its scheme")]
    MissingSlashes,
    /// An `@` behind the first `/` or `?`.
    #[error("an `@` stands behind the first `/` or `?`, so the password probably holds an unescaped character")]
    UnescapedPassword,
    /// A port that is not a number from 1 to 65535.
    #[error("a port is not a number from 1 to 65535")]
    Port,
    /// As many ports as hosts, or one for all.
    #[error("the numbers of hosts and ports differ")]
    PortCount,
    /// A `[` without its `]`, or something other than a port behind that.
    #[error("an address in brackets is not closed or not followed by a port")]
    Brackets,
    /// A query parameter without `=`.
    #[error("a parameter has no `=`")]
    ParameterWithoutValue,
    /// A part that is not UTF-8 once decoded.
    #[error("a part of it is not UTF-8 text once percent-decoded")]
    NotUtf8,
    /// A part that holds a NUL.
    #[error("a part of it holds a NUL character")]
    Nul,
    /// An SQLite URL with other than three or four slashes.
    #[error("an SQLite URL has no host: its path begins behind three slashes")]
    SqliteSlashes,
    /// An SQLite URL with a parameter.
    #[error("{}", match .name {
        Some(name) => format!("an SQLite URL takes no parameters, and it has `{name}`"),
        None => "an SQLite URL takes no parameters".to_owned(),
    })]
    SqliteParameter {
        /// The parameter, unless it does not look like the name of one.
        name: Option<String>,
    },
}

impl UrlError {
    pub(super) fn unknown_scheme(scheme: String) -> Self {
        let shown = (1..=20).contains(&scheme.len())
            && scheme.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'+');
        Self::UnknownScheme { scheme: shown.then_some(scheme) }
    }

    pub(super) fn sqlite_parameter(query: &str) -> Self {
        let name = query.split_once('=').map(|(name, _)| name).filter(|name| {
            (1..=30).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        });
        Self::SqliteParameter { name: name.map(str::to_owned) }
    }

    /// How to write it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Empty | Self::NotAUrl | Self::MissingSlashes => {
                Some("write it like `postgresql://user:password@host:5432/database` or `sqlite:///app.db`".into())
            }
            Self::UnknownScheme { scheme } => Some(scheme_hint(scheme.as_deref().unwrap_or_default())),
            Self::UnescapedPassword => {
                Some("percent-encode it: `/` is `%2F`, `?` is `%3F`, `@` is `%40`, `%` is `%25`".into())
            }
            Self::Port => Some("write an IPv6 address in brackets: `[::1]:5432`".into()),
            Self::PortCount => Some("give each host its port, or all of them one".into()),
            Self::ParameterWithoutValue => {
                Some("a parameter is `name=value`; a `?` in a password is written `%3F`".into())
            }
            Self::SqliteSlashes => {
                Some("write `sqlite:///relative.db`, `sqlite:////absolute.db` or `sqlite::memory:`".into())
            }
            Self::SqliteParameter { .. } => {
                Some("remove what follows the `?`; a `?` in a file's name is written `%3F`".into())
            }
            Self::Brackets | Self::NotUtf8 | Self::Nul => None,
        }
    }
}

fn scheme_hint(scheme: &str) -> String {
    let name = scheme.split('+').next().unwrap_or_default();
    match closest(name, ["postgresql", "postgres", "sqlite"]) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "migrator speaks to PostgreSQL and SQLite".into(),
    }
}

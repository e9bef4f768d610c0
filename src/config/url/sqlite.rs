//! SQLite URLs, as SQLAlchemy writes them: `sqlite:///relative.db`, `sqlite:////absolute.db`,
//! `sqlite://` for a database in memory. `sqlite::memory:` is understood too.

use std::fmt;
use std::path::{Path, PathBuf};

use super::encoding::{decode, encode};
use super::error::UrlError;

/// Where an SQLite database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SqliteLocation {
    /// In memory, gone when the connection is closed.
    Memory,
    /// In this file.
    File(PathBuf),
}

/// Reads what follows `sqlite:`.
pub(super) fn parse(rest: &str, base: &Path) -> Result<SqliteLocation, UrlError> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let location = match path {
        ":memory:" | "//" | "///" | "///:memory:" => SqliteLocation::Memory,
        _ => {
            let path = path.strip_prefix("///").ok_or(UrlError::SqliteSlashes)?;
            // Joining keeps an absolute path as it is, a Windows drive among them.
            SqliteLocation::File(base.join(decode(path)?))
        }
    };
    if query.is_empty() { Ok(location) } else { Err(UrlError::sqlite_parameter(query)) }
}

impl fmt::Display for SqliteLocation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => formatter.write_str("sqlite::memory:"),
            Self::File(path) => {
                write!(formatter, "sqlite:///{}", encode(&path.to_string_lossy(), "/\\:+,=@()[]'"))
            }
        }
    }
}

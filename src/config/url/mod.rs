//! Database URLs, in the forms of libpq and SQLAlchemy.
//!
//! A URL holds a password, so a malformed one is never repeated, and one that is understood is
//! shown with `***` in the place of its secrets.

mod driver;
mod encoding;
mod error;
mod postgres;
mod secret;
mod sqlite;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;

pub use error::UrlError;
pub use postgres::{Host, PostgresUrl};
pub use secret::Secret;
pub use sqlite::SqliteLocation;

use crate::sql::Dialect;

/// Where the database is. `Display` and `Debug` show no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// An SQLite database.
    Sqlite(SqliteLocation),
    /// A database of a PostgreSQL server.
    PostgreSql(PostgresUrl),
}

impl DatabaseUrl {
    /// Reads a URL; the path of an SQLite file is resolved against `base`.
    ///
    /// Blanks around the URL are ignored: what is read from a file often ends with a newline.
    ///
    /// # Errors
    /// [`UrlError`] says what is wrong, without repeating the URL.
    pub fn parse(text: &str, base: &Path) -> Result<Self, UrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(UrlError::Empty);
        }
        let (scheme, rest) = text.split_once(':').ok_or(UrlError::NotAUrl)?;
        let scheme = scheme.to_ascii_lowercase();
        match with_driver(&scheme) {
            Some(("postgresql" | "postgres", driver)) => {
                let url = postgres::parse(rest)?;
                Ok(Self::PostgreSql(driver::in_terms_of_libpq(driver, url)))
            }
            Some(("sqlite", _)) => sqlite::parse(rest, base).map(Self::Sqlite),
            _ if rest.starts_with("//") => Err(UrlError::unknown_scheme(scheme)),
            _ => Err(UrlError::NotAUrl),
        }
    }

    /// The kind of database.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::PostgreSql(_) => Dialect::PostgreSql,
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(location) => location.fmt(formatter),
            Self::PostgreSql(url) => url.fmt(formatter),
        }
    }
}

/// The scheme, and behind a `+` SQLAlchemy's driver, which names a Python library:
/// <https://docs.sqlalchemy.org/en/20/core/engines.html#database-urls>
fn with_driver(scheme: &str) -> Option<(&str, &str)> {
    match scheme.split_once('+') {
        None => Some((scheme, "")),
        Some((scheme, driver)) => {
            let named = !driver.is_empty()
                && driver.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
            named.then_some((scheme, driver))
        }
    }
}

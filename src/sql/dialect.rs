use std::fmt;
use std::str::FromStr;

/// The SQL a text is written in: which lexical rules apply and how names and values are quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// PostgreSQL.
    PostgreSql,
    /// SQLite.
    Sqlite,
}

impl Dialect {
    /// The dialect's name as it is written in revision files: `postgresql` or `sqlite`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PostgreSql => "postgresql",
            Self::Sqlite => "sqlite",
        }
    }
}

impl Dialect {
    /// The name of the database that speaks it.
    pub fn product(self) -> &'static str {
        match self {
            Self::PostgreSql => "PostgreSQL",
            Self::Sqlite => "SQLite",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    /// Reads `postgresql` (or `postgres`) and `sqlite`; anything else is [`UnknownDialect`].
    fn from_str(name: &str) -> Result<Self, UnknownDialect> {
        match name {
            "postgresql" | "postgres" => Ok(Self::PostgreSql),
            "sqlite" => Ok(Self::Sqlite),
            _ => Err(UnknownDialect { name: name.to_owned() }),
        }
    }
}

/// A name that is no dialect's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown dialect `{name}`")]
pub struct UnknownDialect {
    /// The name as it was given.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for (name, dialect) in
            [("postgresql", Dialect::PostgreSql), ("postgres", Dialect::PostgreSql), ("sqlite", Dialect::Sqlite)]
        {
            assert_eq!(name.parse(), Ok(dialect));
        }
        assert_eq!(Dialect::PostgreSql.to_string(), "postgresql");
        assert_eq!(Dialect::Sqlite.to_string(), "sqlite");
    }

    #[test]
    fn another_name_is_an_error_that_repeats_it() {
        let error = "mysql".parse::<Dialect>().map_err(|error| error.to_string());
        assert_eq!(error, Err("unknown dialect `mysql`".to_owned()));
    }
}

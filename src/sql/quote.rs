//! Names and values as SQL text.

use super::Dialect;

impl Dialect {
    /// A name in double quotes, whatever it holds.
    pub fn quote_identifier(self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// A value as a string literal. The value must not hold a NUL, which neither database can store as text.
    ///
    /// In PostgreSQL a backslash makes it an escape string, so that it means the same whatever
    /// `standard_conforming_strings` says; the space before the `E` keeps it apart from a word in front:
    /// <https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS-ESCAPE>.
    pub fn quote_literal(self, value: &str) -> String {
        let doubled = value.replace('\'', "''");
        if self == Self::PostgreSql && value.contains('\\') {
            format!(" E'{}'", doubled.replace('\\', "\\\\"))
        } else {
            format!("'{doubled}'")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dialect::{PostgreSql, Sqlite};

    #[test]
    fn identifiers_are_always_quoted() {
        for dialect in [PostgreSql, Sqlite] {
            assert_eq!(dialect.quote_identifier("users"), r#""users""#);
            assert_eq!(dialect.quote_identifier(r#"a"b"#), r#""a""b""#);
            assert_eq!(dialect.quote_identifier(r"a\b"), r#""a\b""#);
            assert_eq!(dialect.quote_identifier(""), r#""""#);
        }
    }

    #[test]
    fn literals_double_their_quotes() {
        for dialect in [PostgreSql, Sqlite] {
            assert_eq!(dialect.quote_literal("a"), "'a'");
            assert_eq!(dialect.quote_literal("it's"), "'it''s'");
            assert_eq!(dialect.quote_literal(""), "''");
        }
    }

    #[test]
    fn a_backslash_is_escaped_where_it_could_mean_something() {
        assert_eq!(PostgreSql.quote_literal(r"a\'b"), r" E'a\\''b'");
        assert_eq!(Sqlite.quote_literal(r"a\'b"), r"'a\''b'");
    }
}

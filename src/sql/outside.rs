//! Statements that cannot be in a transaction.

use super::Dialect;
use super::words::Words;

/// Is `statement` one that the database refuses inside a transaction, or that has no effect there?
///
/// PostgreSQL: "cannot be executed inside a transaction block" under <https://www.postgresql.org/docs/current/sql-commands.html>.
/// SQLite: <https://www.sqlite.org/lang_vacuum.html>, <https://www.sqlite.org/pragma.html#pragma_foreign_keys>.
#[must_use]
pub fn stands_outside(statement: &str, dialect: Dialect) -> bool {
    let words: Vec<String> = Words::of(statement).take(64).map(str::to_lowercase).collect();
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let first = word(0);
    match dialect {
        Dialect::Sqlite => {
            let setting = word(1).split('=').next().unwrap_or_default();
            first == "vacuum" || first == "pragma" && ["foreign_keys", "journal_mode"].contains(&setting)
        }
        Dialect::PostgreSql => {
            let object = ["database", "tablespace", "subscription"].contains(&word(1));
            let is_concurrent =
                |verbs: &[&str]| verbs.contains(&first) && words.iter().any(|word| word == "concurrently");
            let is_index = ["index", "unique"].contains(&word(1));
            match first {
                "create" | "drop" => object || is_index && is_concurrent(&["create", "drop"]),
                "alter" => word(1) == "system" || word(1) == "table" && word(words.len() - 1) == "concurrently",
                "reindex" => {
                    is_concurrent(&["reindex"])
                        || words.iter().any(|word| ["database", "schema", "system"].contains(&word.as_str()))
                }
                "vacuum" => true,
                "discard" => word(1) == "all",
                _ => false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_need_no_transaction_are_known() {
        let outside = |dialect, statement| stands_outside(statement, dialect);
        for statement in [
            "CREATE INDEX CONCURRENTLY a ON b (c)",
            "-- why\ncreate unique index concurrently if not exists a on b (c)",
            "DROP INDEX CONCURRENTLY a",
            "REINDEX TABLE CONCURRENTLY a",
            "REINDEX DATABASE shop",
            "VACUUM (ANALYZE) a",
            "CREATE DATABASE shop",
            "ALTER SYSTEM SET work_mem = '1MB'",
            "ALTER TABLE a DETACH PARTITION b CONCURRENTLY",
        ] {
            assert!(outside(Dialect::PostgreSql, statement), "{statement}");
        }
        for statement in ["CREATE TABLE concurrently (a integer)", "CREATE INDEX a ON b (c)", "SELECT 1", ""] {
            assert!(!outside(Dialect::PostgreSql, statement), "{statement}");
        }
        for statement in ["VACUUM", "PRAGMA foreign_keys=off", "pragma foreign_keys = OFF"] {
            assert!(outside(Dialect::Sqlite, statement), "{statement}");
        }
        for statement in ["PRAGMA user_version = 3", "PRAGMA foreign_key_check", "CREATE TABLE vacuum (a)"] {
            assert!(!outside(Dialect::Sqlite, statement), "{statement}");
        }
    }
}

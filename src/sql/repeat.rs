//! What may be run again when a part without a transaction is gone on with.

use super::words::Words;

/// Can this statement be run again without harm if nobody knows whether it finished?
///
/// What says IF NOT EXISTS has to make or alter something: a block or a row may hold the words as well.
#[must_use]
pub fn is_repeatable(statement: &str) -> bool {
    const COMMANDS: [&str; 6] = ["vacuum", "analyze", "reindex", "refresh", "pragma", "checkpoint"];
    let words = first_words(statement);
    let first = words.first().map_or("", String::as_str);
    let says_if_not_exists = words.windows(3).any(|three| *three == ["if", "not", "exists"]);
    COMMANDS.contains(&first)
        || (matches!(first, "create" | "alter") && says_if_not_exists)
        || is_for_session(statement)
}

/// Does this statement change the session only, so that those behind it need it again in a new session?
///
/// SQLite's pragmas are among them: those that are kept in the file are the same after a second time.
#[must_use]
pub fn is_for_session(statement: &str) -> bool {
    let words = first_words(statement);
    let word = |index: usize| words.get(index).map_or("", String::as_str);
    match word(0) {
        "set" => !matches!(word(1), "local" | "transaction" | "constraints"),
        "reset" | "pragma" | "attach" | "detach" => true,
        "select" => matches!(word(1), "set_config" | "pg_catalog.set_config"),
        _ => false,
    }
}

/// As many words as it takes to come to IF NOT EXISTS.
fn first_words(statement: &str) -> Vec<String> {
    Words::of(statement).take(9).map(str::to_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::{is_for_session, is_repeatable};

    #[test]
    fn what_does_no_harm_twice_is_known() {
        for statement in ["VACUUM t", "reindex table t", "ALTER TYPE e ADD VALUE IF NOT EXISTS 'x'"] {
            assert!(is_repeatable(statement), "{statement}");
        }
        for statement in [
            "CREATE INDEX IF NOT EXISTS i ON t (x)",
            "create unique index concurrently if not exists i on t (x)",
            "ALTER TABLE ONLY s.t ADD COLUMN\nIF NOT EXISTS c integer",
        ] {
            assert!(is_repeatable(statement), "{statement}");
        }
        for statement in [
            "INSERT INTO t VALUES (1)",
            "ALTER TYPE e ADD VALUE 'x'",
            "CREATE TABLE t ()",
            "INSERT INTO t VALUES ('make it if not exists')",
            "DO $$ BEGIN CREATE TABLE IF NOT EXISTS t (); INSERT INTO t DEFAULT VALUES; END $$",
            "UPDATE t SET x = x + 1 /* if not exists */",
        ] {
            assert!(!is_repeatable(statement), "{statement}");
        }
    }

    #[test]
    fn what_is_gone_with_the_session_is_known() {
        for statement in [
            "SET search_path = app",
            "set role anna",
            "RESET ALL",
            "SELECT pg_catalog.set_config('search_path', '', false)",
            "PRAGMA recursive_triggers = on",
            "ATTACH DATABASE 'other.db' AS other",
        ] {
            assert!(is_for_session(statement), "{statement}");
            assert!(is_repeatable(statement), "{statement}");
        }
        for statement in
            ["SELECT 1", "UPDATE t SET x = 1", "SET LOCAL search_path = app", "CREATE TEMP TABLE t (i integer)"]
        {
            assert!(!is_for_session(statement), "{statement}");
        }
    }
}

//! What may be run again when a part without a transaction is gone on with, and what ends with its session.

use super::words::Words;

/// Can this statement be run again without harm if nobody knows whether it finished?
///
/// What says IF NOT EXISTS has to make or alter something: a block or a row may hold the words as well.
#[must_use]
pub fn is_repeatable(statement: &str) -> bool {
    const COMMANDS: [&str; 6] = ["vacuum", "analyze", "reindex", "refresh", "pragma", "checkpoint"];
    let words: Vec<&str> = Words::of(statement).take(9).collect();
    let first = words.first().copied().unwrap_or_default();
    let says_if_not_exists = || {
        let mut three = words.windows(3);
        three.any(|three| three.iter().zip(["if", "not", "exists"]).all(|(word, wanted)| is_one_of(word, &[wanted])))
    };
    is_one_of(first, &COMMANDS)
        || (is_one_of(first, &["create", "alter"]) && says_if_not_exists())
        || is_for_session(statement)
}

/// Does this statement change the session only, so that those behind it need it again in a new session?
///
/// SQLite's pragmas are among them: those that are kept in the file are the same after a second time.
#[must_use]
pub fn is_for_session(statement: &str) -> bool {
    let mut words = Words::of(statement);
    let first = words.next().unwrap_or_default();
    let mut second_is = |known: &[&str]| is_one_of(words.next().unwrap_or_default(), known);
    is_one_of(first, &["reset", "pragma", "attach", "detach"])
        || (is_one_of(first, &["set"]) && !second_is(&["local", "transaction", "constraints"]))
        || (is_one_of(first, &["select"]) && second_is(&["set_config", "pg_catalog.set_config"]))
}

/// Does this statement make something that ends with the session?
#[must_use]
pub fn is_temporary(statement: &str) -> bool {
    let mut words = Words::of(statement).take(7);
    let is_in_temp = |word: &str| word.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("temp."));
    words.next().is_some_and(|first| is_one_of(first, &["create"]))
        && (words.next().is_some_and(|second| is_one_of(second, &["temp", "temporary"])) || words.any(is_in_temp))
}

fn is_one_of(word: &str, known: &[&str]) -> bool {
    known.iter().any(|known| word.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::{is_for_session, is_repeatable, is_temporary};

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

    #[test]
    fn what_is_temporary_is_known() {
        for statement in [
            "CREATE TEMP VIEW v AS SELECT 1",
            "create temporary table t (i)",
            "CREATE TABLE temp.t (i)",
            "create table if not exists Temp.t (i)",
        ] {
            assert!(is_temporary(statement), "{statement}");
        }
        for statement in [
            "CREATE TABLE t (i integer, temp real)",
            "CREATE TABLE temperature (i)",
            "SELECT temp FROM t",
            "DROP TABLE temp.t",
        ] {
            assert!(!is_temporary(statement), "{statement}");
        }
    }
}

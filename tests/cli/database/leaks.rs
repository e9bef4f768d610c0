//! What a revision leaves in its session does not reach the next one.

use super::{Subject, each_database};
use crate::support::postgres::each_postgres;

const LEAVES: &str = "ATTACH 'other.db' AS other;\n\
     CREATE TEMP TABLE scratch (i integer);\n\
     CREATE TABLE temp.more (i integer);\n\
     CREATE TEMP TRIGGER meddle AFTER INSERT ON a BEGIN DELETE FROM a; END;\n\
     PRAGMA recursive_triggers = on;\nPRAGMA case_sensitive_like = on;\nPRAGMA ignore_check_constraints = on;";

/// What the session of a revision is like, as a table that it makes.
const SEEN: &str = "CREATE TABLE seen AS SELECT \
     (SELECT count(*) FROM pragma_database_list WHERE name NOT IN ('main', 'temp')), \
     (SELECT count(*) FROM sqlite_temp_schema), \
     (SELECT * FROM pragma_recursive_triggers), (SELECT * FROM pragma_ignore_check_constraints), \
     (SELECT * FROM pragma_foreign_keys), 'a' LIKE 'A';";

#[test]
fn what_a_revision_leaves_in_sqlite_s_session_ends_with_it() {
    for (foreign_keys, number) in [("false", "0"), ("true", "1")] {
        for section in ["-- migrator:upgrade no-transaction\nPRAGMA foreign_keys = 1;\n", "-- migrator:upgrade\n"] {
            let subject = Subject::sqlite();
            subject.configure("", &format!("foreign_keys = {foreign_keys}"));
            subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
            subject.revision_file("b2", "a1", &format!("SELECT 1;\n{section}{LEAVES}"), "");
            subject.revision_file("c3", "b2", &format!("{SEEN}\nINSERT INTO a VALUES (1);"), "");
            subject.run(&["upgrade"]).ok();
            assert_eq!(subject.query("SELECT * FROM seen"), format!("0|0|0|0|{number}|1"), "{section}");
            assert_eq!(subject.query("SELECT i FROM a"), "1");
            assert_eq!(subject.log(), "a1|upgrade\nb2|upgrade\nc3|upgrade");
        }
    }
}

#[test]
fn the_parts_of_a_revision_share_their_session() {
    each_database(|subject| {
        let parts = "CREATE TEMP TABLE scratch (i integer);\n-- migrator:upgrade\nINSERT INTO scratch VALUES (1);";
        subject.revision_file("a1", "", parts, "");
        subject.run(&["upgrade"]).ok();
    });
}

#[test]
fn what_a_revision_leaves_in_the_file_stays() {
    let subject = Subject::sqlite();
    subject.revision_file(
        "a1",
        "",
        "-- migrator:upgrade no-transaction\nPRAGMA journal_mode = wal;\nPRAGMA user_version = 7;",
        "",
    );
    subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "");
    subject.run(&["upgrade"]).ok();
    assert_eq!(subject.query("PRAGMA journal_mode"), "wal");
    assert_eq!(subject.query("PRAGMA user_version"), "7");
}

/// The failure itself is written down in a session that can write.
#[test]
fn a_failure_is_logged_whatever_the_revision_left() {
    let subject = Subject::sqlite();
    subject.revision_file("a1", "", "PRAGMA query_only = on;\nCREATE TABLE a (i integer);", "");
    subject.run(&["upgrade"]).exits(1);
    assert_eq!(subject.log(), "a1|upgrade failed");
    assert_eq!(subject.catalog(), "");
}

#[test]
fn what_a_revision_leaves_in_postgresql_s_session_ends_with_it() {
    each_postgres(|database| {
        for transaction in ["per-revision", "single"] {
            let subject = Subject::postgres(database);
            subject.configure(&format!("transaction = \"{transaction}\""), "");
            let leaves = "CREATE TEMP TABLE scratch (i integer);\nPREPARE question AS SELECT 1;\n\
                          DECLARE place CURSOR WITH HOLD FOR SELECT 1;";
            subject.revision_file("a1", "", leaves, "");
            subject.revision_file("b2", "a1", leaves, "");
            let seen = "CREATE TABLE seen AS SELECT to_regclass('pg_temp.scratch') IS NULL AS a, \
                        (SELECT count(*) FROM pg_prepared_statements WHERE name NOT LIKE 'migrator%') AS b, \
                        (SELECT count(*) FROM pg_cursors) AS c;";
            subject.revision_file("c3", "b2", seen, "");
            subject.run(&["upgrade"]).ok();
            assert_eq!(subject.query("SELECT * FROM seen"), "t|0|0", "{transaction}");
            subject.query("DROP TABLE seen, migrator_version, migrator_log, migrator_ledger");
        }
    });
}

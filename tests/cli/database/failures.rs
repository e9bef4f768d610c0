//! What fails on any database: what is kept, what is said, and where.

use super::{assert_contains, each_database};

#[test]
fn a_failing_revision_is_rolled_back_and_those_before_it_stay() {
    each_database(|subject| {
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
        subject.revision_file(
            "b2",
            "a1",
            "CREATE TABLE b (i integer);\nINSERT INTO nowhere VALUES (1);\nSELECT 1;",
            "",
        );
        subject.revision_file("c3", "b2", "CREATE TABLE c (i integer);", "");
        let output = subject.run(&["upgrade"]).exits(1);
        assert_contains(&output.stderr, "migrations/versions/b2.sql:8:");
        assert_contains(&output.stderr, "applied before it: a1\n");
        assert_contains(&output.stderr, "nothing of b2 was kept");
        assert_eq!(subject.applied(), "a1");
        assert_eq!(subject.log(), "a1|upgrade\nb2|upgrade failed");
        assert!(subject.has_table("a") && !subject.has_table("b"));
    });
}

#[test]
fn the_document_of_a_failure_says_where_it_stands() {
    each_database(|subject| {
        // A byte order mark, CRLF, a tab, a comment and characters of two, three and four bytes.
        let text = "\u{feff}-- é\n--\n-- migrator:revision a1\n\n-- migrator:upgrade\nSELECT '€';\n\
                    /* 😀 */\tSELECT 'ß', * FROM nowhere;\n";
        subject.write("migrations/versions/a1.sql", &text.replace('\n', "\r\n"));
        let error = &subject.json(&["upgrade"])["error"];
        // SQLite gives no position; its message names the table.
        let column = 9 + "SELECT 'ß', * FROM ".chars().count();
        assert_eq!(error["file"], "migrations/versions/a1.sql");
        assert_eq!((error["line"].as_u64(), error["column"].as_u64()), (Some(7), Some(column as u64)), "{error}");
        assert_eq!(error["statement"], "SELECT 'ß', * FROM nowhere");
        assert_eq!(error["revision"], "a1");
        assert_eq!(error["kind"], "database");
        if !subject.is_sqlite() {
            assert_eq!(error["sqlstate"], "42P01");
        }
    });
}

#[test]
fn an_error_without_a_place_is_shown_at_its_statement() {
    each_database(|subject| {
        let twice =
            "CREATE TABLE a (i integer PRIMARY KEY);\nINSERT INTO a VALUES (1);\n  INSERT INTO a\n  VALUES (1);";
        subject.revision_file("a1", "", twice, "");
        let error = &subject.json(&["upgrade"])["error"];
        assert_eq!((error["line"].as_u64(), error["column"].as_u64()), (Some(8), Some(3)), "{error}");
        assert_contains(error["message"].as_str().unwrap(), if subject.is_sqlite() { "UNIQUE" } else { "a_pkey" });
    });
}

#[test]
fn a_revision_that_takes_its_own_row_is_refused() {
    each_database(|subject| {
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "DELETE FROM migrator_version;");
        subject.run(&["upgrade"]).ok();
        let output = subject.run(&["downgrade", "base"]).exits(1);
        assert_contains(&output.stderr, "the version table changed 0 rows, not one");
        assert_eq!(subject.applied(), "a1");
    });
}

#[test]
fn a_second_part_that_fails_leaves_the_first() {
    each_database(|subject| {
        let parts = "CREATE TABLE a (i integer);\n-- migrator:upgrade\nCREATE TABLE b (i integer);\nSELECT nothing;";
        subject.revision_file("a1", "", parts, "");
        let output = subject.run(&["upgrade"]).exits(1);
        assert_contains(&output.stderr, "the first part stays, the rest of a1 was rolled back");
        assert_eq!(subject.query("SELECT count(*) FROM a"), "0");
        assert!(!subject.has_table("b"));
        assert_eq!(subject.applied(), "");
        assert_eq!(subject.log(), "a1|upgrade failed");
    });
}

#[test]
fn a_part_without_a_transaction_says_what_stays() {
    each_database(|subject| {
        subject.revision_file("a1", "", "", "");
        let text = subject.read("migrations/versions/a1.sql").replace(
            "-- migrator:upgrade\n",
            "-- migrator:upgrade no-transaction\nCREATE TABLE a (i integer);\nINSERT INTO a VALUES (1);\nSELECT nothing;\n",
        );
        subject.write("migrations/versions/a1.sql", &text);
        let output = subject.run(&["upgrade"]).exits(1);
        assert!(!output.stderr.contains("nothing of a1 was kept"), "{}", output.stderr);
        assert_contains(&output.stderr, "its first 2 statements stay");
        assert_eq!(subject.query("SELECT i FROM a"), "1");
        assert_eq!(subject.applied(), "");
        assert_eq!(subject.log(), "a1|upgrade failed");
    });
}

#[test]
fn a_transaction_that_a_part_began_itself_is_rolled_back() {
    each_database(|subject| {
        subject.revision_file(
            "a1",
            "",
            "SELECT 1;\n-- migrator:upgrade no-transaction\nBEGIN;\nCREATE TABLE a (i integer);\nSELECT nothing;\nCOMMIT;",
            "",
        );
        subject.run(&["upgrade"]).exits(1);
        assert!(!subject.has_table("a"));
        assert_eq!(subject.log(), "a1|upgrade failed");
    });
}

#[test]
fn a_run_in_one_transaction_keeps_all_or_nothing() {
    each_database(|subject| {
        subject.configure("transaction = \"single\"", "");
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "DROP TABLE a;");
        subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);\nSELECT nothing;", "DROP TABLE b;");
        let output = subject.run(&["upgrade"]).exits(1);
        assert!(!output.stderr.contains("applied before it"), "{}", output.stderr);
        assert_contains(&output.stderr, "rolled back with it: a1");
        assert!(!subject.has_table("a"));
        assert_eq!(subject.log(), "b2|upgrade failed");
        subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "DROP TABLE a;");
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.applied(), "a1\nb2");
        // The downgrade of b2 drops what that of a1 wants to drop.
        subject.run(&["downgrade", "base"]).exits(1);
        assert_eq!(subject.applied(), "a1\nb2");
        assert!(subject.has_table("a"));
    });
}

#[test]
fn a_run_in_one_transaction_refuses_parts_outside() {
    each_database(|subject| {
        subject.configure("transaction = \"single\"", "");
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
        subject.revision_file("b2", "a1", "SELECT 1;\n-- migrator:upgrade no-transaction\nVACUUM;", "");
        let output = subject.run(&["upgrade"]).exits(2);
        assert_contains(&output.stderr, "b2.sql");
        assert!(!subject.has_table("a"));
    });
}

#[test]
fn a_failed_downgrade_leaves_the_revision() {
    each_database(|subject| {
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "DROP TABLE a;\nDROP TABLE nowhere;");
        subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "DROP TABLE b;");
        subject.run(&["upgrade"]).ok();
        let output = subject.run(&["downgrade", "base"]).exits(1);
        assert_contains(&output.stderr, "reverted before it: b2");
        assert_eq!(subject.applied(), "a1");
        assert_eq!(subject.query("SELECT count(*) FROM a"), "0");
        assert_eq!(subject.log().lines().last(), Some("a1|downgrade failed"));
    });
}

//! Version tables that were made before they had the column `upgrade_sql`.

use super::scripts::feed;
use super::{Subject, assert_contains, each_database};

/// `a1` is applied, and the version table is as it was made earlier.
fn old_table(subject: &Subject<'_>) {
    subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "DROP TABLE a;");
    subject.run(&["upgrade"]).ok();
    subject.execute("ALTER TABLE migrator_version DROP COLUMN upgrade_sql");
    assert!(is_old(subject));
    subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "DROP TABLE b;");
}

fn is_old(subject: &Subject<'_>) -> bool {
    let query = match subject.is_sqlite() {
        true => "SELECT count(*) FROM pragma_table_info('migrator_version') WHERE name = 'upgrade_sql'",
        false => {
            "SELECT count(*) FROM pg_attribute WHERE attrelid = 'migrator_version'::regclass AND attname = 'upgrade_sql'"
        }
    };
    subject.query(query) == "0"
}

#[test]
fn looking_leaves_it_as_it_is() {
    each_database(|subject| {
        old_table(subject);
        for arguments in [
            &["current"][..],
            &["status"],
            &["verify"],
            &["history", "--indicate-current"],
            &["upgrade", "--dry-run"],
            &["downgrade", "--dry-run", "base"],
            &["upgrade", "a1"],
        ] {
            subject.run(arguments).ok();
            assert!(is_old(subject), "{arguments:?}");
        }
    });
}

#[test]
fn the_first_run_adds_what_is_missing_and_keeps_the_rows() {
    for arguments in [&["upgrade"][..], &["stamp", "head"], &["ensure-version"]] {
        each_database(|subject| {
            old_table(subject);
            let rows = "SELECT revision, upgrade_checksum, downgrade_checksum, applied_at, downgrade_sql \
                        FROM migrator_version WHERE revision = 'a1'";
            let before = subject.query(rows);
            let output = subject.run(arguments).ok();
            assert!(!output.stderr.contains("notice"), "{}", output.stderr);
            assert!(!is_old(subject), "{arguments:?}");
            assert_eq!(subject.query(rows), before);
            let applied = if arguments == ["ensure-version"] { "a1|0" } else { "a1|0\nb2|1" };
            let kept =
                "SELECT revision, CASE WHEN upgrade_sql IS NULL THEN 0 ELSE 1 END FROM migrator_version ORDER BY 1";
            assert_eq!(subject.query(kept), applied);
            subject.run(&["stamp", "base"]).ok();
        });
    }
}

#[test]
fn a_downgrade_alone_works_too() {
    each_database(|subject| {
        old_table(subject);
        subject.run(&["downgrade", "base", "--from-database"]).ok();
        assert_eq!(subject.applied(), "");
    });
}

#[test]
fn a_run_that_fails_loses_nothing() {
    each_database(|subject| {
        old_table(subject);
        subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);\nINSERT INTO nowhere VALUES (1);", "");
        subject.run(&["upgrade"]).exits(1);
        assert_eq!(subject.applied(), "a1");
        subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "");
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.applied(), "a1\nb2");
        assert_eq!(subject.log(), "a1|upgrade\nb2|upgrade failed\nb2|upgrade");
    });
}

#[test]
fn an_interrupted_revision_is_resolved() {
    each_database(|subject| {
        old_table(subject);
        subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "DROP TABLE b;");
        let checksum = "0".repeat(64);
        subject.execute(&format!(
            "INSERT INTO migrator_ledger (revision, direction, part, statement, checksum, state, noted_at) \
             VALUES ('b2', 'upgrade', 1, 1, '{checksum}', 'begun', '2026-11-20T10:33:00Z')"
        ));
        subject.run(&["resolve", "b2", "--applied"]).ok();
        assert_eq!(subject.applied(), "a1\nb2");
    });
}

#[test]
fn only_the_checksums_of_its_rows_are_known() {
    each_database(|subject| {
        old_table(subject);
        subject.revision_file("a1", "", "CREATE TABLE a (i bigint);", "DROP TABLE a;");
        let output = subject.run(&["accept", "a1", "--reason", "x", "--yes"]).ok();
        assert_contains(&output.stdout, "upgrade of a1: the text that ran was not kept, so only the checksums can be");
        assert!(!is_old(subject));
        assert_contains(&subject.query("SELECT upgrade_sql FROM migrator_version"), "i bigint");
        subject.run(&["upgrade"]).ok();
    });
}

#[test]
fn scripts_fit_it() {
    each_database(|subject| {
        old_table(subject);
        let script = subject.run(&["upgrade", "--sql"]).ok().stdout;
        feed(subject, &script).unwrap();
        assert_eq!(subject.applied(), "a1\nb2");
        subject.run(&["upgrade"]).ok();
        assert!(is_old(subject));
        let script = subject.run(&["stamp", "--sql", "a1"]).ok().stdout;
        feed(subject, &script).unwrap();
        assert_eq!(subject.applied(), "a1");
        subject.run(&["upgrade", "--dry-run"]).ok();
    });
}

//! Files that change, or go, after they ran.

use std::fs;

use super::{Subject, assert_contains, each_database};

const FILE: &str = "migrations/versions/b2.sql";

fn two_applied(subject: &Subject<'_>) -> String {
    subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "DROP TABLE a;");
    subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "DROP TABLE b;");
    subject.run(&["upgrade"]).ok();
    subject.read(FILE)
}

#[test]
fn a_changed_upgrade_stops_every_run() {
    each_database(|subject| {
        let text = two_applied(subject);
        subject.write(FILE, &text.replace("(i integer)", "(i bigint)"));
        subject.revision_file("c3", "b2", "CREATE TABLE c (i integer);", "");
        for arguments in [&["upgrade"][..], &["upgrade", "--dry-run"], &["downgrade", "-1"], &["upgrade", "b2"]] {
            let output = subject.run(arguments).exits(5);
            assert_contains(&output.stderr, "b2.sql");
            assert_contains(&output.stderr, "hint: restore the file");
            let error = &subject.json(arguments)["error"];
            assert_eq!(error["kind"], "checksum_changed");
            assert_eq!(error["files"][0]["path"], FILE);
        }
        assert_eq!(subject.json(&["status"])["changed"].to_string(), r#"["b2"]"#);
        assert_eq!(subject.applied(), "a1\nb2");
        subject.write(FILE, &text);
        subject.run(&["upgrade"]).ok();
    });
}

#[test]
fn what_does_not_run_may_change() {
    each_database(|subject| {
        let text = two_applied(subject);
        let words = text.replace("-- revision b2\n", "-- other words, é\n--\n-- and more\n");
        for text in [words.clone(), text.replace('\n', "\r\n"), format!("\u{feff}{text}"), format!("{text}\n\n")] {
            subject.write(FILE, &text);
            subject.run(&["upgrade"]).ok();
            assert_eq!(subject.json(&["status"])["changed"].to_string(), "[]");
        }
        subject.write(FILE, &words);
        assert_contains(&subject.run(&["history"]).ok().stdout, "other words, é");
    });
}

#[test]
fn a_changed_downgrade_is_shown_and_runs() {
    each_database(|subject| {
        let text = two_applied(subject);
        assert!(!subject.run(&["status"]).ok().stdout.contains("downgrade changed"));
        subject.write(FILE, &text.replace("DROP TABLE b;", "DROP TABLE b;\nCREATE TABLE repaired (i integer);"));
        assert_contains(&subject.run(&["status"]).ok().stdout, "downgrade changed");
        assert_eq!(subject.json(&["status"])["changed"].to_string(), "[]");
        subject.run(&["downgrade", "-1"]).ok();
        assert_eq!(subject.query("SELECT count(*) FROM repaired"), "0");
    });
}

#[test]
fn a_file_that_is_gone_stops_every_run() {
    each_database(|subject| {
        let text = two_applied(subject);
        fs::remove_file(subject.path(FILE)).unwrap();
        for arguments in [&["upgrade"][..], &["upgrade", "--dry-run"]] {
            let output = subject.run(arguments).exits(5);
            assert_contains(&output.stderr, "b2");
            assert_contains(&output.stderr, "hint: ");
            assert_eq!(subject.json(arguments)["error"]["kind"], "revision_missing");
        }
        let status = subject.json(&["status"]);
        assert_eq!(
            (status["applied"].to_string(), status["missing"].to_string()),
            (r#"["a1"]"#.into(), r#"["b2"]"#.into())
        );
        assert_eq!(subject.json(&["current"])["heads"].to_string(), r#"["b2"]"#);
        subject.write(FILE, &text);
        subject.run(&["upgrade"]).ok();
    });
}

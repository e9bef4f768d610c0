//! `accept`: the file of an applied revision was changed, and that is meant.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::{Subject, assert_contains, each_database};

const FILE: &str = "migrations/versions/a1.sql";

/// `a1` is applied; then `integer` becomes `bigint` in its file.
fn changed(subject: &Subject<'_>) {
    subject.revision_file("a1", "", "CREATE TABLE a (\n  i integer\n);", "DROP TABLE a;");
    subject.run(&["upgrade"]).ok();
    subject.write(FILE, &subject.read(FILE).replace("integer", "bigint"));
    subject.run(&["upgrade"]).exits(5);
}

#[test]
fn a_change_is_shown_and_recorded_with_its_reason() {
    each_database(|subject| {
        changed(subject);
        let hint = subject.run(&["upgrade"]).exits(5).stderr;
        assert_contains(&hint, "`migrator accept a1 --reason TEXT`");
        let before = subject.query("SELECT applied_at, duration_ms, message FROM migrator_version");

        let output = subject.run(&["accept", "a1", "--reason", "it's wider on every server", "--yes"]).ok();
        assert_eq!(
            output.stdout,
            "--- upgrade of a1 as it ran\n+++ migrations/versions/a1.sql\n@@ -1,4 +5,4 @@\n -- migrator:upgrade\n \
             CREATE TABLE a (\n-  i integer\n+  i bigint\n );\naccepted a1 as it is now\n"
        );
        assert_eq!(subject.log(), "a1|upgrade\na1|accept");
        assert_eq!(
            subject.query("SELECT detail FROM migrator_log WHERE action = 'accept'"),
            "it's wider on every server"
        );
        assert_eq!(subject.query("SELECT applied_at, duration_ms, message FROM migrator_version"), before);
        assert_contains(&subject.query("SELECT upgrade_sql FROM migrator_version"), "i bigint");

        subject.run(&["verify"]).ok();
        subject.run(&["upgrade"]).ok();
        let output = subject.run(&["accept", "a1", "--reason", "again", "--yes"]).exits(2);
        assert_contains(&output.stderr, "there is nothing to accept of `a1`: its file is as it was when it ran");
        assert_eq!(subject.log(), "a1|upgrade\na1|accept");
    });
}

#[test]
fn several_revisions_are_accepted_together_or_not_at_all() {
    each_database(|subject| {
        changed(subject);
        subject.revision_file("b2", "", "CREATE TABLE b (i integer);", "DROP TABLE b;");
        subject.run(&["accept", "a1", "--reason", "x", "--yes"]).ok();
        subject.run(&["upgrade", "b2"]).ok();
        subject.write(FILE, &subject.read(FILE).replace("bigint", "smallint"));

        let output = subject.run(&["accept", "a1", "b2", "--reason", "x", "--yes"]).exits(2);
        assert_contains(&output.stderr, "there is nothing to accept of `b2`");
        assert_eq!(subject.json(&["status"])["changed"].to_string(), r#"["a1"]"#);

        subject.revision_file("b2", "", "CREATE TABLE b (i bigint);", "DROP TABLE b;");
        let document = subject.json(&["accept", "b2", "a1", "a1", "--reason", "both", "--yes"]);
        let ids: Vec<_> = document["accepted"].as_array().unwrap().iter().map(|one| one["revision"].clone()).collect();
        assert_eq!(ids, ["b2", "a1"]);
        assert_eq!(document["reason"], "both");
        let difference = &document["accepted"][0]["differences"][0];
        assert_eq!(difference["direction"], "upgrade");
        assert_contains(difference["difference"].as_str().unwrap(), "-CREATE TABLE b (i integer);\n+CREATE");
        assert_eq!(subject.json(&["status"])["changed"].to_string(), "[]");
    });
}

#[test]
fn a_changed_downgrade_is_kept_as_it_is_now() {
    each_database(|subject| {
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "DROP TABLE a;");
        subject.run(&["upgrade"]).ok();
        subject.write(FILE, &subject.read(FILE).replace("DROP TABLE a;", "DROP TABLE IF EXISTS a;"));
        let output = subject.run(&["accept", "a1", "--reason", "mended", "--yes"]).ok();
        assert_contains(&output.stdout, "--- downgrade of a1 as it ran");
        assert_contains(
            &output.stdout,
            "@@ -1,2 +8,2 @@\n -- migrator:downgrade\n-DROP TABLE a;\n+DROP TABLE IF EXISTS a;\n",
        );
        assert!(!output.stdout.contains("upgrade of a1 as it ran\n+++ migrations/versions/a1.sql\n@@ -1,2 +5"));
        assert!(!subject.run(&["status"]).ok().stdout.contains("downgrade changed"));
        assert_eq!(
            subject.query("SELECT downgrade_sql FROM migrator_version"),
            "-- migrator:downgrade\nDROP TABLE IF EXISTS a;\n"
        );
    });
}

#[test]
fn without_a_terminal_only_yes_accepts() {
    each_database(|subject| {
        changed(subject);
        let output = subject.run(&["accept", "a1", "--reason", "x"]).exits(2);
        assert_contains(&output.stdout, "+  i bigint");
        assert_contains(&output.stderr, "hint: look at the difference, then say --yes");
        assert_eq!(subject.json(&["accept", "a1", "--reason", "x"])["error"]["kind"], "usage");
        assert_eq!(subject.log(), "a1|upgrade");
        for reason in [&["accept", "a1", "--yes"][..], &["accept", "a1", "--yes", "--reason", " "]] {
            subject.run(reason).exits(2);
        }
        subject.run(&["upgrade"]).exits(5);
    });
}

/// `script` gives the program a terminal.
#[test]
fn on_a_terminal_it_asks() {
    let subject = Subject::sqlite();
    changed(&subject);
    let answered = |answer: &str| {
        let mut command = subject.command(&[]);
        let program = command.get_program().to_str().unwrap().to_owned();
        let line = format!("{program} --color never accept a1 --reason x");
        command = Command::new("script");
        command.args(["--quiet", "--return", "--command", &line, "/dev/null"]).current_dir(subject.path(""));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_contains(&String::from_utf8_lossy(&output.stdout), "does the file count as it is now? [y/N]");
        output.status.code()
    };
    assert_eq!(answered("n\n"), Some(1));
    assert_eq!(subject.log(), "a1|upgrade");
    assert_eq!(answered("y\n"), Some(0));
    assert_eq!(subject.log(), "a1|upgrade\na1|accept");
}

#[test]
fn what_cannot_be_accepted() {
    each_database(|subject| {
        changed(subject);
        subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "");
        for (revision, message) in [
            ("b2", "there is nothing to accept of `b2`: it is not applied"),
            ("base", "there is nothing to accept of `base`: it names no revision"),
            ("zz", "no revision or branch label `zz`"),
        ] {
            let output = subject.run(&["accept", "a1", revision, "--reason", "x", "--yes"]);
            assert_contains(&output.stderr, message);
            assert_ne!(output.code, Some(0));
        }
        assert_eq!(subject.log(), "a1|upgrade");
    });
}

#[test]
fn of_a_very_long_upgrade_only_the_checksums_are_known() {
    each_database(|subject| {
        let long = format!("CREATE TABLE a (i integer);\n-- {}", "x".repeat(300_000));
        subject.revision_file("a1", "", &format!("{long}\nSELECT 1;"), "DROP TABLE a;");
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT count(*) FROM migrator_version WHERE upgrade_sql IS NULL"), "1");
        subject.revision_file("a1", "", &format!("{long}\nSELECT 2;"), "DROP TABLE a;");
        let output = subject.run(&["accept", "a1", "--reason", "x", "--yes"]).ok();
        assert_contains(&output.stdout, "upgrade of a1: the text that ran was not kept");
        subject.run(&["upgrade"]).ok();
    });
}

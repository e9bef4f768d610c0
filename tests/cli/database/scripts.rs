//! Scripts, dry runs and what goes to which stream.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::{Subject, assert_contains, each_database};
use crate::support::postgres::each_postgres;

/// Everything of a row that does not depend on when and how it was written.
const ROWS: &str = "SELECT revision, parents, depends_on, message, upgrade_checksum, downgrade_checksum, \
     migrator_version, downgrade_sql FROM migrator_version ORDER BY revision";

fn write_revisions(subject: &Subject<'_>) {
    subject.revision_file("a1", "", "CREATE TABLE a (i integer, x text DEFAULT 'it''s; \\ --');", "DROP TABLE a;");
    subject.revision_file(
        "b2",
        "a1",
        "INSERT INTO a VALUES (1, 'é'); -- a comment\n-- migrator:upgrade no-transaction\nVACUUM",
        "DELETE FROM a;",
    );
    subject.revision_file("c3", "b2", "CREATE TABLE c (i integer);", "DROP TABLE c;");
}

/// Runs a script with the database's own shell, which must be there; says what the shell complained about.
pub fn feed(subject: &Subject<'_>, script: &str) -> Result<(), String> {
    match subject.postgres {
        None => feed_to(Command::new("sqlite3").arg(subject.path("app.db")), script),
        Some(database) => feed_at(&database.url(), script),
    }
}

/// Runs a script with psql on the PostgreSQL database at `url`.
pub fn feed_at(url: &str, script: &str) -> Result<(), String> {
    feed_to(Command::new("psql").args(["-X", "-q", "-d", url]), script)
}

fn feed_to(shell: &mut Command, script: &str) -> Result<(), String> {
    let shell = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut shell = shell.expect("sqlite3 and psql (Debian: sqlite3, postgresql-client) run the scripts");
    shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = shell.wait_with_output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

#[test]
fn a_script_does_what_the_program_does() {
    each_database(|online| {
        write_revisions(online);
        let other = online.postgres.map(|database| database.server().database());
        let offline = other.as_ref().map_or_else(Subject::sqlite, Subject::postgres);
        write_revisions(&offline);
        for (arguments, range) in [
            (["upgrade", "b2"], "b2"),
            (["upgrade", "head"], "b2:head"),
            (["downgrade", "-2"], "c3:a1"),
            (["upgrade", "head"], "head"),
            (["downgrade", "base"], "head:base"),
        ] {
            online.run(&arguments).ok();
            let script = offline.run(&[arguments[0], range, "--sql"]).ok().stdout;
            feed(&offline, &script).unwrap();
            assert_eq!(offline.catalog(), online.catalog(), "{arguments:?}");
            assert_eq!(offline.query(ROWS), online.query(ROWS), "{arguments:?}");
            assert_eq!(offline.log(), online.log(), "{arguments:?}");
        }
    });
}

#[test]
fn a_script_restores_the_session_between_revisions() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.configure("version_table_schema = \"it's \\\\ books\"", "");
        let role = format!("{}_role", database.name());
        subject.revision_file(
            "a1",
            "",
            &format!("CREATE ROLE {role};\nSELECT pg_catalog.set_config('search_path', '', false);\nSET ROLE {role};"),
            "",
        );
        subject.revision_file("b2", "a1", "CREATE TABLE t (x text);", "");
        let script = subject.run(&["upgrade", "--sql"]).ok().stdout;
        feed(&subject, &script).unwrap();
        database.client().batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
        assert_eq!(
            subject.query("SELECT tableowner, schemaname FROM pg_tables WHERE tablename = 't'"),
            "postgres|public"
        );
        assert_eq!(subject.json(&["status"])["applied"].to_string(), r#"["a1","b2"]"#);
    });
}

#[test]
fn a_script_that_fails_records_nothing_of_the_rest() {
    each_database(|subject| {
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
        subject.revision_file(
            "b2",
            "a1",
            "CREATE TABLE b (i integer);\nSELECT nothing;\nCREATE TABLE bb (i integer);",
            "",
        );
        subject.revision_file("c3", "b2", "CREATE TABLE c (i integer);", "");
        let script = subject.run(&["upgrade", "--sql"]).ok().stdout;
        assert_contains(&feed(subject, &script).unwrap_err(), "nothing");
        assert_eq!(subject.applied(), "a1");
        assert!(!subject.has_table("c"));
    });
}

#[test]
fn looking_changes_nothing() {
    each_database(|subject| {
        write_revisions(subject);
        let before = subject.postgres.map(|_| subject.catalog());
        for arguments in [
            &["upgrade", "--dry-run"][..],
            &["upgrade", "--sql"],
            &["upgrade", "+2", "--dry-run"],
            &["downgrade", "base", "--dry-run"],
            &["current"],
            &["status"],
            &["history", "-i"],
            &["heads"],
            &["branches"],
            &["show", "head"],
        ] {
            subject.run(arguments).ok();
            match &before {
                Some(before) => {
                    assert_eq!(&subject.catalog(), before);
                    assert_eq!(subject.query("SELECT to_regclass('migrator_version')"), "");
                }
                None => assert!(!subject.path("app.db").exists(), "{arguments:?} made the database"),
            }
        }
    });
}

#[test]
fn relative_targets_are_typed_as_they_are() {
    each_database(|subject| {
        write_revisions(subject);
        let heads = |arguments: &[&str]| subject.json(arguments)["heads"].to_string();
        assert_eq!(heads(&["upgrade", "+2"]), r#"["b2"]"#);
        assert_eq!(heads(&["downgrade", "-1"]), r#"["a1"]"#);
        assert_eq!(heads(&["upgrade", "a1+2"]), r#"["c3"]"#);
        assert_eq!(heads(&["downgrade", "c3-2"]), r#"["a1"]"#);
        assert_eq!(heads(&["downgrade", "base"]), "[]");
        subject.run(&["upgrade"]).ok();
        let output = subject.run(&["resolve", "-1", "--pending"]).exits(2);
        assert_contains(&output.stderr, "revision `b2` was not interrupted");
        let output = subject.run(&["accept", "-1", "--reason", "x", "--yes"]).exits(2);
        assert_contains(&output.stderr, "nothing to accept of `b2`: its file is as it was when it ran");
    });
}

#[test]
fn the_answer_and_the_story_have_their_own_streams() {
    each_database(|subject| {
        write_revisions(subject);
        let output = subject.run(&["upgrade", "a1"]).ok();
        assert_eq!(output.stdout.lines().count(), 1);
        assert_contains(&output.stdout, "at a1");
        assert_contains(&output.stderr, "upgrade a1");
        let output = subject.run(&["-q", "upgrade"]).ok();
        assert_contains(&output.stdout, "at c3");
        assert_eq!(output.stderr, "");
        let output = subject.run(&["upgrade", "nosuch", "-q"]).exits(1);
        assert_contains(&output.stderr, "error: ");
        let document = subject.json(&["downgrade", "-1"]);
        assert_eq!(document["steps"][0]["revision"], "c3");
        assert_eq!(document["steps"][0]["direction"], "downgrade");
        assert_eq!(document["dry_run"], false);
    });
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let subject = Subject::sqlite();
    for number in 0..2000 {
        let parent = if number == 0 { String::new() } else { format!("r{}", number - 1) };
        subject.revision_file(&format!("r{number}"), &parent, "SELECT 1;", "");
    }
    for arguments in [&["history"][..], &["--json", "history"], &["upgrade", "--sql"]] {
        let mut running = subject.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(running.stdout.take());
        let output = running.wait_with_output().unwrap();
        assert_eq!(
            (output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}

#[test]
fn colour_is_for_those_who_want_it() {
    let subject = Subject::sqlite();
    write_revisions(&subject);
    for (arguments, variables, colour) in [
        (&["history"][..], &[][..], false),
        (&["history"], &["CLICOLOR_FORCE"], true),
        (&["history"], &["CLICOLOR_FORCE", "NO_COLOR"], false),
        (&["history", "--color", "always"], &["NO_COLOR"], true),
        (&["history", "--color=never"], &["CLICOLOR_FORCE"], false),
        (&["history", "--json"], &["CLICOLOR_FORCE"], false),
    ] {
        let mut command = subject.command(arguments);
        for variable in variables {
            command.env(variable, "1");
        }
        let output = command.output().unwrap();
        assert_eq!(output.stdout.contains(&0x1b), colour, "{arguments:?} {variables:?}");
    }
}

//! What goes wrong on SQLite only.

use std::fs;

use super::{Subject, assert_contains};

const CHILDREN: &str = "CREATE TABLE a (i integer PRIMARY KEY);\n\
     CREATE TABLE b (a integer REFERENCES a ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);\n\
     INSERT INTO a VALUES (7);\nINSERT INTO b VALUES (7);";

/// The whole run is one transaction on SQLite, so such a statement takes more with it than its revision.
#[test]
fn a_statement_that_rolls_back_the_run_is_not_said_to_keep_it() {
    let trigger = "CREATE TRIGGER t BEFORE INSERT ON a BEGIN SELECT RAISE(ROLLBACK, 'not here'); END;";
    for (setup, statement) in
        [("INSERT INTO a VALUES (1);", "INSERT OR ROLLBACK INTO a VALUES (1);"), (trigger, "INSERT INTO a VALUES (1);")]
    {
        let subject = Subject::sqlite();
        subject.revision_file("a1", "", &format!("CREATE TABLE a (i integer PRIMARY KEY);\n{setup}"), "");
        subject.run(&["upgrade"]).ok();
        subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "");
        subject.revision_file("c3", "b2", &format!("CREATE TABLE c (i integer);\n{statement}"), "");
        let error = &subject.json(&["upgrade"])["error"];
        assert_eq!(error["applied_before"].to_string(), "[]");
        assert_eq!(error["rolled_back"].to_string(), r#"["b2"]"#);
        assert_eq!(subject.applied(), "a1");
        assert_eq!(subject.log(), "a1|upgrade\nc3|upgrade failed");
        assert!(!subject.has_table("b") && !subject.has_table("c"));
    }
}

#[test]
fn a_first_revision_that_rolls_everything_back_is_logged() {
    let subject = Subject::sqlite();
    let twice =
        "CREATE TABLE a (i integer PRIMARY KEY);\nINSERT INTO a VALUES (1);\nINSERT OR ROLLBACK INTO a VALUES (1);";
    subject.revision_file("a1", "", twice, "");
    subject.run(&["upgrade"]).exits(1);
    assert_eq!(subject.log(), "a1|upgrade failed");
    assert_eq!(subject.catalog(), "");
}

#[test]
fn a_deferred_foreign_key_is_the_failure_of_its_revision() {
    let subject = Subject::sqlite();
    subject.configure("", "foreign_keys = true");
    subject.revision_file("a1", "", CHILDREN, "");
    subject.revision_file("b2", "a1", "INSERT INTO b VALUES (8);", "");
    subject.revision_file("c3", "b2", "CREATE TABLE c (i integer);", "");
    let output = subject.run(&["upgrade"]).exits(1);
    assert_contains(&output.stderr, "revision `b2` failed");
    assert_contains(&output.stderr, "FOREIGN KEY constraint failed");
    assert_contains(&output.stderr, "applied before it: a1");
    assert_eq!(subject.applied(), "a1");
    assert_eq!(subject.log(), "a1|upgrade\nb2|upgrade failed");
    assert_eq!(subject.query("SELECT a FROM b"), "7");
}

#[test]
fn foreign_keys_are_enforced_only_where_asked_for() {
    let subject = Subject::sqlite();
    subject.revision_file("a1", "", CHILDREN, "");
    subject.revision_file("b2", "a1", "INSERT INTO b VALUES (8);", "");
    subject.run(&["upgrade"]).ok();
    assert_eq!(subject.query("SELECT a FROM b ORDER BY a"), "7\n8");
}

#[test]
fn a_rebuilt_table_keeps_the_rows_that_refer_to_it() {
    let subject = Subject::sqlite();
    subject.configure("", "foreign_keys = true");
    let rebuild = "CREATE TABLE new (i integer PRIMARY KEY, x text);\nINSERT INTO new (i) SELECT i FROM a;\n\
                   DROP TABLE a;\nALTER TABLE new RENAME TO a;";
    let section = |sql: &str| format!("SELECT 1;\n-- migrator:upgrade foreign-keys=off\n{sql}");
    subject.revision_file("a1", "", CHILDREN, "");
    subject.revision_file("b2", "a1", &section(rebuild), "");
    subject.run(&["upgrade"]).ok();
    assert_eq!(subject.query("SELECT a FROM b"), "7");
    assert_eq!(subject.query("PRAGMA foreign_key_check"), "");

    // On again afterwards, and a rebuild that loses a parent is refused.
    subject.revision_file("c3", "b2", &section("DELETE FROM a;"), "");
    let output = subject.run(&["upgrade"]).exits(1);
    assert_contains(&output.stderr, "1 more rows than before violate a foreign key, first in table `b`");
    assert_eq!(subject.query("SELECT i FROM a"), "7");
    assert_eq!(subject.applied(), "a1\nb2");
    assert_eq!(subject.log().lines().last(), Some("c3|upgrade failed"));
    // Its first part stays, so giving the file another shape has to be said.
    subject.run(&["resolve", "c3", "--pending"]).ok();
    subject.revision_file("c3", "b2", "DELETE FROM a;", "");
    subject.run(&["upgrade"]).ok();
    assert_eq!(subject.query("SELECT count(*) FROM b"), "0");
}

#[test]
fn violations_from_before_are_nobodys_fault() {
    let subject = Subject::sqlite();
    subject.revision_file("a1", "", &format!("{CHILDREN}\nINSERT INTO b VALUES (99);"), "");
    subject.revision_file(
        "b2",
        "a1",
        "SELECT 1;\n-- migrator:upgrade foreign-keys=off\nCREATE TABLE c (i integer);",
        "",
    );
    subject.run(&["upgrade"]).ok();
}

#[test]
fn a_database_that_is_none_is_named() {
    let subject = Subject::sqlite();
    subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
    subject.write("text.db", &"this is only text. ".repeat(100));
    for (url, message, hint) in [
        ("sqlite:///text.db", "is not an SQLite database", "is it another kind of file"),
        ("sqlite:///migrations", "cannot be opened", "it is a directory"),
        ("sqlite:///no/such/place.db", "cannot be opened", "make the directory"),
    ] {
        for command in ["upgrade", "status"] {
            let output = subject.run(&["--url", url, command]).exits(1);
            assert_contains(&output.stderr, message);
            assert_contains(&output.stderr, hint);
        }
    }
    assert!(!subject.path("no").exists());
}

#[test]
fn any_character_may_be_in_the_path() {
    for (url, file) in [
        ("a b.db", "a b.db"),
        ("a%25b.db", "a%b.db"),
        ("a%3Fb.db", "a?b.db"),
        ("a#b.db", "a#b.db"),
        ("file:é😀.db", "file:é😀.db"),
    ] {
        let subject = Subject::sqlite();
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
        subject.run(&["--url", &format!("sqlite:///{url}"), "upgrade"]).ok();
        assert!(subject.path(file).is_file(), "{url}");
        assert!(!subject.path("app.db").exists());
    }
}

/// Root writes where permissions forbid it, so as root the immutable flag is set in their place.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;

    let subject = Subject::sqlite();
    subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
    subject.run(&["upgrade"]).ok();
    let file = subject.path("app.db");
    let attribute = |change: &str| Command::new("chattr").arg(change).arg(&file).status().is_ok_and(|s| s.success());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    let is_root = fs::OpenOptions::new().write(true).open(&file).is_ok();
    if is_root && !attribute("+i") {
        eprintln!("not tried: root, and no immutable files here");
        return;
    }
    // Nothing to do needs no writing.
    let current = subject.run(&["upgrade"]);
    subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "");
    let output = subject.run(&["upgrade"]);
    let status = subject.run(&["status"]);
    assert!(!is_root || attribute("-i"));
    current.ok();
    status.ok();
    let stderr = output.exits(1).stderr;
    assert_contains(&stderr, "the database file cannot be written");
    assert!(!stderr.contains("fix the file"), "{stderr}");
}

#[test]
fn a_busy_database_is_exit_code_4() {
    let subject = Subject::sqlite();
    subject.configure("", "lock_wait = \"200ms\"");
    subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
    subject.run(&["upgrade"]).ok();
    subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "");
    // A writer, somebody who lets nobody in, and a reader who keeps the run from committing.
    for hold in ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE", "BEGIN; SELECT count(*) FROM a"] {
        let holder = subject.open();
        for statement in hold.split("; ") {
            let mut prepared = holder.prepare(statement).unwrap();
            let mut rows = prepared.raw_query();
            while rows.next().unwrap().is_some() {}
        }
        let output = subject.run(&["upgrade"]).exits(4);
        assert!(output.stderr.contains("locked") || output.stderr.contains("gave up waiting"), "{}", output.stderr);
        assert_eq!(subject.json(&["upgrade"])["error"]["kind"], "lock_timeout", "{hold}");
        holder.execute_batch("ROLLBACK").unwrap();
        assert_eq!(subject.applied(), "a1", "{hold}");
    }
    subject.run(&["upgrade"]).ok();
}

#[test]
fn a_database_in_wal_mode_stays_in_it() {
    let subject = Subject::sqlite();
    subject.query("PRAGMA journal_mode = wal");
    subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "DROP TABLE a;");
    let reader = subject.open();
    reader.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema").unwrap_or_default();
    subject.run(&["upgrade"]).ok();
    drop(reader);
    subject.run(&["downgrade", "base"]).ok();
    assert_eq!(subject.query("PRAGMA journal_mode"), "wal");
}

#[test]
fn what_cannot_be_in_a_transaction_gets_a_hint_that_works() {
    for statement in ["VACUUM;", "PRAGMA journal_mode = wal;"] {
        let subject = Subject::sqlite();
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
        subject.run(&["upgrade"]).ok();
        subject.revision_file("b2", "a1", statement, "");
        let output = subject.run(&["upgrade"]).exits(1);
        assert_contains(&output.stderr, "hint: put it into a section `-- migrator:upgrade no-transaction`");
        let text = subject.read("migrations/versions/b2.sql");
        subject.write("migrations/versions/b2.sql", &text.replace(":upgrade", ":upgrade no-transaction"));
        subject.run(&["upgrade"]).ok();
    }
}

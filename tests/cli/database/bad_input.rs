//! Files and arguments that cannot be used: a clear error, the right exit code, and an untouched database.

use std::fs;

use super::{Subject, assert_contains};

/// A project with one good revision, something bad done to it, and what `arguments` then say.
#[track_caller]
fn refuses(spoil: impl FnOnce(&Subject<'_>), arguments: &[&str], code: i32, expected: &[&str]) {
    let subject = Subject::sqlite();
    subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "DROP TABLE a;");
    spoil(&subject);
    let output = subject.run(arguments).exits(code);
    assert_eq!(output.stdout, "");
    assert!(output.stderr.starts_with("error: "), "{}", output.stderr);
    for part in expected {
        assert_contains(&output.stderr, part);
    }
    assert!(!output.stderr.contains("geheim"), "{}", output.stderr);
    assert!(!subject.path("app.db").exists(), "the database was touched");
    let document = subject.json(arguments);
    assert!(document["error"]["kind"].is_string() && document["error"]["message"].is_string(), "{document}");
}

#[track_caller]
fn refuses_revision(upgrade: &str, expected: &[&str]) {
    refuses(|subject| subject.revision_file("b2", "a1", upgrade, ""), &["upgrade"], 1, expected);
}

#[test]
fn a_configuration_that_is_missing_or_wrong() {
    let toml = |text: &'static str| move |subject: &Subject<'_>| subject.write("migrator.toml", text);
    let gone = |subject: &Subject<'_>| fs::remove_file(subject.path("migrator.toml")).unwrap();
    refuses(gone, &["upgrade"], 2, &["no migrator.toml", "hint: run `migrator init`"]);
    refuses(|_| {}, &["-c", "nope.toml", "upgrade"], 2, &["cannot read", "nope.toml"]);
    refuses(
        toml("[migrator]\nscript_locaton = \"m\"\n"),
        &["upgrade"],
        2,
        &["unknown key `script_locaton`", "migrator.toml:2:1", "did you mean `script_location`?"],
    );
    refuses(toml("[migrator\n"), &["upgrade"], 2, &["migrator.toml:1:"]);
    refuses(
        toml("[migrator]\nscript_location = \"migrations\"\n[database]\nurl = \"${NO_SUCH_NAME}\"\n"),
        &["upgrade"],
        2,
        &["the variable `NO_SUCH_NAME` is not set", "migrator.toml:4:"],
    );
    refuses(toml("[migrator]\nscript_location = \"migrations\"\n"), &["upgrade"], 2, &["no database URL"]);
}

#[test]
fn a_url_is_never_echoed() {
    for url in [
        "postgres//anna:geheim@host/app",
        "postgresql://anna:ge/geheim@host/app",
        "postgresql://anna:geheim@[::1/app",
        "mysql://anna:geheim@host/app",
    ] {
        refuses(|_| {}, &["--url", url, "upgrade"], 2, &["the URL given with `--url` cannot be used"]);
    }
}

#[test]
fn a_folder_that_is_missing() {
    let gone = |subject: &Subject<'_>| fs::remove_dir_all(subject.path("migrations/versions")).unwrap();
    refuses(gone, &["upgrade"], 1, &["there is no versions directory", "hint: make it"]);
}

#[test]
fn a_graph_that_makes_no_sense() {
    let copy = |subject: &Subject<'_>| {
        subject.write("migrations/versions/copy.sql", &subject.read("migrations/versions/a1.sql"));
    };
    refuses(copy, &["upgrade"], 1, &["revision `a1` exists more than once", "a1.sql", "copy.sql", "hint: "]);
    let orphan = |subject: &Subject<'_>| subject.revision_file("b2", "zz", "SELECT 1;", "");
    refuses(orphan, &["upgrade"], 1, &["revision `b2` revises `zz`, which does not exist", "b2.sql", "hint: "]);
    let circle = |subject: &Subject<'_>| {
        subject.revision_file("b2", "c3", "SELECT 1;", "");
        subject.revision_file("c3", "b2", "SELECT 1;", "");
    };
    refuses(circle, &["upgrade"], 1, &["b2.sql", "c3.sql", "hint: "]);
}

#[test]
fn sql_that_does_not_end() {
    refuses_revision("SELECT 1;\n  SELECT 'é\nmore;", &["unterminated string", "b2.sql:8:10", "hint: "]);
    refuses_revision("SELECT 1;\n\tSELECT \"é\nmore;", &["unterminated quoted name", "b2.sql:8:9", "hint: "]);
    refuses_revision("SELECT 1;\n/* é\nmore;", &["unterminated block comment", "b2.sql:8:1", "hint: "]);
}

#[test]
fn a_marker_that_nobody_knows() {
    refuses_revision(
        "-- migrator:upgrade no-transactions\nSELECT 1;",
        &["unknown section attribute `no-transactions`", "b2.sql:7:1", "did you mean `no-transaction`?"],
    );
    refuses_revision(
        "SELECT 1;\n-- migrator:dwngrade\nSELECT 2;",
        &["unknown marker `migrator:dwngrade`", "b2.sql:8:1", "did you mean `migrator:downgrade`?"],
    );
}

#[test]
fn text_that_is_none() {
    let bytes = |bytes: Vec<u8>| {
        move |subject: &Subject<'_>| fs::write(subject.path("migrations/versions/b2.sql"), bytes).unwrap()
    };
    let text = "-- b\n-- migrator:revision b2\n-- migrator:revises a1\n-- migrator:upgrade\nSELECT 'ab';\n";
    let latin: Vec<u8> = text.bytes().map(|byte| if byte == b'b' { 0xe9 } else { byte }).collect();
    refuses(bytes(latin), &["upgrade"], 1, &["not UTF-8 text: bad byte at offset 3", "b2.sql:1:4"]);
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    refuses(bytes(utf16), &["upgrade"], 1, &["the file is UTF-16 text", "save the file as UTF-8"]);
    refuses(bytes(text.replace("ab", "a\0b").into()), &["upgrade"], 1, &["NUL byte", "b2.sql:5:10"]);
    refuses_revision(
        "<<<<<<< HEAD\nSELECT 1;\n=======\nSELECT 2;\n>>>>>>> theirs",
        &["unresolved merge conflict", "b2.sql:7:1"],
    );
}

#[test]
fn statements_that_do_not_belong_in_a_part() {
    for statement in ["COMMIT", "ROLLBACK", "BEGIN", "END TRANSACTION"] {
        refuses_revision(
            &format!("SELECT 1;\n{statement};"),
            &["transaction control", "b2.sql:8:1", "`-- migrator:upgrade no-transaction`"],
        );
    }
    refuses_revision("SELECT 1;\n.tables\n", &["`.tables` is a sqlite3 shell command", "b2.sql:8:1"]);
    refuses(
        |subject| subject.revision_file("b2", "a1", "SELECT 1;\n\\d a", ""),
        &["--url", "postgresql://127.0.0.1:1/never_reached", "upgrade"],
        1,
        &["`\\d` is a psql command", "b2.sql:8:1"],
    );
}

#[test]
fn one_bad_file_stops_everything_before_it_begins() {
    refuses(
        |subject| subject.revision_file("b2", "a1", "SELECT 'open", ""),
        &["upgrade", "a1"],
        1,
        &["unterminated string"],
    );
}

#[test]
fn a_target_that_names_nothing() {
    let subject = Subject::sqlite();
    subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "DROP TABLE a;");
    subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "-- migrator:irreversible");
    for (arguments, code, kind) in [
        (&["upgrade", "nosuch"][..], 1, "unknown_revision"),
        (&["upgrade", "+7"], 1, "relative_too_far"),
        (&["downgrade", "-7"], 1, "relative_too_far"),
        (&["upgrade", "a1:b2"], 1, "range_not_allowed"),
        (&["upgrade", "--nope"], 2, "usage"),
        (&["downgrade"], 2, "usage"),
        (&["upgrad"], 2, "usage"),
    ] {
        subject.run(arguments).exits(code);
        assert_eq!(subject.json(arguments)["error"]["kind"], kind, "{arguments:?}");
    }
    assert_eq!(subject.json(&["current"])["heads"].to_string(), "[]");
    subject.run(&["upgrade"]).ok();
    subject.run(&["downgrade", "base"]).exits(1);
    assert_eq!(subject.json(&["downgrade", "base"])["error"]["kind"], "irreversible");
    assert_eq!(subject.applied(), "a1\nb2");
}

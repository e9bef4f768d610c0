//! Revisions written as another tool's files, and run by that tool: the database is what migrator makes of them.

use super::programs::{dbmate_url, each_two};
use super::*;
use crate::python::alembic::Alembic;
use crate::support::programs::dbmate;
use crate::support::project::Output;
use serde_json::json;

/// What is hard to pass on: quotes, colons, percent signs, backslashes, bodies with semicolons.
fn first(is_sqlite: bool) -> (String, &'static str) {
    const TABLE: &str = "CREATE TABLE notes (id integer PRIMARY KEY, text text);
INSERT INTO notes VALUES (1, 'a :name and :other: 100% %s \\ \\:x \"\"\" \'\'quoted\'\' 12:30:00 {\"a\":1}');
-- a comment of :nobody
";
    const TRIGGER: &str = "CREATE TRIGGER noted AFTER INSERT ON notes BEGIN
  UPDATE notes SET text = ':t' WHERE id = 2;
  SELECT 1;
END;";
    const FUNCTION: &str =
        "CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN ':x' || 1::text; END $$;";
    match is_sqlite {
        true => (format!("{TABLE}{TRIGGER}"), "DROP TRIGGER noted;\nDROP TABLE notes;"),
        false => (format!("{TABLE}{FUNCTION}"), "DROP FUNCTION f;\nDROP TABLE notes;"),
    }
}

/// A line of five: what is hard to quote, several parts, one without a transaction, an empty way down.
fn write_line(subject: &Subject<'_>) {
    let (up, down) = first(subject.is_sqlite());
    subject.revision_file("a1", "", &up, down);
    let (value, parts) = match subject.is_sqlite() {
        true => ("CREATE TABLE mood (name text);", "INSERT INTO mood VALUES ('calm');"),
        false => ("CREATE TYPE mood AS ENUM ('glad');", "ALTER TYPE mood ADD VALUE 'calm';"),
    };
    let dropped = if subject.is_sqlite() { "DROP TABLE mood;" } else { "DROP TYPE mood;" };
    subject.revision_file("b2", "a1", value, dropped);
    let used = if subject.is_sqlite() { "text" } else { "mood" };
    let several = format!(
        "{parts}\n-- migrator:upgrade\nCREATE TABLE people (id integer PRIMARY KEY, feels {used} DEFAULT 'calm');"
    );
    let back = "DROP TABLE people;\n-- migrator:downgrade\nSELECT 1;";
    subject.revision_file("c3", "b2", &several, back);
    let alone = match subject.is_sqlite() {
        true => "VACUUM;\nCREATE INDEX people_feel ON people (feels);",
        false => {
            "CREATE INDEX CONCURRENTLY people_feel ON people (feels);\n\
             CREATE INDEX CONCURRENTLY people_are ON people (id);"
        }
    };
    let back = match subject.is_sqlite() {
        true => "DROP INDEX people_feel;",
        false => "DROP INDEX people_are;\nDROP INDEX people_feel;",
    };
    let text = format!(
        "-- an index\n--\n-- for reading\n-- migrator:revision d4\n-- migrator:revises c3\n\
                        -- migrator:created 2026-11-20T10:33:00Z\n-- migrator:upgrade no-transaction\n{alone}\n\
                        -- migrator:downgrade\n{back}\n"
    );
    subject.write("migrations/versions/d4.sql", &text);
    subject.revision_file("e5", "d4", "INSERT INTO notes VALUES (2, 'b');", "");
    subject.write(
        "migrations/versions/e5.sql",
        &(subject.read("migrations/versions/e5.sql") + "\n-- migrator:downgrade\n"),
    );
}

fn same_state(ours: &Subject<'_>, theirs: &Subject<'_>) {
    assert_eq!(theirs.catalog(), ours.catalog());
    let has_notes = ours.has_table("notes");
    let rows = "SELECT * FROM notes ORDER BY id";
    if has_notes {
        assert_eq!(theirs.query(rows), ours.query(rows));
    }
}

/// Compares without the tool's table, which is made again with its rows.
fn same_without(table: &str, column: &str, ours: &Subject<'_>, theirs: &Subject<'_>) {
    let versions = theirs.query(&format!("SELECT {column} FROM {table} ORDER BY 1"));
    theirs.execute(&format!("DROP TABLE {table}"));
    same_state(ours, theirs);
    theirs.execute(&format!("CREATE TABLE {table} ({column} varchar(128) NOT NULL PRIMARY KEY)"));
    for version in versions.lines() {
        theirs.execute(&format!("INSERT INTO {table} VALUES ('{version}')"));
    }
}

#[test]
fn dbmate_runs_what_is_written_for_it() {
    each_two(|ours, theirs| {
        write_line(ours);
        write_line(theirs);
        ours.run(&["upgrade"]).ok();
        let written = theirs.json(&["export", "--to", "dbmate"]);
        // Parts commit one after the other, and PostgreSQL's statements without a transaction come alone.
        let alone = if theirs.is_sqlite() { &["d4_an_index"][..] } else { &["d4_an_index", "d4_an_index"] };
        let before = ["a1_revision_a1", "b2_revision_b2", "c3_revision_c3", "c3_revision_c3"];
        let names = before.iter().chain(alone).chain(&["e5_revision_e5"]);
        let files: Vec<String> =
            (1..).zip(names).map(|(number, name)| format!("db/migrations/{number:04}_{name}.sql")).collect();
        assert_eq!(written["files"], json!(files));
        let url = dbmate_url(theirs);
        dbmate(theirs, &url, &["up"]).ok();
        same_without("schema_migrations", "version", ours, theirs);
        ours.run(&["downgrade", "b2"]).ok();
        for _ in 2..files.len() {
            dbmate(theirs, &url, &["rollback"]).ok();
        }
        if ours.is_sqlite() {
            // A value of an enum cannot be taken back.
            same_without("schema_migrations", "version", ours, theirs);
        }
        ours.run(&["downgrade", "base"]).ok();
        for _ in 0..2 {
            dbmate(theirs, &url, &["rollback"]).ok();
        }
        same_without("schema_migrations", "version", ours, theirs);
        let again = theirs.run(&["export", "--to", "dbmate"]).exits(1);
        assert_contains(&again.stderr, "already exists: `db/migrations/0001_a1_revision_a1.sql`");
    });
}

#[test]
fn dbmate_refuses_to_go_back_where_migrator_does() {
    each_two(|subject, _| {
        let irreversible = "CREATE TABLE a (i integer);\n-- migrator:irreversible";
        subject.revision_file("1", "", irreversible, "");
        subject.revision_file("2", "1", "CREATE TABLE b (i integer);", "");
        subject.run(&["export", "--to", "dbmate", "--out", "out"]).ok();
        let url = dbmate_url(subject);
        dbmate(subject, &url, &["-d", "out", "up"]).ok();
        let refused = dbmate(subject, &url, &["-d", "out", "rollback"]);
        assert_ne!(refused.code, Some(0));
        assert_contains(&refused.stderr, "revision 2 has no way down");
        subject.execute("DELETE FROM schema_migrations WHERE version = '2'");
        let refused = dbmate(subject, &url, &["-d", "out", "rollback"]);
        assert_contains(&refused.stderr, "revision 1 is irreversible");
    });
}

#[test]
fn what_dbmate_cannot_say_is_refused() {
    let refused = |files: &[(&str, &str, &str)], message: &str| {
        let subject = Subject::sqlite();
        for (id, parent, up) in files {
            subject.revision_file(id, parent, up, "");
        }
        let answer = subject.json(&["export", "--to", "dbmate"]);
        assert_eq!(answer["error"]["kind"], "export");
        assert_eq!(answer["error"]["message"], message);
        assert!(!subject.path("db").exists());
    };
    let line = "dbmate knows a single line of migrations, and";
    refused(&[("a", "", ""), ("b", "a", ""), ("c", "a", "")], &format!("{line} several revisions follow: a"));
    refused(&[("a", "", ""), ("b", "", ""), ("c", "a, b", "")], &format!("{line} these join several: c"));
    refused(&[("a", "", ""), ("b", "", "")], &format!("{line} these are bases: a, b"));
    refused(&[], "there are no revisions");
    let marker = "SELECT '\n-- migrate:down\n';";
    refused(&[("a", "", marker)], "revision `a` has a line that dbmate would take for its own: `-- migrate:down`");
    crate::support::postgres::each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.revision_file("a", "", "CREATE TABLE a (i integer);\nCOPY a FROM stdin;\n1\n\\.\n", "");
        for tool in ["dbmate", "alembic"] {
            let answer = subject.json(&["export", "--to", tool]);
            assert_eq!(answer["error"]["message"], "the data of a COPY cannot be part of a migration there");
            assert_eq!((&answer["error"]["line"], &answer["error"]["column"]), (&json!(7), &json!(1)));
        }
    });
}

/// Runs Alembic in the project's folder.
fn alembic(project: &Subject<'_>, url: &str, arguments: &[&str]) -> Output {
    Alembic::Newest.command(&project.path(""), arguments).env("URL", url).output().unwrap().into()
}

/// The rest of an Alembic project around the folder `alembic/versions`.
fn write_alembic_project(subject: &Subject<'_>) -> String {
    subject.write("alembic.ini", "[alembic]\nscript_location = alembic\n");
    subject.write(
        "alembic/env.py",
        "import os
from alembic import context
from sqlalchemy import create_engine

with create_engine(os.environ[\"URL\"]).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
",
    );
    match subject.postgres {
        Some(database) => database.url().replacen("postgresql://", "postgresql+psycopg://", 1),
        None => "sqlite:///app.db".to_owned(),
    }
}

#[test]
fn alembic_runs_what_is_written_for_it() {
    each_two(|ours, theirs| {
        for subject in [ours, theirs] {
            write_line(subject);
            let branch = "-- a branch\n--\n-- migrator:revision f6\n-- migrator:revises a1\n-- migrator:branch-labels side\n\
                          -- migrator:depends-on b2\n-- migrator:upgrade\nCREATE TABLE side (id integer);\n\
                          -- migrator:downgrade\nDROP TABLE side;\n";
            subject.write("migrations/versions/f6.sql", branch);
            subject.revision_file("g7", "e5, f6", "CREATE TABLE joined (id integer);", "DROP TABLE joined;");
        }
        ours.run(&["upgrade"]).ok();
        theirs.run(&["export", "--to", "alembic"]).ok();
        let url = write_alembic_project(theirs);
        let run = |arguments: &[&str]| alembic(theirs, &url, arguments).ok();
        run(&["upgrade", "head"]);
        same_without("alembic_version", "version_num", ours, theirs);

        let history = run(&["history", "--verbose"]).stdout;
        for part in [
            "Rev: g7 (head) (mergepoint)",
            "Merges: e5, f6",
            "Branch names: side",
            "Also depends on: b2",
            "for reading",
        ] {
            assert_contains(&history, part);
        }
        ours.run(&["downgrade", "base"]).ok();
        run(&["downgrade", "base"]);
        same_without("alembic_version", "version_num", ours, theirs);
        run(&["upgrade", "f6"]);
        ours.run(&["upgrade", "f6"]).ok();
        // Offline, nothing is asked of a database.
        let script = theirs.read("alembic/versions/a1_revision_a1.py");
        assert_contains(&script, "op.execute(\"\"\"CREATE TABLE notes");
        same_without("alembic_version", "version_num", ours, theirs);
    });
}

#[test]
fn alembic_refuses_to_go_back_where_migrator_does() {
    let subject = Subject::sqlite();
    subject.revision_file("1", "", "CREATE TABLE a (i integer);\n-- migrator:irreversible", "");
    subject.revision_file("2", "1", "CREATE TABLE b (i integer);", "");
    subject.run(&["export", "--to", "alembic"]).ok();
    let url = write_alembic_project(&subject);
    alembic(&subject, &url, &["upgrade", "head"]).ok();
    let refused = alembic(&subject, &url, &["downgrade", "-1"]);
    assert_contains(&refused.stderr, "RuntimeError: revision 2 has no way down");
    alembic(&subject, &url, &["stamp", "1"]).ok();
    assert_contains(&alembic(&subject, &url, &["downgrade", "-1"]).stderr, "RuntimeError: revision 1 is irreversible");
}

#[test]
fn what_is_left_out_is_told() {
    let subject = Subject::sqlite();
    let text = "-- migrator:revision a\n-- migrator:upgrade sqlite foreign-keys=off\nSELECT 1;\n\
                -- migrator:upgrade postgresql\nSELECT 2;\n";
    subject.write("migrations/versions/a.sql", text);
    let output = subject.run(&["export", "--to", "alembic", "--out", "out"]).ok();
    assert_contains(&output.stderr, "only what runs on SQLite was written: a\n");
    assert_contains(&output.stderr, "run them where foreign keys are not enforced, which is SQLite's default: a\n");
    assert!(!subject.read("out/a.py").contains("SELECT 2"));

    let long = "a".repeat(33);
    subject.revision_file(&long, "a", "", "");
    let refused = subject.run(&["export", "--to", "alembic", "--out", "other"]).exits(1);
    assert_contains(&refused.stderr, "is longer than the 32 characters of Alembic's table");
    assert!(!subject.path("other").exists());
}

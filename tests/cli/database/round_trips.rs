//! There and back again, as in the first hour with the program.

use std::path::Path;

use super::{Subject, assert_contains, each_database};

#[test]
fn a_project_begins_runs_and_goes_back() {
    each_database(|subject| {
        std::fs::remove_file(subject.path("migrator.toml")).unwrap();
        std::fs::remove_dir_all(subject.path("migrations")).unwrap();
        subject.run(&["init"]).ok();
        let first = revision(subject, "create users", "CREATE TABLE users (id integer PRIMARY KEY, email text);");
        let url = subject.postgres.map_or_else(|| "sqlite:///app.db".to_owned(), |database| database.url());
        let run = |arguments: &[&str]| subject.run(&[&["--url", url.as_str()], arguments].concat()).ok().stdout;
        assert_eq!(run(&["current"]), "");
        assert_contains(&run(&["upgrade"]), &format!("at {first}"));
        assert_eq!(run(&["current"]), format!("{first} (head)\n"));
        assert_contains(&run(&["history", "-i"]), "(current), create users");
        assert_eq!(subject.query("SELECT count(*) FROM users"), "0");
        assert_contains(&run(&["downgrade", "base"]), "at base");
        assert!(!subject.has_table("users"));
        assert_eq!(subject.applied(), "");
    });
}

/// `migrator revision`, then the sections filled in with an editor.
fn revision(subject: &Subject<'_>, message: &str, upgrade: &str) -> String {
    let made = subject.json(&["revision", "-m", message]);
    let path = made["path"].as_str().unwrap();
    let mut text = String::new();
    for line in subject.read(path).lines() {
        text += &format!("{line}\n");
        match line {
            "-- migrator:upgrade" => text += &format!("{upgrade}\n"),
            "-- migrator:downgrade" => text += "DROP TABLE users;\n",
            _ => {}
        }
    }
    subject.write(path, &text);
    assert!(Path::new(path).starts_with("migrations/versions"), "{path}");
    made["revision"].as_str().unwrap().to_owned()
}

#[test]
fn the_schema_is_the_same_after_each_round() {
    each_database(|subject| {
        subject.revision_file(
            "a1",
            "",
            "CREATE TABLE authors (id integer PRIMARY KEY, name text NOT NULL DEFAULT 'ÿ;--', born date);\n\
             CREATE INDEX authors_name ON authors (name);",
            "DROP TABLE authors;",
        );
        subject.revision_file(
            "b2",
            "a1",
            "CREATE TABLE books (id integer PRIMARY KEY, author integer REFERENCES authors (id),\n  title text);\n\
             CREATE VIEW titles AS SELECT name, title FROM books JOIN authors ON authors.id = author",
            "DROP VIEW titles; DROP TABLE books",
        );
        subject.revision_file(
            "c3",
            "b2",
            "ALTER TABLE books ADD COLUMN pages integer;",
            "ALTER TABLE books DROP COLUMN pages;",
        );
        let empty = subject.catalog();
        subject.run(&["upgrade", "b2"]).ok();
        let middle = subject.catalog();
        subject.run(&["upgrade", "head"]).ok();
        let full = subject.catalog();
        assert_ne!(full, middle);
        for _ in 0..2 {
            subject.run(&["downgrade", "-1"]).ok();
            assert_eq!(subject.catalog(), middle);
            subject.run(&["downgrade", "base"]).ok();
            assert_eq!(subject.catalog(), empty);
            assert_eq!(subject.applied(), "");
            subject.run(&["upgrade", "+3"]).ok();
            assert_eq!(subject.catalog(), full);
        }
        assert_eq!(subject.json(&["status"])["pending"].as_array().unwrap().len(), 0);
        assert_eq!(subject.log().lines().count(), 3 + 2 * 6);
    });
}

#[test]
fn one_part_of_a_graph_comes_and_goes() {
    each_database(|subject| {
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "DROP TABLE a;");
        subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "DROP TABLE b;");
        subject.revision_file("c2", "a1", "CREATE TABLE c (i integer);", "DROP TABLE c;");
        subject.revision_file("d3", "b2,c2", "CREATE TABLE d (i integer);", "DROP TABLE d;");
        subject.run(&["upgrade"]).ok();
        let full = subject.catalog();
        let heads = |document: serde_json::Value| document["heads"].to_string();
        assert_eq!(heads(subject.json(&["downgrade", "b2"])), r#"["b2","c2"]"#);
        assert!(!subject.has_table("d") && subject.has_table("c"));
        subject.run(&["upgrade", "head"]).ok();
        assert_eq!(subject.catalog(), full);
        assert_eq!(heads(subject.json(&["current"])), r#"["d3"]"#);
    });
}

#[test]
fn an_odd_version_table_works() {
    each_database(|subject| {
        let schema = if subject.is_sqlite() { "" } else { "version_table_schema = \"My %Schema\"" };
        subject.configure(&format!("version_table = 'Véry \"odd\" it''s'\n{schema}").replace("''", "\u{2019}"), "");
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "DROP TABLE a;");
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.json(&["status"])["applied"].to_string(), r#"["a1"]"#);
        subject.run(&["downgrade", "base"]).ok();
        let place = if subject.is_sqlite() { "" } else { "\"My %Schema\"." };
        let log = format!("SELECT count(*) FROM {place}\"Véry \"\"odd\"\" it\u{2019}s_log\"");
        assert_eq!(subject.query(&log), "2");
        let old = if subject.is_sqlite() {
            "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'migrator%'"
        } else {
            "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'migrator%'"
        };
        assert_eq!(subject.query(old), "0");
    });
}

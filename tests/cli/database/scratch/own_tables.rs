//! The tables that the program keeps for itself are no part of the schema that is compared, wherever they are.

use super::{USERS, assert_contains};
use crate::support::subject::{Subject, each_database};

/// At head with a declared schema, under another name for the version table; with the table of the lease, too.
fn at_head(subject: &Subject<'_>, declared: &str) {
    let schema = if subject.is_sqlite() { "" } else { "version_table_schema = \"Meta data\"" };
    subject.configure(&format!("version_table = \"books\"\n{schema}"), "");
    subject.project.write("schema.sql", declared);
    subject.project.run(&["revision", "--autogenerate", "-m", "first"]).ok();
    subject.project.run(&["upgrade"]).ok();
    if !subject.is_sqlite() {
        subject.execute("CREATE TABLE \"Meta data\".books_lock (id integer PRIMARY KEY, owner text NOT NULL)");
    }
}

/// Nothing differs, nothing is written, and the tables are not in the dump.
fn is_in_sync(subject: &Subject<'_>) {
    let sides: [&[&str]; 2] = [&["check"], &["check", "--from", "migrations"]];
    for side in sides {
        assert_eq!(subject.project.run(side).ok().stdout, "the declared schema is what there is\n");
    }
    assert_eq!(subject.project.run(&["diff"]).ok().stdout, "");
    assert_eq!(subject.project.run(&["diff", "--from", "schema", "--to", "database"]).ok().stdout, "");
    assert_contains(&subject.project.run(&["revision", "--autogenerate", "-m", "no"]).ok().stdout, "nothing to do");
    assert!(!subject.project.run(&["dump"]).ok().stdout.contains("books"));
}

#[test]
fn a_schema_that_only_holds_them_is_left_alone() {
    each_database(|subject| {
        at_head(subject, USERS);
        is_in_sync(subject);
        if !subject.is_sqlite() {
            subject.execute("COMMENT ON SCHEMA \"Meta data\" IS 'migrations'");
            is_in_sync(subject);
            assert!(!subject.project.run(&["dump"]).ok().stdout.contains("Meta data"));
        }
    });
}

#[test]
fn their_schema_may_be_declared_and_hold_more() {
    each_database(|subject| {
        if subject.is_sqlite() {
            return;
        }
        let more = "CREATE SCHEMA \"Meta data\";\nCREATE TABLE \"Meta data\".pages (id integer PRIMARY KEY);\n";
        at_head(subject, &format!("{more}{USERS}"));
        is_in_sync(subject);
        let dump = subject.project.run(&["dump"]).ok().stdout;
        assert_contains(&dump, "CREATE SCHEMA \"Meta data\";");

        // What else it holds is compared; the schema stays.
        subject.project.write("schema.sql", USERS);
        assert_eq!(subject.project.run(&["check"]).exits(3).stdout, "drop table Meta data.pages\n");
        subject.project.run(&["revision", "--autogenerate", "-m", "without pages"]).ok();
        subject.project.run(&["upgrade"]).ok();
        is_in_sync(subject);
        subject.project.run(&["downgrade", "base"]).ok();
        assert_eq!(subject.query("SELECT count(*) FROM \"Meta data\".books"), "0");
    });
}

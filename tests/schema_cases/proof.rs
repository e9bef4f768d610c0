//! The proof finds what is wrong: drafts that were spoilt by hand, each in its own way.

use std::fs;

use migrator::Project;
use migrator::autogenerate::{Aim, Comparison, Draft, Error, Options, Rendered, Source, compare, draft, prove, render};
use tempfile::TempDir;

const FROM: &str = "
CREATE TABLE p (id INTEGER PRIMARY KEY);
CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE t (p INTEGER REFERENCES p (id), x TEXT);
CREATE INDEX t_x ON t (x);
CREATE TRIGGER t_ai AFTER INSERT ON t BEGIN SELECT new.x; END;
CREATE VIEW v AS SELECT x FROM t;";
const TO: &str = "
CREATE TABLE p (id INTEGER PRIMARY KEY);
CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE t (p INTEGER REFERENCES p (id), x TEXT COLLATE NOCASE);
CREATE INDEX t_x ON t (x);
CREATE TRIGGER t_ai AFTER INSERT ON t BEGIN SELECT new.x; END;
CREATE VIEW v AS SELECT x FROM t;";

/// A draft from `FROM` to `TO`.
fn drafted() -> (TempDir, Project, Comparison, Draft) {
    let (folder, project) = super::project(false);
    let side = |name: &str, sql: &str| {
        fs::write(folder.path().join(name), sql).unwrap();
        Source::File(folder.path().join(name).display().to_string())
    };
    let comparison: Comparison =
        compare(&project, &side("from.sql", FROM), &side("to.sql", TO), Aim::Revision).unwrap();
    let draft: Draft = draft(&comparison, &Options::default()).unwrap();
    (folder, project, comparison, draft)
}

/// Drafts, spoils the text, and gives where the proof fails and what it says.
fn spoilt(spoil: impl Fn(&mut Rendered)) -> (&'static str, String) {
    let (_folder, project, comparison, draft) = drafted();
    let mut rendered = render(&draft, None);
    prove(project.config(), &comparison, &draft, &rendered).unwrap();
    let before = rendered.clone();
    spoil(&mut rendered);
    assert_ne!(rendered, before, "nothing was spoilt");
    match prove(project.config(), &comparison, &draft, &rendered) {
        Err(Error::NotProven { stage, message, details, .. }) => (stage, format!("{message}: {}", details.join("; "))),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn fails(spoil: impl Fn(&mut Rendered), at: &str, because: &str) {
    let (stage, message) = spoilt(spoil);
    assert!(stage == at && message.contains(because), "{stage}: {message}");
}

#[test]
fn an_index_that_is_not_made_again_is_missed() {
    let spoil = |text: &mut Rendered| text.upgrade = text.upgrade.replace("CREATE INDEX t_x ON t (x);", "");
    fails(spoil, "after the upgrade", "still to do: add index t_x");
}

#[test]
fn a_trigger_that_does_something_else_is_seen() {
    let spoil = |text: &mut Rendered| text.downgrade = text.downgrade.replace("SELECT new.x; END", "SELECT 1; END");
    fails(spoil, "after the downgrade", "still to do: change trigger t_ai");
}

#[test]
fn rows_that_are_not_copied_are_counted() {
    let spoil = |text: &mut Rendered| text.upgrade = text.upgrade.replace("FROM t;", "FROM t WHERE x = 'a5';");
    fails(spoil, "after the upgrade", "rows were lost or changed: table t: 3 rows before, 1 after");
}

#[test]
fn values_that_change_are_seen() {
    let spoil = |text: &mut Rendered| text.downgrade = text.downgrade.replace("p, x FROM t;", "p, upper(x) FROM t;");
    fails(spoil, "after the downgrade", "rows were lost or changed: table t: 3 rows before, 3 after, or other values");
}

#[test]
fn rows_keep_their_numbers() {
    let spoil =
        |text: &mut Rendered| text.upgrade = text.upgrade.replace("(rowid, p, x) SELECT rowid, ", "(p, x) SELECT ");
    fails(spoil, "after the upgrade", "rows were lost or changed: table t");
}

#[test]
fn the_next_number_survives() {
    let spoil = |text: &mut Rendered| text.upgrade.push_str("UPDATE sqlite_sequence SET seq = 9;\n");
    fails(spoil, "after the upgrade", "rows were lost or changed: table counted");
}

#[test]
fn children_without_a_parent_are_seen() {
    let spoil = |text: &mut Rendered| text.upgrade.push_str("DELETE FROM p;\n");
    fails(spoil, "the upgrade", "violate a foreign key");
}

#[test]
fn a_downgrade_that_does_nothing_is_seen() {
    let spoil = |text: &mut Rendered| text.downgrade = String::new();
    fails(spoil, "after the downgrade", "still to do: change column t.x: collate");
}

#[test]
fn rows_from_nowhere_are_counted() {
    let spoil = |text: &mut Rendered| text.upgrade.push_str("INSERT INTO p VALUES (77);\n");
    fails(spoil, "after the upgrade", "rows were lost or changed: table p");
}

#[test]
fn a_statement_that_fails_is_shown() {
    let spoil = |text: &mut Rendered| text.upgrade.push_str("DROP TABLE nowhere;\n");
    fails(spoil, "the upgrade", "no such table: nowhere");
}

#[test]
fn a_rebuild_without_a_word_is_seen() {
    let (_folder, project, comparison, mut draft) = drafted();
    for action in draft.upgrade.iter_mut().flat_map(|part| &mut part.actions) {
        action.hazards.clear();
    }
    let found = prove(project.config(), &comparison, &draft, &render(&draft, None));
    let Err(Error::NotProven { stage, message, details, .. }) = found else { panic!("{found:?}") };
    assert_eq!(
        (stage, &*message),
        ("after the upgrade", "rows are written anew, and no hazard `table-rewrite` says so")
    );
    assert_eq!(details, ["table t"]);
}

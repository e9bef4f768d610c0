//! States of the tools' tables that can be adopted, and those that cannot.

use super::*;
use serde_json::{Value, json};

/// A project with this layout, its table changed by `change`; what an adoption says.
fn adoption(layout: &Layout, change: &str) -> (Subject<'static>, Value) {
    let subject = Subject::sqlite();
    layout.write(&subject);
    subject.execute(&layout.state);
    subject.execute(change);
    let words = [&["import", "--from", layout.tool, "legacy", "--adopt"], layout.arguments].concat();
    let answer = subject.json(&words);
    (subject, answer)
}

#[track_caller]
fn refused(layout: &Layout, change: &str, message: &str) {
    let (subject, answer) = adoption(layout, change);
    assert_eq!((&answer["error"]["kind"], &answer["error"]["message"]), (&json!("adopt"), &json!(message)));
    assert_eq!(imported(&subject), [""; 0], "nothing is written");
    assert!(!subject.has_table("migrator_version"));
}

#[track_caller]
fn applied(layout: &Layout, change: &str, ids: &[&str]) {
    let (subject, answer) = adoption(layout, change);
    assert_eq!(answer["adopted"]["applied"], json!(ids), "{answer}");
    assert_eq!(subject.json(&["status"])["applied"], json!(ids));
}

#[test]
fn a_failure_that_the_tool_recorded_is_refused() {
    let layout = layouts::golang_migrate(true);
    let message = "golang-migrate recorded that version 2 failed, so the database may have a part of it";
    refused(&layout, "UPDATE schema_migrations SET dirty = true", message);
    let message = "sqlx recorded that version 2 failed, so the database may have a part of it";
    refused(&layouts::sqlx(true), "UPDATE _sqlx_migrations SET success = false WHERE version = 2", message);
    let message = "flyway recorded that version 1.1 failed, so the database may have a part of it";
    refused(&layouts::flyway(true), "UPDATE flyway_schema_history SET success = 0 WHERE version = '1.1'", message);
}

#[test]
fn versions_without_a_file_are_refused() {
    let message = "applied, but not among the files: 7";
    refused(&layouts::sqlx(true), "UPDATE _sqlx_migrations SET version = 7 WHERE version = 2", message);
    refused(&layouts::golang_migrate(true), "UPDATE schema_migrations SET version = 7", message);
    refused(&layouts::goose(true), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (7, 1)", message);
    refused(&layouts::refinery(), "UPDATE refinery_schema_history SET version = 7 WHERE version = 2", message);
    refused(&layouts::dbmate(true), "INSERT INTO schema_migrations VALUES ('7')", message);
    refused(&layouts::diesel(true), "INSERT INTO __diesel_schema_migrations (version) VALUES ('7')", message);
    refused(&layouts::flyway(true), "UPDATE flyway_schema_history SET version = '7' WHERE version = '1.1'", message);
}

#[test]
fn a_gap_is_refused_with_its_name() {
    let message = "not applied, but 3 behind it is: 1, 2";
    let change = "DELETE FROM refinery_schema_history; INSERT INTO refinery_schema_history VALUES (3, '', '', '')";
    refused(&layouts::refinery(), change, message);
    let message = "not applied, but 20260102000000 behind it is: 20260101000000";
    refused(&layouts::dbmate(true), "DELETE FROM schema_migrations WHERE version = '20260101000000'", message);
    let change = "INSERT INTO goose_db_version (version_id, is_applied) VALUES (1, 0)";
    refused(&layouts::goose(true), change, "not applied, but 00002 behind it is: 00001");
}

#[test]
fn a_table_that_is_missing_or_anothers_is_refused() {
    let message = "the database has no table `goose_db_version`";
    refused(&layouts::goose(true), "DROP TABLE goose_db_version", message);
    let golang = layouts::golang_migrate(true);
    let dbmate = Layout { state: golang.state, ..layouts::dbmate(true) };
    refused(&dbmate, "", "the table `schema_migrations` has a column `dirty`, so it is golang-migrate's");
    let golang = Layout { state: layouts::dbmate(true).state, ..layouts::golang_migrate(true) };
    let message = "the table `schema_migrations` is not one of golang-migrate: it has no column `dirty`";
    refused(&golang, "", message);
}

#[test]
fn a_table_with_another_name_is_named() {
    each_database(|subject| {
        let layout = layouts::goose(subject.is_sqlite());
        layout.write(subject);
        subject.execute(&layout.state);
        subject.execute("ALTER TABLE goose_db_version RENAME TO versions_of_shop");
        layout.import(subject, &["--adopt"]).exits(1);
        let refused = layout.import(subject, &["--adopt=versions"]).exits(1);
        assert_contains(&refused.stderr, "error: the database has no table `versions`\n");
        let adopted = layout.import(subject, &["--adopt=versions_of_shop"]).ok();
        assert_contains(&adopted.stderr, "`exclude = [\"table:versions_of_shop\"]` under [autogenerate]");
        assert_eq!(subject.json(&["status"])["pending"], json!([layout.ids[2]]));
    });
}

#[test]
fn a_file_that_is_not_what_ran_is_told() {
    let changes = [
        (layouts::sqlx(true), "1_create_users.up.sql", "1"),
        (layouts::flyway(true), "V1__create_users.sql", "1"),
        (layouts::refinery(), "V1__create_users.sql", "1"),
    ];
    for (mut layout, file, id) in changes {
        let (_, answer) = adoption(&layout, "");
        assert_eq!(answer["adopted"]["changed"], json!([]), "{}", layout.tool);
        let text = layout.files.iter_mut().find(|(name, _)| *name == file).unwrap();
        text.1.push_str("-- another\n");
        let (subject, answer) = adoption(&layout, "");
        assert_eq!(answer["adopted"]["changed"], json!([id]), "{}", layout.tool);
        let again = layout.import(&subject, &["--adopt"]).ok();
        assert_contains(&again.stderr, &format!("1: its file is not what {} recorded", layout.tool));
    }
}

#[test]
fn a_table_without_rows_is_nothing_applied() {
    for (layout, table) in [
        (layouts::golang_migrate(true), "schema_migrations"),
        (layouts::goose(true), "goose_db_version"),
        (layouts::flyway(true), "flyway_schema_history"),
    ] {
        let (subject, answer) = adoption(&layout, &format!("DELETE FROM {table}"));
        assert_eq!(answer["adopted"]["applied"], json!([]), "{}", layout.tool);
        assert_eq!(subject.json(&["status"])["applied"], json!([]));
    }
}

#[test]
fn other_rows_of_flyway_count_for_what_they_are() {
    let row = |rank: u8, version: &str, kind: &str| {
        format!(
            "INSERT INTO flyway_schema_history VALUES ({rank}, {version}, 'row', '{kind}', 'row', NULL, 'anna', '', 0, true);"
        )
    };
    let emptied = "DELETE FROM flyway_schema_history;";
    let layout = layouts::flyway(true);
    // A baseline stands for everything up to it.
    applied(&layout, &(emptied.to_owned() + &row(1, "NULL", "SCHEMA") + &row(2, "'1.0.5'", "BASELINE")), &["1"]);
    applied(&layout, &(emptied.to_owned() + &row(1, "'10'", "BASELINE")), &["1", "1.1", "010"]);
    applied(&layout, &row(3, "'1.1'", "UNDO_SQL"), &["1"]);
    applied(&layout, &(row(3, "'1.1'", "UNDO_SQL") + &row(4, "'1.1'", "SQL")), &["1", "1.1"]);
    applied(&layout, &row(3, "'1.1'", "DELETE"), &["1"]);
}

#[test]
fn a_repeatable_migration_is_applied_where_all_versions_are() {
    let repeatable =
        "INSERT INTO flyway_schema_history VALUES (3, NULL, 'names', 'SQL', 'R__names.sql', 5, 'anna', '', 0, true);";
    let mut layout = layouts::flyway(true);
    layout.files.push(("R__names.sql", "CREATE VIEW names AS SELECT email FROM users;\n".to_owned()));
    applied(&layout, repeatable, &["1", "1.1"]);
    layout.files.retain(|(name, _)| !name.contains("010"));
    let (_, answer) = adoption(&layout, repeatable);
    assert_eq!(answer["adopted"]["applied"], json!(["1", "1.1", "R_names"]));
    assert_eq!(answer["adopted"]["changed"], json!(["R_names"]));
}

#[test]
fn a_table_in_another_schema_is_found_on_the_search_path() {
    crate::support::postgres::each_postgres(|database| {
        let subject = Subject::postgres(database);
        let layout = layouts::sqlx(false);
        layout.write(&subject);
        subject.execute("CREATE SCHEMA app; SET search_path = app;");
        subject.execute(&format!("SET search_path = app; SET bytea_output = escape; {}", layout.state));
        let refused = layout.import(&subject, &["--adopt"]).exits(1);
        assert_contains(
            &refused.stderr,
            "hint: is it another database, or in a schema that is not on the search path?",
        );
        let named = subject.json(&["import", "--from", "sqlx", "legacy", "--adopt=app._sqlx_migrations"]);
        assert_eq!(named["adopted"]["applied"], json!(["1", "2"]), "{named}");
        assert_eq!(named["adopted"]["stamped"], json!(["1", "2"]), "{named}");
        let url = format!("{}?options=-csearch_path=app%20-cbytea_output=escape", database.url());
        let adopted = subject.json(&["--url", &url, "import", "--from", "sqlx", "legacy", "--adopt"]);
        assert_eq!(adopted["adopted"]["applied"], json!(["1", "2"]), "{adopted}");
        assert_eq!(adopted["adopted"]["changed"], json!([]));
    });
}

//! A database that another tool made is taken over, gone on with, and its history made again.

use super::*;
use crate::support::project::Output;
use serde_json::json;

fn each_layout(test: impl Fn(&Subject<'_>, &Layout)) {
    for index in 0..layouts::all(true).len() {
        each_database(|subject| {
            let layout = layouts::all(subject.is_sqlite()).remove(index);
            let _named = crate::support::OnPanic(layout.tool);
            layout.write(subject);
            test(subject, &layout);
        });
    }
}

/// What the tool had run before.
fn run_two(subject: &Subject<'_>) {
    subject.execute(layouts::USERS);
    subject.execute(layouts::GROUPS);
}

#[test]
fn a_database_is_adopted_and_gone_on_with() {
    each_layout(|subject, layout| {
        subject.execute(&layout.state);
        let empty = subject.catalog();
        let table = subject.query(&format!("SELECT * FROM {} ORDER BY 1", layout.table));
        run_two(subject);
        let (two, rows) = (subject.catalog(), subject.query("SELECT * FROM groups"));

        let [first, second, third] = layout.ids;
        let Output { stdout, .. } = layout.import(subject, &["--adopt"]).ok();
        assert_contains(&stdout, &format!("\nat {second}\n"));
        assert_eq!(subject.catalog(), two);
        assert_eq!(subject.json(&["status"])["applied"], json!([first, second]));

        subject.run(&["upgrade"]).ok();
        let all = subject.catalog();
        assert_contains(&all, "users_email");
        assert_eq!(subject.json(&["verify"])["findings"], json!([]));
        assert_eq!(subject.json(&["history"])["revisions"][0]["revision"], third);

        // refinery has no way down.
        if layout.tool == "refinery" {
            let answer = subject.run(&["downgrade", "base"]).exits(1).stderr;
            assert_contains(&answer, "revision `3` has no downgrade section");
        } else {
            subject.run(&["downgrade", second]).ok();
            assert_eq!(subject.catalog(), two);
            subject.run(&["downgrade", "base"]).ok();
            assert_eq!(subject.catalog(), empty);
            subject.run(&["upgrade"]).ok();
            assert_eq!((subject.catalog(), subject.query("SELECT * FROM groups")), (all, rows));
        }
        assert_eq!(subject.query(&format!("SELECT * FROM {} ORDER BY 1", layout.table)), table);
    });
}

#[test]
fn the_sql_stays_as_it_is() {
    each_layout(|subject, layout| {
        layout.import(subject, &[]).ok();
        let names = imported(subject);
        assert_eq!(names.len(), 3, "{names:?}");
        let mut parent = String::new();
        for (id, section) in layout.ids.into_iter().zip(&layout.sections) {
            let name = names.iter().find(|name| name.starts_with(&format!("{id}_"))).unwrap();
            let text = subject.read(&format!("migrations/versions/{name}"));
            assert_contains(&text, &format!("-- migrator:revision {id}\n{parent}"));
            assert_contains(&text, &format!("\n-- migrator:upgrade{section}"));
            parent = format!("-- migrator:revises {id}\n");
        }
        let shown = subject.json(&["show", layout.ids[0]]);
        assert_eq!(shown["revisions"][0]["message"], "create users");
    });
}

#[test]
fn the_tools_table_is_no_part_of_the_schema() {
    each_layout(|subject, layout| {
        let dump = |subject: &Subject<'_>| subject.run(&["dump"]).ok().stdout;
        let before = dump(subject);
        subject.execute(&layout.state);
        assert_eq!(dump(subject), before);
        // One with an index of its own and one with a sequence.
        if !["flyway", "goose"].contains(&layout.tool) {
            return;
        }
        run_two(subject);
        layout.import(subject, &["--adopt"]).ok();
        subject.run(&["upgrade"]).ok();
        subject.write("schema.sql", &dump(subject));
        subject.configure("", "[autogenerate]\nschema = [\"schema.sql\"]");
        assert_eq!(subject.json(&["check"])["differences"], json!([]));
    });
}

#[test]
fn a_second_database_is_adopted_with_the_files_that_are_there() {
    each_database(|subject| {
        let layout = layouts::goose(subject.is_sqlite());
        layout.write(subject);
        layout.import(subject, &[]).ok();
        subject.revision_file("own", "00003", "CREATE TABLE own (id integer);", "DROP TABLE own;");
        run_two(subject);
        subject.execute(&layout.state);
        let adopted = subject.json(&["import", "--from", "goose", "legacy", "--adopt"]);
        assert_eq!(adopted["adopted"]["stamped"], json!(["00001", "00002"]));
        assert_eq!(adopted["revisions"][2]["new"], json!(false));
        subject.run(&["upgrade"]).ok();
        // What came later is not taken away.
        let again = subject.json(&["import", "--from", "goose", "legacy", "--adopt"]);
        assert_eq!(
            again["adopted"],
            json!({"applied": ["00001", "00002"], "changed": [], "stamped": [], "heads": ["own"]})
        );
        assert_eq!(subject.json(&["current"])["heads"], json!(["own"]));
        assert_eq!(imported(subject).len(), 4);
    });
}

#[test]
fn repeatable_migrations_come_last() {
    each_database(|subject| {
        subject.write(
            "legacy/R__names.sql",
            "DROP VIEW IF EXISTS names;\nCREATE VIEW names AS SELECT email FROM users;\n",
        );
        subject.write("legacy/afterMigrate.sql", "SELECT 1;\n");
        subject.write("legacy/V1__create_users.sql", layouts::USERS);
        let output = subject.run(&["import", "--from", "flyway", "legacy"]).ok();
        assert_contains(&output.stderr, "R__names.sql: it is a revision behind all others, which runs once");
        assert_contains(&output.stderr, "afterMigrate.sql: a callback of Flyway: left out");
        assert_eq!(imported(subject), ["1_create_users.sql", "R_names_names.sql"]);
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT count(*) FROM names"), "0");
    });
}

#[test]
fn the_folder_of_the_revisions_may_lie_in_that_of_the_migrations() {
    let subject = Subject::sqlite();
    for (name, text) in layouts::diesel(true).files {
        subject.write(&format!("migrations/{name}"), &text);
    }
    subject.run(&["import", "--from", "diesel", "migrations"]).ok();
    let again = subject.json(&["import", "--from", "diesel", "migrations"]);
    assert_eq!(again["revisions"][0]["new"], json!(false));
    assert_eq!(imported(&subject).len(), 3);
    let same = subject.run(&["import", "--from", "diesel", "migrations/versions"]).exits(2);
    assert_contains(
        &same.stderr,
        "the migrations lie in the version location: set version_locations to another folder",
    );
}

#[test]
fn what_runs_without_a_transaction_is_found_out() {
    let subject = Subject::sqlite();
    subject.write("diesel/1_a/up.sql", layouts::USERS);
    // The library takes a key that is not there for `false`.
    subject.write("diesel/1_a/metadata.toml", "# nothing\n");
    subject.run(&["import", "--from", "diesel", "diesel", "--out", "a"]).ok();
    assert_contains(&subject.read("a/1_a.sql"), "-- migrator:upgrade no-transaction\n");

    subject.write("flyway/V1__a.sql", "CREATE TABLE a (i integer);\nVACUUM;\n");
    subject.write("flyway/V2__b.sql", "-- VACUUM\nCREATE TABLE b (i integer);\n");
    subject.run(&["import", "--from", "flyway", "flyway", "--out", "b"]).ok();
    assert_contains(&subject.read("b/1_a.sql"), "-- migrator:upgrade no-transaction\n");
    assert_contains(&subject.read("b/2_b.sql"), "-- migrator:upgrade\n");

    subject.write("sqlx/1_a.sql", "BEGIN;\nCREATE TABLE a (i integer);\nCOMMIT;\n");
    let output = subject.run(&["import", "--from", "sqlx", "sqlx", "--out", "c"]).ok();
    assert_contains(&output.stderr, "sqlx/1_a.sql: it has BEGIN or COMMIT of its own: ");
    assert_contains(&subject.read("c/1_a.sql"), "-- migrator:upgrade no-transaction\nBEGIN;\n");
}

#[test]
fn line_ends_and_a_byte_order_mark_are_no_part_of_the_text() {
    let subject = Subject::sqlite();
    let text =
        "\u{feff}-- migrate:up\r\nCREATE TABLE users (\r\n  id integer);\r\n-- migrate:down\r\nDROP TABLE users;\r\n";
    subject.write("legacy/1_users.sql", text);
    subject.run(&["import", "--from", "dbmate", "legacy"]).ok();
    let file = subject.read("migrations/versions/1_users.sql");
    assert_contains(
        &file,
        "-- migrator:upgrade\nCREATE TABLE users (\n  id integer);\n\n-- migrator:downgrade\nDROP TABLE users;\n",
    );
}

#[test]
fn several_sections_of_dbmate_are_several_parts() {
    each_database(|subject| {
        let text = "-- migrate:up\nCREATE TABLE a (i integer);\n-- migrate:down\nDROP TABLE b;\n\
                    -- migrate:up transaction:false\nCREATE TABLE b (i integer);\n-- migrate:down\nDROP TABLE a;\n";
        subject.write("legacy/1_both.sql", text);
        let output = subject.run(&["import", "--from", "dbmate", "legacy"]).ok();
        assert_contains(&output.stderr, "several sections: dbmate records the version after the first one");
        subject.run(&["upgrade"]).ok();
        assert!(subject.has_table("a") && subject.has_table("b"));
        subject.run(&["downgrade", "base"]).ok();
        assert!(!subject.has_table("a") && !subject.has_table("b"));
    });
}

#[test]
fn a_folder_of_ones_own_can_be_chosen() {
    let subject = Subject::sqlite();
    subject.write("legacy/1_users.sql", layouts::USERS);
    subject.run(&["import", "--from", "sqlx", "legacy", "--out", "elsewhere"]).ok();
    assert!(subject.path("elsewhere/1_users.sql").exists());
    assert_eq!(imported(&subject), [""; 0]);
    let refused = subject.run(&["import", "--from", "sqlx", "legacy", "--out", "elsewhere", "--adopt"]).exits(2);
    assert_contains(&refused.stderr, "--adopt needs the revisions in a version location");
    let taken = subject.run(&["import", "--from", "sqlx", "legacy", "--out", "elsewhere"]).exits(1);
    assert_contains(&taken.stderr, "already exists: `elsewhere/1_users.sql`");
}

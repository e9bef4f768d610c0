//! Folders that cannot be imported: a clear error, and nothing written.

use std::fs;

use super::*;
use serde_json::json;

type Files<'f> = &'f [(&'f str, &'f str)];

/// Imports these files, which must be refused with these words.
#[track_caller]
fn refused(tool: &str, files: Files<'_>, words: &[&str]) {
    let subject = Subject::sqlite();
    fs::create_dir(subject.path("legacy")).unwrap();
    for (name, text) in files {
        subject.write(&format!("legacy/{name}"), text);
    }
    let output = subject.run(&["import", "--from", tool, "legacy"]).exits(1);
    for word in words {
        assert_contains(&output.stderr, word);
    }
    assert_eq!(imported(&subject), [""; 0]);
    assert_eq!(output.stdout, "");
}

const ALL: [&str; 7] = ["flyway", "dbmate", "goose", "golang-migrate", "sqlx", "diesel", "refinery"];

#[test]
fn a_folder_that_is_missing_or_empty() {
    for tool in ALL {
        let subject = Subject::sqlite();
        let missing = subject.json(&["import", "--from", tool, "nowhere"]);
        assert_eq!(missing["error"]["kind"], json!("import"));
        assert_contains(missing["error"]["message"].as_str().unwrap(), "there is no folder");
        refused(
            tool,
            &[("README.md", "")],
            &[&format!("there are no migrations of {tool} in `legacy`"), "hint: they are named "],
        );
    }
    let subject = Subject::sqlite();
    let unknown = subject.run(&["import", "--from", "rails", "legacy"]).exits(2);
    assert_contains(&unknown.stderr, "invalid value 'rails'");
}

#[test]
fn versions_that_are_there_twice() {
    let section = "-- +goose Up\nSELECT 1;\n";
    refused(
        "goose",
        &[("1_a.sql", section), ("01_b.sql", section)],
        &["version 1 is there twice: legacy/01_b.sql, legacy/1_a.sql"],
    );
    refused("flyway", &[("V1__a.sql", ""), ("b/V1.0__b.sql", "")], &["is there twice: ", "V1__a.sql", "V1.0__b.sql"]);
    refused(
        "flyway",
        &[("V1__a.sql", ""), ("U1__a.sql", ""), ("U1__b.sql", "")],
        &["version 1 is there twice", "U1__b.sql"],
    );
    refused("golang-migrate", &[("1_a.up.sql", ""), ("001_b.up.sql", "")], &["is there twice"]);
    refused("sqlx", &[("1_a.sql", ""), ("1_a.up.sql", "")], &["version 1 is there twice"]);
    refused("refinery", &[("V1__a.sql", ""), ("U1__b.sql", "")], &["version 1 is there twice"]);
    refused("diesel", &[("2026-01_a/up.sql", ""), ("202601_b/up.sql", "")], &["version 202601 is there twice"]);
    let dbmate = "-- migrate:up\n-- migrate:down\n";
    refused("dbmate", &[("1_a.sql", dbmate), ("1_b.sql", dbmate)], &["version 1 is there twice"]);
}

#[test]
fn files_of_another_tool() {
    refused(
        "sqlx",
        &[("1_a.sql", "-- +goose Up\nSELECT 1;\n-- +goose Down\n")],
        &["this is a migration of goose, not of sqlx", "--> legacy/1_a.sql:1:1", "hint: say `--from goose`"],
    );
    refused("golang-migrate", &[("1_a.up.sql", "SELECT 1;\n-- migrate:up\n")], &["this is a migration of dbmate"]);
    refused("goose", &[("1_a.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\n")], &["this is a migration of dbmate"]);
    refused("goose", &[("1_a.sql", "SELECT 1;\n")], &["SQL in front of `-- +goose Up`"]);
    refused("dbmate", &[("1_a.sql", "SELECT 1;\n")], &["SQL in front of `-- migrate:up`"]);
    refused(
        "flyway",
        &[("V1__a.sql", ""), ("1_b.up.sql", "")],
        &["`legacy/1_b.up.sql` is not named as migrations of flyway are"],
    );
    refused("golang-migrate", &[("1_b.up.sql", ""), ("V1__a.sql", "")], &["`legacy/V1__a.sql` is not named"]);
    refused("diesel", &[("1_a/up.sql", ""), ("2_b.sql", "")], &["`legacy/2_b.sql` is not named"]);
    refused("diesel", &[("1_a/down.sql", "")], &["`legacy/1_a` is not named as migrations of diesel are"]);
    refused("refinery", &[("V1.5__a.sql", "")], &["is not named as migrations of refinery are"]);
}

#[test]
fn migrations_that_are_programs() {
    refused(
        "goose",
        &[("1_a.go", ""), ("2_b.go", ""), ("2_b_test.go", "")],
        &["2 migrations of goose are not SQL: legacy/1_a.go, legacy/2_b.go\n"],
    );
    refused(
        "flyway",
        &[("V2__a.java", ""), ("Helper.java", "")],
        &["1 migration of flyway is not SQL: legacy/V2__a.java\n"],
    );
    refused("flyway", &[("R__a.py", "")], &["legacy/R__a.py\n"]);
    refused(
        "refinery",
        &[("V1__a.rs", ""), ("mod.rs", "")],
        &["1 migration of refinery is not SQL: legacy/V1__a.rs\n"],
    );
    refused("golang-migrate", &[("1_a.up.json", "")], &["is not SQL: legacy/1_a.up.json"]);
    refused("flyway", &[("B1__a.sql", "")], &["`legacy/B1__a.sql` is a baseline migration"]);
}

#[test]
fn a_way_down_without_a_way_up() {
    refused(
        "golang-migrate",
        &[("1_a.down.sql", "")],
        &["version 1 has a way down, `legacy/1_a.down.sql`, and no way up"],
    );
    refused("sqlx", &[("1_a.down.sql", "")], &["version 1 has a way down"]);
    refused("flyway", &[("V1__a.sql", ""), ("U2__a.sql", "")], &["version 2 has a way down, `legacy/U2__a.sql`"]);
}

#[test]
fn annotations_that_are_wrong() {
    for (text, problem) in [
        (
            "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n",
            "`-- +goose StatementBegin` without `-- +goose StatementEnd`",
        ),
        ("-- +goose Up\n-- +goose StatementBegin\n-- +goose Down\n", "the `-- +goose StatementBegin` above has no"),
        ("-- +goose Up\n-- +goose StatementBegin\n-- +goose StatementBegin\n", "a second `-- +goose StatementBegin`"),
        ("-- +goose Up\n-- +goose StatementEnd\n", "`-- +goose StatementEnd` without `-- +goose StatementBegin`"),
        ("-- +goose Up\n-- +goose Up\n", "a second `-- +goose Up`"),
        ("-- +goose Up\n-- +goose Down\n-- +goose Down\n", "a second `-- +goose Down`"),
        ("-- +goose Down\n", "it stands in front of `-- +goose Up`"),
        ("-- +goose ENVSUB ON\n-- +goose Up\n", "the values of environment variables are not part of a revision"),
        ("-- +goose Upp\n", "an annotation of goose that is not known"),
        ("-- nothing\n", "there is no line `-- +goose Up`"),
    ] {
        refused("goose", &[("1_a.sql", text)], &[problem, "--> legacy/1_a.sql:"]);
    }
    for (text, problem) in [
        ("-- migrate:up\nSELECT 1;\n", "there is no line `-- migrate:down` behind the way up"),
        ("-- migrate:down\n-- migrate:up\n", "a way down without a way up"),
        ("-- migrate:up\n-- migrate:up\n", "a `-- migrate:up` without `-- migrate:down`"),
        ("-- migrate:up nothing:true\n-- migrate:down\n", "the option `nothing:true` is not known"),
        ("-- nothing\n", "there is no line `-- migrate:up`"),
    ] {
        refused("dbmate", &[("1_a.sql", text)], &[problem, "--> legacy/1_a.sql:"]);
    }
    let bad = [("1_a/up.sql", ""), ("1_a/metadata.toml", "run_in_transaction = 3\n")];
    refused("diesel", &bad, &["`run_in_transaction` is neither true nor false"]);
    let bad = [("V1__a.sql", ""), ("V1__a.sql.conf", "\nshouldExecute=false\n")];
    refused("flyway", &bad, &["this `shouldExecute` has no counterpart", "--> legacy/V1__a.sql.conf:2:1"]);
}

#[test]
fn placeholders_without_a_value() {
    refused(
        "flyway",
        &[("V1__a.sql", "SELECT 1;\nSELECT '${Who}', '${flyway:user}', '${who}';\n")],
        &[
            "there is no value for `${Who}`, `${flyway:user}`, `${who}`\n",
            "--> legacy/V1__a.sql:2:9",
            "hint: give them with --set Who=VALUE",
        ],
    );
    let subject = Subject::sqlite();
    subject.write("legacy/V1__a.sql", "SELECT '${Who}';\n");
    subject.write("legacy/V1__a.sql.conf", "placeholderReplacement=false\n");
    subject.run(&["import", "--from", "flyway", "legacy"]).ok();
    assert_contains(&subject.read("migrations/versions/1_a.sql"), "\nSELECT '${Who}';\n");
    let other = subject.run(&["import", "--from", "sqlx", "legacy", "--set", "a=b"]).exits(2);
    assert_contains(&other.stderr, "--set is for placeholders, which only Flyway has");
    let bad = subject.run(&["import", "--from", "flyway", "legacy", "--set", "a"]).exits(2);
    assert_contains(&bad.stderr, "`a` is not NAME=VALUE");
}

#[test]
fn text_that_would_be_read_as_something_else() {
    let marker = "SELECT 1;\n  -- migrator:downgrade\nDROP TABLE a;\n";
    let words = ["a line that begins with `-- migrator:` would be a marker", "--> legacy/1_a.sql:2:3", "hint: reword"];
    refused("sqlx", &[("1_a.sql", marker)], &words);
    let comment = "-- a\n-- migrator:upgrade\n-- migrate:up\n-- migrate:down\n";
    refused("dbmate", &[("1_a.sql", comment)], &["would be a marker in a revision file"]);
    // In a string it is none.
    let subject = Subject::sqlite();
    subject.write("legacy/1_a.sql", "SELECT '\n-- migrator:downgrade\n';\n");
    subject.run(&["import", "--from", "sqlx", "legacy"]).ok();
    refused("sqlx", &[("1_a.sql", "SELECT 'a;\n")], &["legacy/1_a.sql:1:8"]);
    refused("sqlx", &[("1_a.sql", ".mode csv\n")], &["legacy/1_a.sql:1:1"]);
}

#[test]
fn bytes_that_are_no_text() {
    for (bytes, problem) in
        [(&b"SELECT '\xff';"[..], "not UTF-8 text"), (b"\xff\xfeS\0", "UTF-16"), (b"a\0", "NUL byte")]
    {
        let subject = Subject::sqlite();
        subject.write("legacy/1_a.sql", layouts::USERS);
        fs::write(subject.path("legacy/2_b.sql"), bytes).unwrap();
        let output = subject.run(&["import", "--from", "sqlx", "legacy"]).exits(1);
        assert_contains(&output.stderr, problem);
        assert_contains(&output.stderr, "legacy/2_b.sql");
        assert_eq!(imported(&subject), [""; 0]);
    }
}

#[test]
fn revisions_that_are_there_already() {
    let subject = Subject::sqlite();
    subject.write("legacy/1_a.sql", layouts::USERS);
    subject.write("legacy/2_b.sql", layouts::GROUPS);
    subject.revision_file("2", "", "SELECT 1;", "");
    let output = subject.run(&["import", "--from", "sqlx", "legacy"]).exits(1);
    assert_contains(&output.stderr, "the project has a revision `2` with other parents");
    subject.revision_file("2", "1", "SELECT 1;", "");
    fs::remove_file(subject.path("migrations/versions/2.sql")).unwrap();
    subject.write("migrations/versions/1_a.sql", "somebody's");
    let output = subject.run(&["import", "--from", "sqlx", "legacy"]).exits(1);
    assert_contains(&output.stderr, "migrations/versions/1_a.sql");
    fs::remove_file(subject.path("migrations/versions/1_a.sql")).unwrap();
    subject.revision_file("1", "", "SELECT 1;", "");
    let output = subject.run(&["import", "--from", "sqlx", "legacy"]).exits(1);
    assert_contains(&output.stderr, "the project has a revision `1` with another upgrade");
    assert_eq!(imported(&subject), ["1.sql"]);
}

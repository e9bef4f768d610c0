//! `stamp --from-alembic`: going on where Alembic stopped.

use super::{Subject, assert_contains, each_database};

/// Four revisions, two of them heads, in a database that Alembic migrated to `heads`.
fn migrated_by_alembic(subject: &Subject<'_>, heads: &[&str]) {
    subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "DROP TABLE a;");
    subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "DROP TABLE b;");
    subject.revision_file("c2", "a1", "CREATE TABLE c (i integer);", "DROP TABLE c;");
    subject.revision_file("d3", "b2", "CREATE TABLE d (i integer);", "DROP TABLE d;");
    subject.execute("CREATE TABLE alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY)");
    for head in heads {
        subject.execute(&format!("INSERT INTO alembic_version VALUES ('{head}')"));
    }
}

#[test]
fn what_alembic_applied_is_recorded_with_all_it_stands_on() {
    each_database(|subject| {
        migrated_by_alembic(subject, &["b2", "c2"]);
        let status = subject.run(&["status"]).ok().stdout;
        assert_contains(
            &status,
            "alembic_version, which Alembic left: at b2, c2; `migrator stamp --from-alembic` records that\n",
        );
        let output = subject.json(&["stamp", "--from-alembic"]);
        let mut stamped: Vec<&str> =
            output["stamped"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
        assert_eq!(stamped[0], "a1");
        stamped.sort_unstable();
        assert_eq!(stamped, ["a1", "b2", "c2"]);
        assert_eq!(
            (output["removed"].to_string(), output["heads"].to_string()),
            ("[]".into(), r#"["b2","c2"]"#.into())
        );
        assert_eq!(subject.query("SELECT version_num FROM alembic_version ORDER BY 1"), "b2\nc2");
        let status = subject.run(&["status"]).ok().stdout;
        assert_contains(&status, "alembic_version, which Alembic left: at b2, c2\n");
        assert_eq!(subject.json(&["status"])["alembic"].to_string(), r#"["b2","c2"]"#);

        // Going on with migrator, and asking again, goes nowhere back.
        subject.execute("CREATE TABLE b (i integer); CREATE TABLE a (i integer)");
        subject.run(&["upgrade", "d3"]).ok();
        let output = subject.run(&["stamp", "--from-alembic"]).ok();
        assert_eq!(output.stdout, "at c2, d3\n");
        subject.run(&["upgrade", "heads"]).ok();
    });
}

#[test]
fn revisions_without_a_file_are_refused() {
    each_database(|subject| {
        migrated_by_alembic(subject, &["b2", "e9"]);
        let output = subject.run(&["stamp", "--from-alembic"]).exits(1);
        assert_contains(&output.stderr, "error: `alembic_version` says that e9 is applied, which no revision file has");
        assert!(!subject.has_table("migrator_version"));
        let document = subject.json(&["stamp", "--from-alembic"]);
        assert_eq!(document["error"]["kind"], "unknown_revision");
    });
}

#[test]
fn the_table_may_have_another_name_or_not_be_there() {
    each_database(|subject| {
        migrated_by_alembic(subject, &["b2"]);
        subject.execute("ALTER TABLE alembic_version RENAME TO shop_version");
        let output = subject.run(&["stamp", "--from-alembic"]).exits(2);
        assert_contains(&output.stderr, "error: there is no table `alembic_version` of Alembic in the database");
        assert_eq!(subject.run(&["stamp", "--from-alembic", "shop_version"]).ok().stdout, "at b2\n");
        if !subject.is_sqlite() {
            subject.execute("CREATE SCHEMA \"Meta\"; ALTER TABLE shop_version SET SCHEMA \"Meta\"");
            assert_eq!(subject.run(&["stamp", "--from-alembic", "Meta.shop_version"]).ok().stdout, "at b2\n");
        }
        subject.run(&["stamp", "--from-alembic", "--purge"]).exits(2);
        subject.run(&["stamp", "head", "--from-alembic"]).exits(2);
    });
}

#[test]
fn an_empty_table_is_base() {
    each_database(|subject| {
        migrated_by_alembic(subject, &[]);
        assert_contains(&subject.run(&["status"]).ok().stdout, "alembic_version, which Alembic left: at base\n");
        assert_eq!(subject.json(&["stamp", "--from-alembic"])["heads"].to_string(), "[]");
    });
}

#[test]
fn a_comparison_leaves_alembics_table_alone() {
    each_database(|subject| {
        migrated_by_alembic(subject, &["b2"]);
        subject.execute("CREATE TABLE a (i integer); CREATE TABLE b (i integer)");
        for id in ["c2", "d3"] {
            std::fs::remove_file(subject.path(format!("migrations/versions/{id}.sql"))).unwrap();
        }
        subject.run(&["stamp", "--from-alembic"]).ok();
        subject.write("schema.sql", "CREATE TABLE a (i integer); CREATE TABLE b (i integer);");
        subject.configure("", "[autogenerate]\nschema = [\"schema.sql\"]");
        let output = subject.run(&["check"]).ok();
        assert_eq!(output.stdout, "the declared schema is what there is\n");
        let dump = subject.run(&["dump"]).ok().stdout;
        assert!(!dump.contains("alembic_version"), "{dump}");
        subject.configure("", "[autogenerate]\nschema = [\"schema.sql\"]\nexclude = [\"table:zzz\"]");
        subject.run(&["check"]).ok();
    });
}

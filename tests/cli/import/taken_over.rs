//! Whole projects: what becomes of every directive of `op`.

use super::{AlembicProject, told};
use crate::python::alembic::{Alembic, BOTH};
use crate::support::postgres::each_postgres;

#[track_caller]
fn assert_contains(text: &str, part: &str) {
    assert!(text.contains(part), "`{part}` is not in:\n{text}");
}

#[test]
fn every_directive_on_postgresql() {
    each_postgres(|database| {
        for alembic in BOTH {
            let project = AlembicProject::new("directives", alembic);
            let (document, code) = project.imported(&["--url", &database.url(), "--prove-each"]);
            assert_eq!(
                told(&document),
                [
                    "d1: captured offline, proven",
                    "d2: offline offline, proven",
                    "d3: captured offline, proven",
                    "d4: offline irreversible, proven",
                    "d5: captured captured, proven",
                ],
                "{alembic:?}"
            );
            assert_eq!((code, &document["warnings"]), (0, &serde_json::json!([])), "{document}");

            let enum_value = project.read("migrations/versions/0004_enum.sql");
            assert_contains(
                &enum_value,
                "-- migrator:upgrade no-transaction\nALTER TYPE binding ADD VALUE 'leather';\n\nCREATE INDEX CONCURRENTLY",
            );
            assert_contains(
                &enum_value,
                "\n-- migrator:upgrade\nALTER TABLE books ALTER COLUMN binding SET DEFAULT 'leather';",
            );
            assert_contains(
                &enum_value,
                "\n-- migrator:irreversible\n-- Alembic: NotImplementedError: a value of an enum cannot be taken away\n",
            );

            // The files alone make the rows, on a database that neither Alembic nor the proof has seen.
            let url = database.url();
            project.run(&["upgrade", "--url", &url]).ok();
            assert_eq!(
                database.query_text("SELECT id, name, born FROM authors"),
                "1|O'Hara: 100% \\ mine it's \\ 5%:x\t?|1906-02-01"
            );
            assert_eq!(
                database.query_text("SELECT id, name, price, tags, added AT TIME ZONE 'UTC' FROM books ORDER BY id"),
                "1|two\nlines; and a -- dash|12.50|{\"a,b\",\"c\\\"d\",e'f}|2024-01-02 03:04:05\n2|100%(x)s|0.00||"
            );
            assert_eq!(database.query_text("SELECT price_in_cents(1)"), "1250");
            database.client().batch_execute("DROP OWNED BY CURRENT_USER CASCADE").unwrap_or_default();
            database
                .client()
                .batch_execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS stock CASCADE")
                .unwrap();
        }
    });
}

#[test]
fn bases_branches_labels_and_dependencies() {
    for alembic in BOTH {
        let project = AlembicProject::new("branches", alembic);
        let (document, code) = project.imported(&[]);
        let lines = told(&document);
        assert_eq!(code, 0, "{document}");
        assert_eq!(lines.len(), 7);
        assert!(lines.contains(&"a4: nothing nothing, proven".to_owned()), "{lines:?}");
        assert!(lines.iter().all(|line| line.ends_with(", proven")), "{lines:?}");

        assert_eq!(
            project.read("migrator.toml").lines().filter(|line| line.contains(" = ")).collect::<Vec<_>>(),
            [
                "script_location = \"migrations\"",
                "version_locations = [\"migrations/alembic_versions\", \"migrations/extra\"]",
                "url = \"sqlite:///branches.db\"",
            ]
        );
        assert_eq!(
            project.read("migrations/extra/b2_needs.sql"),
            "-- needs the other\n--\n-- migrator:revision b2\n-- migrator:revises b1\n-- migrator:depends-on a4\n\n\
             -- migrator:upgrade\nCREATE VIEW b2 AS SELECT a2.x FROM a2, b1;\n\n-- migrator:downgrade\nDROP VIEW b2;\n"
        );
        let file = project.read("migrations/alembic_versions/a4_four.sql");
        assert_eq!(
            file,
            "-- a merge\n--\n-- migrator:revision a4\n-- migrator:revises a2, a3\n\n-- migrator:upgrade\n\n-- migrator:downgrade\n"
        );
        assert_contains(
            &project.read("migrations/alembic_versions/a3_three.sql"),
            "-- migrator:branch-labels blue, green\n",
        );
        assert_contains(&project.read("migrations/extra/b3_label.sql"), "-- migrator:depends-on blue\n");

        project.run(&["upgrade", "heads"]).ok();
        project.run(&["downgrade", "base"]).ok();
        assert_eq!(project.run(&["heads"]).ok().stdout.lines().count(), 2);
    }
}

#[test]
fn batches_build_tables_anew_with_foreign_keys_off() {
    for alembic in BOTH {
        let project = AlembicProject::new("batch", alembic);
        let (document, code) = project.imported(&["--prove-each"]);
        assert_eq!(
            told(&document),
            ["c1: offline offline, proven", "c2: captured captured, proven", "c3: offline offline, proven"],
            "{document}"
        );
        assert_eq!(code, 0);
        for (name, way) in [("c2_batch", "upgrade"), ("c2_batch", "downgrade"), ("c3_pragma", "upgrade")] {
            let text = project.read(&format!("migrations/versions/{name}.sql"));
            assert_contains(&text, &format!("-- migrator:{way} foreign-keys=off\n"));
            assert!(!text.contains("PRAGMA"), "{text}");
        }
        assert_contains(&project.read("migrations/versions/c1_tables.sql"), "CONSTRAINT pk_people PRIMARY KEY (id)");

        // A row that refers to one of the table that is built anew is still there.
        project.run(&["upgrade"]).ok();
        let connection = rusqlite::Connection::open(project.path("batch.db")).unwrap();
        let pets: u32 = connection.query_row("SELECT count(*) FROM pets", [], |row| row.get(0)).unwrap();
        assert_eq!(pets, 1);
    }
}

#[test]
fn two_dialects_share_what_is_the_same() {
    each_postgres(|database| {
        for alembic in BOTH {
            let project = AlembicProject::new("dialects", alembic);
            let both = ["--dialect", "postgresql,sqlite", "--url", &database.url()];
            let (document, code) = project.imported(&both);
            assert_eq!(
                told(&document),
                [
                    "e1: offline offline offline offline, proven",
                    "e2: offline offline offline offline, proven",
                    "e3: offline offline captured captured, proven",
                    "e4: offline offline nothing nothing, proven",
                ]
            );
            assert_eq!(code, 0);
            let first = project.read("migrations/versions/e1_tables.sql");
            assert_contains(&first, "-- migrator:upgrade postgresql\nCREATE TABLE orders (\n  id SERIAL NOT NULL,");
            assert_contains(&first, "-- migrator:upgrade sqlite\nCREATE TABLE orders (\n  id INTEGER NOT NULL,");
            assert!(first.ends_with("\n-- migrator:downgrade\nDROP TABLE same;\n\nDROP TABLE orders;\n"), "{first}");
            let conditional = project.read("migrations/versions/e2_conditional.sql");
            assert_contains(&conditional, "-- migrator:downgrade sqlite\nDROP INDEX only_here;\n");
            let only = project.read("migrations/versions/e4_postgresql.sql");
            assert_contains(&only, "-- migrator:upgrade sqlite\n-- its function does nothing on SQLite\n");

            project.run(&["upgrade"]).ok();
            project.run(&["downgrade", "base"]).ok();
        }
    });
}

#[test]
fn several_databases_get_names() {
    each_postgres(|database| {
        for alembic in BOTH {
            let project = AlembicProject::new("several", alembic);
            let (document, code) = project.imported(&["--url", &database.url()]);
            assert_eq!(code, 0, "{document}");
            assert_eq!(document["databases"][0]["name"], "users");
            assert_eq!(document["databases"][1]["name"], "orders");
            assert_eq!(told(&document)[1], "g2: nothing nothing, proven");
            assert_eq!(told(&document)[3], "g2: offline offline, proven");
            // env.py of this template writes a script for each database, which an import keeps it from.
            let files = project.files();
            assert!(!files.contains(&"users.sql".to_owned()), "{files:?}");

            let configuration = project.read("migrator.toml");
            assert_contains(&configuration, "[env.users.database]\nurl = \"sqlite:///users.db\"");
            assert_contains(&configuration, "[env.orders.database]\nurl = \"${ORDERS_DATABASE_URL}\"");
            assert!(!configuration.contains("geheim"), "{configuration}");
            project.run(&["-n", "users", "upgrade"]).ok();
            assert_eq!(project.run(&["-n", "orders", "history"]).ok().stdout.lines().count(), 2);
        }
    });
}

#[test]
fn the_configuration_comes_along_without_its_password() {
    each_postgres(|database| {
        let project = AlembicProject::new("settings", Alembic::Newest);
        let output = project.import(&["--url", &database.url()]).ok();
        assert!(!output.stdout.contains("geheim") && !output.stderr.contains("geheim"), "{output:?}");
        assert_contains(&output.stderr, "warning: the URL has a password, so it is not written: set DATABASE_URL");
        assert_contains(
            &output.stderr,
            "warning: env.py itself sends SQL, which is in none of the files: SET search_path",
        );
        let configuration = project.read("migrator.toml");
        let lines: Vec<&str> =
            configuration.lines().filter(|line| line.contains(" = ") && !line.starts_with('#')).collect();
        assert_eq!(
            lines,
            [
                "script_location = \"migrations\"",
                "recursive_version_locations = true",
                "file_template = \"{{ year }}_{{ month }}-{{ rev }}_{{ slug }}\"",
                "truncate_slug_length = 20",
                "timezone = \"Europe/Berlin\"",
                "version_table_schema = \"meta\"",
                "url = \"${DATABASE_URL}\"",
                "exclude = [\"table:meta.shop_version\"]",
            ]
        );
        assert_eq!(
            project.read("migrations/versions/2024/2024_01-h1_first.sql"),
            "-- first\n--\n--    indented, with -- dashes\n-- -- migrator:upgrade is no section here\n--\n-- migrator:revision h1\n\
             -- migrator:created 2024-01-02T02:04:05Z\n\n-- migrator:upgrade\n\
             -- left out, because it is about Alembic's own table: ALTER TABLE meta.shop_version ALTER COLUMN version_num TYPE \
             varchar(64)\nCREATE TABLE t (id integer);\n\n-- migrator:downgrade\nDROP TABLE t;\n"
        );
        assert_contains(
            &project.read("migrations/versions/2024/2024_02-h2_old_way.sql"),
            "\n-- migrator:upgrade no-transaction\nALTER TYPE mood ADD VALUE 'bad';\n",
        );
        project.run(&["upgrade", "--url", &database.url()]).ok();
    });
}

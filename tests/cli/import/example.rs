//! `examples/from-alembic`: imported, adopted where Alembic had been, and upgraded further.

use std::path::{Path, PathBuf};

use super::{AlembicProject, told};
use crate::python::alembic::{Alembic, BOTH};
use crate::support::catalog;
use crate::support::postgres::each_postgres;
use crate::support::subject::query_sqlite;

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/from-alembic")
}

/// Takes what the example has of migrator out of its copy.
fn untouched(alembic: Alembic) -> AlembicProject {
    let project = AlembicProject::copy(&example(), alembic);
    std::fs::remove_file(project.path("migrator.toml")).unwrap();
    std::fs::remove_dir_all(project.path("migrations")).unwrap();
    project
}

#[test]
fn the_example_is_what_an_import_gives_with_one_part_filled_in() {
    each_postgres(|database| {
        for alembic in BOTH {
            let project = untouched(alembic);
            let both = ["--dialect", "postgresql,sqlite", "--url", &database.url(), "--prove-each"];
            let (document, code) = project.imported(&both);
            let lines = told(&document);
            let (by_hand, others): (Vec<&String>, Vec<&String>) = lines.iter().partition(|line| line.contains("hand"));
            assert_eq!(by_hand, ["b16c93e4fad5: hand nothing hand nothing, not proven"]);
            assert_eq!(others.len(), 11);
            assert!(others.iter().all(|line| line.ends_with(", proven")), "{lines:?}");
            assert_eq!(code, 3);
            assert_eq!(
                project.read("migrator.toml"),
                std::fs::read_to_string(example().join("migrator.toml")).unwrap()
            );
            for id in [
                "1c8f20b4a9d1_authors_and_books",
                "7c2be04f8d96_customers_and_stock",
                "9e41d7c6a208_orders_can_be_sent",
            ] {
                let name = format!("migrations/versions/{id}.sql");
                assert_eq!(project.read(&name), std::fs::read_to_string(example().join(&name)).unwrap());
            }
        }
    });
}

#[test]
fn the_files_make_what_alembic_makes_and_go_on_from_there() {
    for alembic in BOTH {
        let (theirs, ours) = (AlembicProject::copy(&example(), alembic), AlembicProject::copy(&example(), alembic));
        theirs.alembic("sqlite:///bookshop.db", &["upgrade", "head"]);
        ours.run(&["upgrade"]).ok();
        let judged = |project: &AlembicProject| {
            let connection = rusqlite::Connection::open(project.path("bookshop.db")).unwrap();
            connection.execute_batch("DROP TABLE IF EXISTS alembic_version").unwrap();
            // Line ends and indentation are SQLAlchemy's there, and ours here.
            let schema = query_sqlite(&connection, catalog::SQLITE);
            (schema.split_whitespace().collect::<Vec<_>>().join(" "), catalog::sqlite_rows(&connection))
        };
        let made = judged(&ours);
        goes_on(&theirs, &[], "alembic_version, which Alembic left: at c27da4f50be6\n");
        theirs.run(&["downgrade", "c27da4f50be6"]).ok();
        assert_eq!(judged(&theirs), made, "{alembic:?}");
    }
}

#[test]
fn the_files_make_what_alembic_makes_on_postgresql() {
    each_postgres(|database| {
        for alembic in BOTH {
            let (theirs, ours) = (database.server().database(), database.server().database());
            let project = AlembicProject::copy(&example(), alembic);
            let scheme = if alembic == Alembic::Newest { "postgresql+psycopg:" } else { "postgresql+psycopg2:" };
            project.alembic(&theirs.url().replace("postgresql:", scheme), &["upgrade", "head"]);
            project.run(&["upgrade", "--url", &ours.url()]).ok();
            let judged = |database: &crate::support::postgres::Database| {
                let mut client = database.client();
                client.batch_execute("DROP TABLE IF EXISTS alembic_version").unwrap();
                (catalog::postgres(&mut client), catalog::postgres_rows(&mut client))
            };
            let made = judged(&ours);
            goes_on(&project, &["--url", &theirs.url()], "alembic_version, which Alembic left: at c27da4f50be6\n");
            project.run(&["downgrade", "c27da4f50be6", "--url", &theirs.url()]).ok();
            assert_eq!(judged(&theirs), made, "{alembic:?}");
        }
    });
}

#[test]
fn a_flask_application_is_taken_over_where_it_is() {
    let project = AlembicProject::new("flask", Alembic::Newest);
    for arguments in [&["db", "init"][..], &["db", "migrate", "-m", "users"], &["db", "upgrade"]] {
        let output = Alembic::Newest.flask(&project.path(""), arguments).output().unwrap();
        assert!(output.status.success(), "flask {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let (document, code) = project.imported(&[]);
    assert_eq!(code, 0, "{document}");
    assert!(told(&document)[0].ends_with(": offline offline, proven"), "{document}");
    let configuration = project.read("migrator.toml");
    assert!(configuration.contains("script_location = \"sql-migrations\""), "{configuration}");
    assert!(configuration.contains("url = \"sqlite:///instance/shop.db\""), "{configuration}");
    project.run(&["stamp", "--from-alembic"]).ok();
    assert_eq!(project.json(&["status"])["pending"].to_string(), "[]");
}

/// Adopts a database that Alembic migrated, and applies a new revision to it.
fn goes_on(project: &AlembicProject, url: &[&str], said: &str) {
    project.run(&[&["stamp", "--from-alembic"], url].concat()).ok();
    let status = project.run(&[&["status"], url].concat()).ok().stdout;
    assert!(status.contains("12 applied, 0 pending") && status.ends_with(said), "{status}");
    project.run(&["revision", "-m", "ratings", "--rev-id", "d38eb5061cf7"]).ok();
    let file = "migrations/versions/d38eb5061cf7_ratings.sql";
    let text = project
        .read(file)
        .replace("-- migrator:upgrade\n", "-- migrator:upgrade\nCREATE TABLE ratings (id integer);\n");
    project.write(file, &text.replace("-- migrator:downgrade\n", "-- migrator:downgrade\nDROP TABLE ratings;\n"));
    project.run(&[&["upgrade"], url].concat()).ok();
}

//! Schemas from the wild, pasted into a revision: the database is what the database's own shell makes of them.
//!
//! They are not part of the project: the tests do their work only where `../shared/schemas` lies beside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Subject, catalog, query_sqlite};
use crate::support::postgres::each_postgres;

fn schemas() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/schemas");
    if !folder.is_dir() {
        eprintln!("nothing to do: there is no {}", folder.display());
        return None;
    }
    Some(folder)
}

/// Every file of a folder, with the text that a revision can hold.
fn files(folder: &Path, name: &str, end: &str) -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder.join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.to_string_lossy().ends_with(end));
    paths.sort();
    assert!(!paths.is_empty(), "no files in {name}");
    let made_for_psql =
        |line: &&str| !["DROP DATABASE", "CREATE DATABASE", "\\c "].iter().any(|start| line.starts_with(start));
    let text = |path: &Path| {
        let text = fs::read_to_string(path).unwrap().replace("\r\n", "\n");
        text.lines().filter(made_for_psql).collect::<Vec<_>>().join("\n") + "\n"
    };
    paths.iter().map(|path| (path.display().to_string(), text(path))).collect()
}

fn on_postgres(folder: &str, end: &str) {
    let Some(schemas) = schemas() else { return };
    let files = files(&schemas, folder, end);
    each_postgres(|_| {});
    for server in crate::support::postgres::servers() {
        for (name, text) in &files {
            let (ours, theirs) = (server.database(), server.database());
            let subject = Subject::postgres(&ours);
            subject.revision_file("a1", "", text, "");
            subject.run(&["-q", "upgrade"]).ok();
            subject.write("whole.sql", text);
            let psql = Command::new("psql")
                .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &theirs.url(), "-f"])
                .arg(subject.path("whole.sql"))
                .output()
                .expect("psql (Debian: postgresql-client) makes the database to compare with");
            assert!(psql.status.success(), "{name}: {}", String::from_utf8_lossy(&psql.stderr));
            let (mut ours, mut theirs) = (ours.client(), theirs.client());
            let version = server.version();
            assert!(
                catalog::postgres(&mut ours) == catalog::postgres(&mut theirs),
                "{name} on {version}: schemas differ"
            );
            assert_eq!(catalog::postgres_rows(&mut ours), catalog::postgres_rows(&mut theirs), "{name} on {version}");
        }
    }
}

#[test]
fn chinook_on_postgresql() {
    on_postgres("chinook", "PostgreSql_SerialPKs.sql");
}

#[test]
fn pagila_on_postgresql() {
    on_postgres("pagila", ".sql");
}

fn on_sqlite(folder: &str, end: &str) {
    let Some(schemas) = schemas() else { return };
    for (name, text) in files(&schemas, folder, end) {
        let subject = Subject::sqlite();
        subject.revision_file("a1", "", &text, "");
        subject.run(&["-q", "upgrade"]).ok();
        subject.write("whole.sql", &text);
        let shell = Command::new("sqlite3")
            .arg(subject.path("shell.db"))
            .arg(format!(".read {}", subject.path("whole.sql").display()))
            .output()
            .expect("sqlite3 makes the database to compare with");
        assert!(shell.status.success(), "{name}: {}", String::from_utf8_lossy(&shell.stderr));
        let theirs = rusqlite::Connection::open(subject.path("shell.db")).unwrap();
        let ours = subject.open();
        assert_eq!(query_sqlite(&ours, catalog::SQLITE), query_sqlite(&theirs, catalog::SQLITE), "{name}");
        let tables = query_sqlite(&theirs, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
        assert!(tables.lines().count() > 5, "{tables}");
        for table in tables.lines() {
            let rows = format!("SELECT * FROM \"{table}\" ORDER BY rowid");
            assert!(query_sqlite(&ours, &rows) == query_sqlite(&theirs, &rows), "{name}: {table} differs");
        }
    }
}

#[test]
fn chinook_on_sqlite() {
    on_sqlite("chinook", "Sqlite_AutoIncrementPKs.sql");
}

#[test]
fn northwind_on_sqlite() {
    on_sqlite("northwind", ".sql");
}

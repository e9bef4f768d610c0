//! The scenarios in `tests/scenarios/`; `scenario/mod.rs` says how they are written.

use std::fs;
use std::path::{Path, PathBuf};

use crate::scenario::{Session, check_all, database, diff};
use crate::support::postgres::{Server, servers};

#[test]
fn scenarios() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no scenarios in {}", folder.display());
    let update = std::env::var_os("UPDATE_SCENARIOS").is_some_and(|value| value == "1");
    check_all(&files, |file| run(file, update));
}

enum Database {
    None,
    Sqlite,
    Postgres(&'static Server),
}

fn databases(text: &str) -> Result<Vec<Database>, String> {
    let postgres = || servers().iter().map(Database::Postgres);
    match database(text) {
        None => Ok(vec![Database::None]),
        Some("sqlite") => Ok(vec![Database::Sqlite]),
        Some("postgresql") => Ok(postgres().collect()),
        Some("both") => Ok([Database::Sqlite].into_iter().chain(postgres()).collect()),
        Some(other) => Err(format!("`# database: {other}` is none of sqlite, postgresql, both")),
    }
}

/// Runs a scenario on each of its databases. On updating, the first one's output is written and
/// must fit the others.
fn run(file: &Path, update: bool) -> Result<(), String> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut text = fs::read_to_string(file).unwrap();
    let databases = databases(&text).map_err(|error| format!("{name}: {error}"))?;
    for (number, database) in databases.iter().enumerate() {
        let (on, played) = match database {
            Database::None => (String::new(), Session::new(None).play(&text)),
            Database::Sqlite => {
                let mut session = Session::new(Some("sqlite:///app.db"));
                (" on SQLite".into(), session.play(&text))
            }
            Database::Postgres(server) => {
                let database = server.database();
                let mut session = Session::new(Some(&database.url()));
                let on = format!(" on PostgreSQL {}", server.version());
                (on, session.play(&text))
            }
        };
        let played = played.map_err(|error| format!("{name}: {error}"))?;
        if played == text {
            continue;
        }
        if !(update && number == 0) {
            return Err(format!("{name}{on}:\n{}", diff(&text, &played)));
        }
        fs::write(file, &played).unwrap();
        text = played;
    }
    Ok(())
}

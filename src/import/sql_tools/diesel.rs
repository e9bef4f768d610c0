//! Diesel: a folder for each migration, with `up.sql`, `down.sql` and perhaps `metadata.toml`.
//!
//! <https://docs.rs/diesel_migrations/latest/diesel_migrations/struct.FileBasedMigrations.html>

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::folder::Directory;
use super::migration::{Migration, Section};
use super::{ImportError, Tool, folder};
use crate::script::{PartMode, ScriptError};
use crate::sql::Position;

pub(super) fn read(directory: Directory<'_>) -> Result<Vec<Migration>, ImportError> {
    let mut migrations = Vec::new();
    for (name, path) in directory.entries()? {
        if !path.is_dir() {
            folder::refuse_foreign(&folder::SourceFile { name, path }, Tool::Diesel)?;
            continue;
        }
        if !path.join("up.sql").is_file() {
            return Err(ImportError::Foreign { path, tool: Tool::Diesel });
        }
        // The version is what stands in front of the first `_`, without the dashes of the date.
        let (version, rest) = name.split_once('_').unwrap_or((&name, ""));
        let version = version.replace('-', "");
        let mode = mode(&path.join("metadata.toml"))?;
        let section = |file: &str| -> Result<Section, ImportError> {
            let file = path.join(file);
            let text = folder::contents(&file, Tool::Diesel)?.text;
            Ok(Section::whole(file, text, mode))
        };
        let mut migration = Migration::new(&version, version.clone(), rest, section("up.sql")?);
        if path.join("down.sql").exists() {
            migration.downgrade = Some(vec![section("down.sql")?]);
        }
        migration.path = path;
        migrations.push(migration);
    }
    // Versions are compared as text.
    migrations.sort_by(|a, b| a.version.cmp(&b.version));
    Ok(migrations)
}

/// What `metadata.toml` says of transactions: a file that leaves the key out means none.
fn mode(path: &Path) -> Result<PartMode, ImportError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(source) if source.kind() == ErrorKind::NotFound => return Ok(PartMode::Transaction),
        Err(source) => return Err(ScriptError::Unreadable { path: path.to_owned(), source }.into()),
    };
    let position = Position { line: 1, column: 1 };
    let bad = |problem: String| ImportError::InFile { path: path.to_owned(), position, problem };
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| bad(error.message().to_owned()))?;
    match table.get("run_in_transaction") {
        Some(toml::Value::Boolean(true)) => Ok(PartMode::Transaction),
        Some(toml::Value::Boolean(false)) | None => Ok(PartMode::NoTransaction),
        Some(_) => Err(bad("`run_in_transaction` is neither true nor false".to_owned())),
    }
}

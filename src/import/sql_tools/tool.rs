//! The tools whose files can be read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::folder::Directory;
use super::migration::{Migration, Note};
use super::settle::settle;
use super::{ImportError, dbmate, diesel, flyway, folder, golang_migrate, goose, refinery, sqlx};
use crate::sql::Dialect;

/// A migration tool whose migrations are SQL files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Flyway.
    Flyway,
    /// dbmate.
    Dbmate,
    /// goose.
    Goose,
    /// golang-migrate.
    GolangMigrate,
    /// SQLx.
    Sqlx,
    /// Diesel.
    Diesel,
    /// refinery.
    Refinery,
}

impl Tool {
    /// The name it is asked for by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Flyway => "flyway",
            Self::Dbmate => "dbmate",
            Self::Goose => "goose",
            Self::GolangMigrate => "golang-migrate",
            Self::Sqlx => "sqlx",
            Self::Diesel => "diesel",
            Self::Refinery => "refinery",
        }
    }

    /// The table in which it keeps what is applied, as it is called by default.
    #[must_use]
    pub fn table(self) -> &'static str {
        match self {
            Self::Flyway => "flyway_schema_history",
            Self::Dbmate | Self::GolangMigrate => "schema_migrations",
            Self::Goose => "goose_db_version",
            Self::Sqlx => "_sqlx_migrations",
            Self::Diesel => "__diesel_schema_migrations",
            Self::Refinery => "refinery_schema_history",
        }
    }

    /// How its files are named, by an example.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Flyway => "V1__create_users.sql, U1__create_users.sql or R__views.sql",
            Self::Dbmate => "20240131093000_create_users.sql",
            Self::Goose => "00001_create_users.sql",
            Self::GolangMigrate => "000001_create_users.up.sql and 000001_create_users.down.sql",
            Self::Sqlx => "0001_create_users.sql, or 0001_create_users.up.sql and 0001_create_users.down.sql",
            Self::Diesel => "2024-01-31-093000_create_users/up.sql",
            Self::Refinery => "V1__create_users.sql or U2__create_groups.sql",
        }
    }
}

/// What was found in a folder.
#[derive(Debug)]
pub struct Source {
    /// The tool.
    pub tool: Tool,
    /// The migrations, in the order in which they are applied.
    pub migrations: Vec<Migration>,
    /// What is worth knowing of single files.
    pub notes: Vec<Note>,
}

/// Reads all migrations of `tool` in `directory`, as they run on `dialect`. `values` take the place of Flyway's
/// placeholders; their names are in lower case. Folders that are the project's `own` are passed over.
///
/// # Errors
/// A folder that is missing or empty, a file that is not one of the tool's or cannot be a revision.
pub fn read(
    tool: Tool,
    directory: &Path,
    dialect: Dialect,
    values: &BTreeMap<String, String>,
    own: &[PathBuf],
) -> Result<Source, ImportError> {
    let mut notes = Vec::new();
    let path = directory;
    let directory = Directory { path, own };
    let mut migrations = match tool {
        Tool::Flyway => flyway::read(directory, values, &mut notes),
        Tool::Dbmate => dbmate::read(directory, &mut notes),
        Tool::Goose => goose::read(directory),
        Tool::GolangMigrate => golang_migrate::read(directory),
        Tool::Sqlx => sqlx::read(directory, dialect),
        Tool::Diesel => diesel::read(directory),
        Tool::Refinery => refinery::read(directory),
    }?;
    if migrations.is_empty() {
        return Err(ImportError::Empty { path: path.to_owned(), tool });
    }
    folder::refuse_duplicates(&migrations)?;
    for migration in &mut migrations {
        settle(migration, tool, dialect, &mut notes)?;
    }
    Ok(Source { tool, migrations, notes })
}

//! SQLx: `VERSION_DESCRIPTION.sql`, or `.up.sql` and `.down.sql`; a file that begins with `-- no-transaction` runs
//! without one, on PostgreSQL.
//!
//! <https://docs.rs/sqlx/latest/sqlx/migrate/index.html>

use super::folder::Directory;
use super::migration::{Migration, Section};
use super::pairs::{Half, migrations};
use super::version::split_number;
use super::{ImportError, Tool, checksum, folder};
use crate::script::PartMode;
use crate::sql::Dialect;

pub(super) fn read(directory: Directory<'_>, dialect: Dialect) -> Result<Vec<Migration>, ImportError> {
    let mut halves = Vec::new();
    for file in directory.files(false)? {
        let stem = file.name.strip_suffix(".sql").and_then(split_number);
        let Some((version, rest)) = stem else {
            folder::refuse_foreign(&file, Tool::Sqlx)?;
            continue;
        };
        let (name, is_up) = match rest.strip_suffix(".down") {
            Some(name) => (name, false),
            None => (rest.strip_suffix(".up").unwrap_or(rest), true),
        };
        let contents = folder::contents(&file.path, Tool::Sqlx)?;
        // SQLite's migrations are always in a transaction.
        let is_alone = contents.text.starts_with("-- no-transaction") && dialect == Dialect::PostgreSql;
        let mode = if is_alone { PartMode::NoTransaction } else { PartMode::Transaction };
        halves.push(Half {
            version: version.to_owned(),
            name: name.to_owned(),
            is_up,
            section: Section::whole(file.path, contents.text, mode),
            checksums: vec![checksum::sha384(&contents.bytes)],
        });
    }
    migrations(halves)
}

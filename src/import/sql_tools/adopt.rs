//! What the tool's own table says of the database.

use std::collections::{BTreeMap, BTreeSet};

use super::version::{Version, number};
use super::{ImportError, Migration, Source, Tool};
use crate::backend::ForeignTable;

/// What of the migrations a database has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Adoption {
    /// The ids of the applied ones, in their order.
    pub applied: Vec<String>,
    /// The applied ones whose file is not what the tool recorded.
    pub changed: Vec<String>,
}

/// What the table has of one version.
#[derive(Debug, Clone, Default)]
struct Applied {
    /// As it is written there.
    version: String,
    checksum: Option<String>,
}

/// What is applied, by key; repeatable ones by their description.
#[derive(Debug, Default)]
struct History {
    versions: BTreeMap<String, Applied>,
    repeatable: BTreeMap<String, Applied>,
    /// Everything up to it is applied.
    up_to: Option<String>,
}

/// Reads the table `name`, the tool's own, and compares it with the migrations.
///
/// # Errors
/// A table that is not there or not the tool's, a migration that failed, versions without a file, and gaps.
pub fn adopt(source: &Source, name: &str, table: Option<&ForeignTable>) -> Result<Adoption, ImportError> {
    let tool = source.tool;
    let table = table.ok_or(ImportError::NoTable { table: name.to_owned() })?;
    let history = match tool {
        Tool::Flyway => flyway(table)?,
        Tool::Dbmate | Tool::Diesel => {
            if tool == Tool::Dbmate && table.has_column("dirty") {
                return Err(ImportError::DirtyColumn { table: name.to_owned() });
            }
            let rows = rows(tool, table, ["version"])?;
            listed(rows.into_iter().map(|[version]| (version.clone(), version, None)))
        }
        Tool::GolangMigrate => golang_migrate(table)?,
        Tool::Goose => goose(table)?,
        Tool::Sqlx => sqlx(table)?,
        Tool::Refinery => {
            let rows = rows(tool, table, ["version", "checksum"])?;
            listed(rows.into_iter().map(|[version, checksum]| (key(&version), version, Some(checksum))))
        }
    };
    compare(source, &history)
}

fn compare(source: &Source, history: &History) -> Result<Adoption, ImportError> {
    let keys: BTreeSet<&str> = source.migrations.iter().map(|migration| migration.key.as_str()).collect();
    let baseline = history.up_to.as_deref();
    let unknown: Vec<String> = history
        .versions
        .iter()
        .filter(|(key, _)| !keys.contains(key.as_str()))
        .map(|(_, applied)| applied.version.clone())
        .collect();
    if !unknown.is_empty() {
        return Err(ImportError::UnknownVersions { versions: unknown });
    }
    let found = |migration: &Migration| match migration.repeatable {
        true => history.repeatable.get(&migration.key),
        false => history.versions.get(&migration.key),
    };
    let is_applied = |migration: &Migration| {
        let is_below =
            |baseline: &str| !migration.repeatable && Version::dotted(&migration.key) <= Version::dotted(baseline);
        found(migration).is_some() || baseline.is_some_and(is_below)
    };
    let last = source.migrations.iter().rposition(|migration| !migration.repeatable && is_applied(migration));
    let until = last.map_or(0, |last| last + 1);
    let missing: Vec<String> = source.migrations[..until]
        .iter()
        .filter(|migration| !is_applied(migration))
        .map(|migration| migration.version.clone())
        .collect();
    if let (Some(last), false) = (last, missing.is_empty()) {
        return Err(ImportError::Gap { missing, above: source.migrations[last].version.clone() });
    }
    // Repeatable ones are behind all versions: where one of those is pending, they run again, as they are made to.
    let rest = source.migrations[until..].iter().take_while(|migration| migration.repeatable && is_applied(migration));
    let applied: Vec<&Migration> = source.migrations[..until].iter().chain(rest).collect();
    let is_changed = |migration: &&&Migration| {
        let recorded = found(migration).and_then(|applied| applied.checksum.as_ref());
        recorded.is_some_and(|recorded| !migration.checksums.is_empty() && !migration.checksums.contains(recorded))
    };
    Ok(Adoption {
        changed: applied.iter().filter(is_changed).map(|migration| migration.id()).collect(),
        applied: applied.into_iter().map(Migration::id).collect(),
    })
}

/// The wanted columns of each row; NULL is empty.
fn rows<const N: usize>(
    tool: Tool,
    table: &ForeignTable,
    columns: [&'static str; N],
) -> Result<Vec<[String; N]>, ImportError> {
    if let Some(column) = columns.into_iter().find(|column| !table.has_column(column)) {
        return Err(ImportError::OtherTable { tool, table: table.name().to_owned(), column });
    }
    Ok(table.rows(columns).collect())
}

fn listed(rows: impl Iterator<Item = (String, String, Option<String>)>) -> History {
    let versions = rows.map(|(key, version, checksum)| (key, Applied { version, checksum })).collect();
    History { versions, ..History::default() }
}

/// A version as it is compared.
fn key(version: &str) -> String {
    Version::dotted(version).map_or_else(|| version.to_owned(), |version| version.key())
}

fn is_true(value: &str) -> bool {
    ["t", "true", "1"].contains(&value.to_lowercase().as_str())
}

fn golang_migrate(table: &ForeignTable) -> Result<History, ImportError> {
    let tool = Tool::GolangMigrate;
    let mut history = History::default();
    // There is one row: the version, and those below are applied as well.
    for [version, dirty] in rows(tool, table, ["version", "dirty"])? {
        if is_true(&dirty) {
            return Err(ImportError::Failed { tool, version });
        }
        history.up_to = Some(key(&version));
        history.versions.insert(key(&version), Applied { version, checksum: None });
    }
    Ok(history)
}

fn goose(table: &ForeignTable) -> Result<History, ImportError> {
    let mut rows = rows(Tool::Goose, table, ["id", "version_id", "is_applied"])?;
    rows.sort_by_key(|[id, ..]| id.parse::<i64>().unwrap_or_default());
    let mut history = History::default();
    // The last row of a version is what counts; version 0 is the table itself.
    for [_, version, applied] in rows.into_iter().filter(|[_, version, _]| version != "0") {
        match is_true(&applied) {
            true => history.versions.insert(key(&version), Applied { version, checksum: None }),
            false => history.versions.remove(&key(&version)),
        };
    }
    Ok(history)
}

fn sqlx(table: &ForeignTable) -> Result<History, ImportError> {
    let tool = Tool::Sqlx;
    let rows = rows(tool, table, ["version", "success", "checksum"])?;
    if let Some([version, ..]) = rows.iter().find(|[_, success, _]| !is_true(success)) {
        return Err(ImportError::Failed { tool, version: version.clone() });
    }
    Ok(listed(rows.into_iter().map(|[version, _, checksum]| (key(&version), version, Some(checksum)))))
}

fn flyway(table: &ForeignTable) -> Result<History, ImportError> {
    let tool = Tool::Flyway;
    let columns = ["installed_rank", "version", "description", "type", "checksum", "success"];
    let mut rows = rows(tool, table, columns)?;
    rows.sort_by_key(|[rank, ..]| rank.parse::<i64>().unwrap_or_default());
    let mut history = History::default();
    for [_, version, description, kind, checksum, success] in rows {
        if !is_true(&success) {
            let version = if version.is_empty() { description } else { version };
            return Err(ImportError::Failed { tool, version });
        }
        let (repeatable, key) = (version.is_empty(), if version.is_empty() { description } else { key(&version) });
        let applied = Applied {
            version: if repeatable { key.clone() } else { version },
            checksum: number(checksum.trim_start_matches('-')).map(|_| checksum),
        };
        let place = if repeatable { &mut history.repeatable } else { &mut history.versions };
        match kind.as_str() {
            // It made the schema.
            "SCHEMA" => {}
            "BASELINE" | "SQL_BASELINE" => history.up_to = Some(key),
            "DELETE" => drop(place.remove(&key)),
            kind if kind.starts_with("UNDO") => drop(place.remove(&key)),
            _ => drop(place.insert(key, applied)),
        }
    }
    Ok(history)
}

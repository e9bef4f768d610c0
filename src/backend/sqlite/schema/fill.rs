//! A few rows in every table, made from the types of its columns, for seeing whether they survive.

use std::collections::BTreeSet;

use super::draft::draft;
use super::fold::mentions;
use super::quoted;
use crate::backend::BackendError;
use crate::backend::schema::Filling;
use crate::backend::sqlite::SqliteConnection;
use crate::schema::{Catalog, Identity, Kind, Object};

/// The numbers of the rows, with gaps, so that a row that gets another number is noticed. A reference finds
/// its row because every column of a row is made from the same number.
const ROWS: [u32; 3] = [2, 5, 9];

/// Ways to make a value; the first that a table takes is used.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// From the type.
    Typed,
    /// Constants that stand in the checks of the column.
    FromChecks,
    /// Columns that have a default get that.
    Defaults,
    /// Columns that allow it are NULL.
    Nulls,
    /// Texts are JSON.
    Json,
}

fn ways(sparse: bool) -> [Way; 5] {
    let mut ways = [Way::Typed, Way::FromChecks, Way::Defaults, Way::Json, Way::Nulls];
    if sparse {
        ways.reverse();
    }
    ways
}

impl SqliteConnection {
    pub(super) fn fill_tables(&self, catalog: &Catalog, filling: &Filling) -> Result<BTreeSet<Identity>, BackendError> {
        // Parents come before their children.
        let parts = draft(&Catalog::default(), catalog);
        let tables: Vec<&Object> = parts
            .iter()
            .flat_map(|part| &part.actions)
            .flat_map(|action| &action.makes)
            .filter(|id| id.kind == Kind::TABLE && !filling.empty.contains(id))
            .filter_map(|id| catalog.get(id))
            .collect();
        for table in &tables {
            for number in ROWS {
                for way in ways(filling.sparse.contains(&table.id)) {
                    // A table that takes none of them is told at the end.
                    if self.connection.execute(&row(table, catalog, way, number), []).is_ok() {
                        break;
                    }
                }
            }
        }
        self.take_out_orphans()?;
        // As if rows with higher numbers had been there: https://www.sqlite.org/autoinc.html
        if self.connection.table_exists(None, "sqlite_sequence")? {
            self.connection.execute("UPDATE sqlite_sequence SET seq = seq + 100", [])?;
        }
        let mut empty = filling.empty.clone();
        for table in tables {
            let sql = format!("SELECT EXISTS (SELECT 1 FROM {})", quoted(&table.name));
            if !self.connection.query_row(&sql, [], |row| row.get::<_, bool>(0))? {
                empty.insert(table.id.clone());
            }
        }
        Ok(empty)
    }

    /// Deletes rows whose parent took none, and then their children, until there are no more.
    fn take_out_orphans(&self) -> Result<(), BackendError> {
        loop {
            let orphans = self.rows("PRAGMA foreign_key_check", |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?))
            })?;
            let mut deleted = 0;
            for (table, rowid) in orphans {
                let only = rowid.map(|rowid| format!(" WHERE rowid = {rowid}")).unwrap_or_default();
                deleted += self.connection.execute(&format!("DELETE FROM {}{only}", quoted(&table)), [])?;
            }
            if deleted == 0 {
                return Ok(());
            }
        }
    }
}

/// The statement that makes the row `number`.
fn row(table: &Object, catalog: &Catalog, way: Way, number: u32) -> String {
    let columns = catalog.parts_of(&table.id).filter(|part| part.id.kind == Kind::COLUMN);
    let columns = columns.filter(|column| column.attribute("generated").is_none());
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for column in columns {
        let is_key = table.fact("integer primary key").is_some_and(|key| key.eq_ignore_ascii_case(&column.name));
        let value = match way {
            Way::Typed => typed(column, number),
            _ if is_key => number.to_string(),
            Way::FromChecks => from_checks(table, column, catalog, number).unwrap_or_else(|| typed(column, number)),
            Way::Defaults if column.attribute("default").is_some() => continue,
            Way::Nulls if column.attribute("not null").is_none() && column.attribute("primary key").is_none() => {
                "NULL".to_owned()
            }
            Way::Json if affinity(column) == Affinity::Text => format!("'{{\"n\": {number}}}'"),
            Way::Defaults | Way::Nulls | Way::Json => typed(column, number),
        };
        names.push(quoted(&column.name));
        values.push(value);
    }
    // Rows without an INTEGER PRIMARY KEY get numbers with gaps, too.
    if table.fact("integer primary key").is_none()
        && let Some(rowid) = table.fact("rowid")
    {
        names.push(quoted(rowid));
        values.push(number.to_string());
    }
    let table = quoted(&table.name);
    if names.is_empty() {
        return format!("INSERT INTO {table} DEFAULT VALUES");
    }
    format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
}

/// <https://www.sqlite.org/datatype3.html#determination_of_column_affinity>
fn affinity(column: &Object) -> Affinity {
    let kind = column.attribute("type").unwrap_or_default();
    let has = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    match () {
        () if has(&["int"]) => Affinity::Integer,
        () if has(&["char", "clob", "text"]) || kind.is_empty() || kind == "any" => Affinity::Text,
        () if has(&["blob"]) => Affinity::Blob,
        () if has(&["real", "floa", "doub"]) => Affinity::Real,
        () => Affinity::Integer,
    }
}

fn typed(column: &Object, number: u32) -> String {
    match affinity(column) {
        Affinity::Integer => number.to_string(),
        Affinity::Text => format!("'a{number}'"),
        Affinity::Blob => format!("x'0{number}'"),
        Affinity::Real => format!("{number}.5"),
    }
}

/// One of the constants in the checks that name the column, or a number one above.
fn from_checks(table: &Object, column: &Object, catalog: &Catalog, number: u32) -> Option<String> {
    let name = column.id.names.last()?;
    let checks = catalog.parts_of(&table.id).filter(|part| part.id.kind == Kind::CONSTRAINT);
    let checks = checks.filter_map(|constraint| constraint.attribute("definition")).filter(|text| mentions(text, name));
    let constants: Vec<String> = checks
        .chain(column.attribute("check"))
        .flat_map(|text| text.split(' '))
        .filter(|token| token.starts_with(|c: char| c == '\'' || c.is_ascii_digit()))
        .flat_map(|token| {
            let above = token.parse::<i64>().ok().map(|number| number.saturating_add(1).to_string());
            [Some(token.to_owned()), above]
        })
        .flatten()
        .collect();
    let place = ROWS.iter().position(|row| *row == number)?;
    (!constants.is_empty()).then(|| constants[place % constants.len()].clone())
}

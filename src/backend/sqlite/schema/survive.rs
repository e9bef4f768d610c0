//! Whether rows survive: the values of the columns that both schemas have, counted and hashed.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use super::quoted;
use crate::backend::BackendError;
use crate::backend::schema::{Fingerprint, Kept};
use crate::backend::sqlite::SqliteConnection;
use crate::schema::{Catalog, Identity, Kind, Object};

pub(super) fn kept(table: &Identity, from: &Catalog, to: &Catalog) -> Kept {
    let plain = |catalog: &Catalog, id: &Identity| {
        let column = catalog.get(id).filter(|column| column.attribute("generated").is_none());
        column.map(|column| column.attribute("type").map(str::to_owned))
    };
    // Another type may turn '1' into 1, which is what was asked for.
    let same = |id: &Identity| matches!((plain(from, id), plain(to, id)), (Some(old), Some(new)) if old == new);
    let mut columns: Vec<String> = from
        .parts_of(table)
        .filter(|column| column.id.kind == Kind::COLUMN && same(&column.id))
        .map(|column| column.name.clone())
        .collect();
    let rowid = |catalog: &Catalog| catalog.get(table)?.fact("rowid").map(str::to_owned);
    if let (Some(old), Some(new)) = (rowid(from), rowid(to))
        && old.eq_ignore_ascii_case(&new)
    {
        columns.push(old);
    }
    Kept { table: table.clone(), columns, counts: counts(table, from) && counts(table, to), with: BTreeSet::new() }
}

/// Is it a table with AUTOINCREMENT? <https://www.sqlite.org/autoinc.html>
pub(super) fn counts(table: &Identity, catalog: &Catalog) -> bool {
    let clause =
        |column: &Object| column.attribute("primary key").is_some_and(|clause| clause.ends_with("autoincrement"));
    catalog.parts_of(table).any(clause)
}

impl SqliteConnection {
    /// The highest number that a row of a table with AUTOINCREMENT ever had.
    fn highest_number(&self, table: &str) -> Result<u128, BackendError> {
        let sql = "SELECT total(seq) FROM sqlite_sequence WHERE name = ?1 COLLATE NOCASE";
        let number: f64 = self.connection.query_row(sql, [table], |row| row.get(0))?;
        Ok(number as u128)
    }

    /// A table that is built anew is so while the old one is there, and begins on another page.
    /// <https://www.sqlite.org/schematab.html>
    pub(super) fn read_storage(&self) -> Result<BTreeMap<Identity, u32>, BackendError> {
        let sql = "SELECT s.name, s.rootpage FROM sqlite_schema s JOIN pragma_table_list l ON l.schema = 'main' \
                   AND l.name = s.name WHERE s.type = 'table' AND l.type = 'table'";
        let rows = self.rows(sql, |row| Ok((row.get::<_, String>(0)?.to_ascii_lowercase(), row.get(1)?)))?;
        Ok(rows.into_iter().map(|(name, page)| (Identity::new(Kind::TABLE, [name]), page)).collect())
    }

    pub(super) fn read_fingerprint(&self, kept: &Kept) -> Result<Fingerprint, BackendError> {
        let values: Vec<String> = kept.columns.iter().map(|column| format!("quote({})", quoted(column))).collect();
        let values = if values.is_empty() { "''".to_owned() } else { values.join(" || '|' || ") };
        let sql = format!("SELECT {values} FROM {}", quoted(&kept.table.path()));
        let hashes = self.rows(&sql, |row| {
            let digest = Sha256::digest(row.get_ref(0)?.as_bytes().unwrap_or_default());
            let mut half = [0; 16];
            half.copy_from_slice(&digest[..16]);
            Ok(u128::from_be_bytes(half))
        })?;
        let hash = hashes.iter().fold(0_u128, |sum, hash| sum.wrapping_add(*hash));
        let next = match kept.counts {
            true => self.highest_number(&kept.table.path())?,
            false => 0,
        };
        Ok(Fingerprint { rows: hashes.len() as u64, hash: hash.wrapping_add(next) })
    }
}

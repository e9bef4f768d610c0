//! Whether rows survive: the values of the columns that both schemas have, counted and hashed.

use std::collections::{BTreeMap, BTreeSet};

use postgres::SimpleQueryMessage;
use sha2::{Digest as _, Sha256};

use super::closure::Lookup;
use super::read::names;
use super::{MATERIALIZED_VIEW, replace};
use crate::backend::BackendError;
use crate::backend::postgres::PostgresConnection;
use crate::backend::schema::{Fingerprint, Kept};
use crate::schema::{Catalog, Identity, Kind};
use crate::sql::Dialect;

/// A table's name in SQL. Names of the schema `public` go without it.
pub(super) fn table_name(table: &Identity) -> String {
    let quoted = |name: &String| Dialect::PostgreSql.quote_identifier(name);
    match &table.names[..] {
        [name] => format!("public.{}", quoted(name)),
        names => names.iter().map(quoted).collect::<Vec<_>>().join("."),
    }
}

/// Where a table becomes partitioned or stops to be, its rows move between it and the tables below it.
pub(super) fn kept(table: &Identity, from: &Catalog, to: &Catalog) -> Kept {
    let mut above = [from, to].into_iter().flat_map(|catalog| replace::above(table, catalog));
    let replaced = above.find(|above| replace::changes_key(above, from, to));
    let table = replaced.as_ref().unwrap_or(table);
    let with = match &replaced {
        Some(table) => {
            [from, to].into_iter().flat_map(|catalog| replace::below(table, &Lookup::new(catalog))).collect()
        }
        None => BTreeSet::new(),
    };
    let plain = |catalog: &Catalog, id: &Identity| {
        let column = catalog.get(id).filter(|column| column.attribute("generated").is_none());
        column.map(|column| column.attribute("type").map(str::to_owned))
    };
    // Another type may write the same value in another way, which is what was asked for.
    let same = |id: &Identity| matches!((plain(from, id), plain(to, id)), (Some(old), Some(new)) if old == new);
    let columns = from
        .parts_of(table)
        .filter(|column| column.id.kind == Kind::COLUMN && same(&column.id))
        .map(|column| column.name.clone())
        .collect();
    Kept { table: table.clone(), columns, counts: false, with }
}

impl PostgresConnection {
    /// Rows that are written anew are so into another file.
    /// <https://www.postgresql.org/docs/current/storage-file-layout.html>
    pub(super) fn read_storage(&mut self) -> Result<BTreeMap<Identity, u32>, BackendError> {
        let sql = "SELECT n.nspname, c.relname, c.relkind, pg_catalog.pg_relation_filenode(c.oid) \
                   FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                   WHERE c.relkind IN ('r', 'm') AND c.relispopulated AND c.oid >= 16384 AND c.relpersistence <> 't'";
        let mut storage = BTreeMap::new();
        for message in self.client.simple_query(sql)? {
            if let SimpleQueryMessage::Row(row) = message {
                let [schema, name, kind, file] = [0, 1, 2, 3].map(|column| row.get(column).unwrap_or_default());
                let kind = if kind == "m" { MATERIALIZED_VIEW } else { Kind::TABLE };
                storage.insert(Identity::new(kind, names(schema, &[name])), file.parse().unwrap_or_default());
            }
        }
        Ok(storage)
    }

    /// Rows of partitions and children count where they are.
    pub(super) fn read_fingerprints(&mut self, kept: &[Kept]) -> Result<Vec<Fingerprint>, BackendError> {
        let mut fingerprints = Vec::with_capacity(kept.len());
        for tables in kept.chunks(TOGETHER) {
            let questions =
                tables.iter().map(|kept| self.question(kept)).collect::<Result<Vec<String>, BackendError>>()?;
            let mut fingerprint = Fingerprint { rows: 0, hash: 0 };
            for message in self.client.simple_query(&questions.join("; "))? {
                match message {
                    SimpleQueryMessage::Row(row) => {
                        let digest = Sha256::digest(row.get(0).unwrap_or_default());
                        let mut half = [0; 16];
                        half.copy_from_slice(&digest[..16]);
                        fingerprint.rows += 1;
                        fingerprint.hash = fingerprint.hash.wrapping_add(u128::from_be_bytes(half));
                    }
                    SimpleQueryMessage::CommandComplete(_) => {
                        fingerprints.push(std::mem::replace(&mut fingerprint, Fingerprint { rows: 0, hash: 0 }));
                    }
                    _ => {}
                }
            }
        }
        Ok(fingerprints)
    }

    fn question(&mut self, kept: &Kept) -> Result<String, BackendError> {
        let columns: Vec<String> =
            kept.columns.iter().map(|column| Dialect::PostgreSql.quote_identifier(column)).collect();
        let mut parts = Vec::new();
        for table in [&kept.table].into_iter().chain(kept.with.iter().filter(|table| **table != kept.table)) {
            let name = table_name(table);
            if kept.with.is_empty() || self.has_table(&name)? {
                parts.push(format!("SELECT pg_catalog.concat(ROW({})) FROM ONLY {name}", columns.join(", ")));
            }
        }
        Ok(if parts.is_empty() { "SELECT WHERE false".to_owned() } else { parts.join(" UNION ALL ") })
    }

    fn has_table(&mut self, name: &str) -> Result<bool, BackendError> {
        let name = Dialect::PostgreSql.quote_literal(name);
        let messages = self.client.simple_query(&format!("SELECT pg_catalog.to_regclass({name})"))?;
        Ok(messages.iter().any(|message| matches!(message, SimpleQueryMessage::Row(row) if row.get(0).is_some())))
    }
}

/// So many tables are asked for at once.
const TOGETHER: usize = 64;

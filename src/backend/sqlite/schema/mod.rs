//! The schema of an SQLite database: a file for each kind of object, and what they have in common.
//!
//! <https://www.sqlite.org/schematab.html>, <https://www.sqlite.org/pragma.html>

mod body;
mod draft;
mod dump;
mod fill;
mod fold;
mod index;
mod read;
mod rebuild;
mod survive;
mod table;
mod trigger;
mod view;
mod virtual_table;
mod witness;

use std::collections::{BTreeMap, BTreeSet};

use super::SqliteConnection;
use crate::backend::BackendError;
use crate::backend::schema::{Drafter, Filling, Fingerprint, Kept, Schema};
use crate::schema::{Action, Catalog, Identity, Kind};
use crate::sql::{Dialect, tokens};

/// A virtual table, with the tables in its shadow.
const VIRTUAL_TABLE: Kind = Kind("virtual table");

const KINDS: [Kind; 7] =
    [Kind::TABLE, Kind::COLUMN, Kind::CONSTRAINT, Kind::INDEX, Kind::VIEW, Kind::TRIGGER, VIRTUAL_TABLE];

/// When things are done, where nothing else decides.
mod phase {
    pub(super) const RENAME: u8 = 0;
    pub(super) const DROP_TRIGGER: u8 = 1;
    pub(super) const DROP_VIEW: u8 = 2;
    pub(super) const DROP_INDEX: u8 = 3;
    pub(super) const DROP_VIRTUAL_TABLE: u8 = 4;
    pub(super) const TABLE: u8 = 5;
    pub(super) const VIRTUAL_TABLE: u8 = 6;
    pub(super) const INDEX: u8 = 7;
    pub(super) const VIEW: u8 = 8;
    pub(super) const TRIGGER: u8 = 9;
    pub(super) const DROP_TABLE: u8 = 10;
}

/// A name as people write it: in quotes only where it needs them.
fn quoted(name: &str) -> String {
    if fold::is_bare(name) { name.to_owned() } else { Dialect::Sqlite.quote_identifier(name) }
}

impl Schema for SqliteConnection {
    fn kinds(&self) -> &'static [Kind] {
        &KINDS
    }

    fn catalog(&mut self) -> Result<Catalog, BackendError> {
        // Nobody changes the schema between two of the queries.
        self.connection.execute_batch("SAVEPOINT migrator_catalog")?;
        let catalog = self.read_catalog();
        self.connection.execute_batch("RELEASE migrator_catalog")?;
        catalog
    }

    fn drafter(&self) -> Drafter {
        draft::draft
    }

    fn rename(&self, old: &Identity, new: &Identity) -> Action {
        table::rename(old, new)
    }

    fn created_by(&self, statement: &str) -> Option<Vec<String>> {
        let tokens = tokens(statement, Dialect::Sqlite).ok()?;
        let folded = fold::folded(&tokens, None);
        let mut words = folded.iter().peekable();
        words.next_if(|word| *word == "create")?;
        words.next_if(|word| *word == "temp" || *word == "temporary");
        words.next_if(|word| *word == "table")?;
        if words.next_if(|word| *word == "if").is_some() {
            words.nth(1);
        }
        let first = words.next()?;
        let second = words.next_if(|word| *word == ".").and_then(|_| words.next());
        Some(vec![fold::name(second.unwrap_or(first))])
    }

    fn missing(&self, _message: &str, _catalog: &Catalog) -> Option<Identity> {
        // There are no functions in a schema.
        None
    }

    fn refused(&self, statement: &str) -> Option<String> {
        let tokens = tokens(statement, Dialect::Sqlite).ok()?;
        let word = tokens.first()?.text.to_ascii_uppercase();
        ["ATTACH", "DETACH", "VACUUM"].contains(&word.as_str()).then_some(word)
    }

    fn dump(&self, catalog: &Catalog) -> String {
        dump::dump(catalog)
    }

    fn witness(&mut self) -> Result<BTreeSet<String>, BackendError> {
        self.read_witness()
    }

    fn fill(&mut self, catalog: &Catalog, filling: &Filling) -> Result<BTreeSet<Identity>, BackendError> {
        self.fill_tables(catalog, filling)
    }

    fn storage(&mut self) -> Result<BTreeMap<Identity, u32>, BackendError> {
        self.read_storage()
    }

    fn kept(&self, table: &Identity, from: &Catalog, to: &Catalog) -> Kept {
        survive::kept(table, from, to)
    }

    fn fingerprints(&mut self, kept: &[Kept]) -> Result<Vec<Fingerprint>, BackendError> {
        kept.iter().map(|kept| self.read_fingerprint(kept)).collect()
    }
}

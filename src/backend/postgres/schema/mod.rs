//! The schema of a PostgreSQL database: a file for each kind of object, and what they have in common.
//!
//! Both sides of a comparison are read from servers of the same version, and only what the server prints is
//! compared. <https://www.postgresql.org/docs/current/catalogs.html>

mod circle;
mod closure;
mod column;
mod comment;
mod composite;
mod constraint;
mod create;
mod default_privileges;
mod depend;
mod descent;
mod domain;
mod draft;
mod dump;
mod enumeration;
mod extension;
mod fill;
mod grants;
mod hazards;
mod index;
mod mentions;
mod missing;
mod namespace;
mod not_null;
mod owner;
mod ownership;
mod partitions;
mod pg_dump;
mod phase;
mod policy;
mod range;
mod read;
mod rebuild;
mod relabel;
mod rename;
mod replace;
mod routine;
mod rule;
mod sequence;
mod statistics;
mod survive;
mod table;
mod trigger;
mod unmodelled;
mod view;
mod witness;

use std::collections::{BTreeMap, BTreeSet};

use super::PostgresConnection;
use super::scratch::beyond::refused;
use crate::backend::BackendError;
use crate::backend::schema::{Drafter, Filling, Fingerprint, Kept, Schema};
use crate::schema::{Action, Catalog, Identity, Kind};

const SCHEMA: Kind = Kind("schema");
const EXTENSION: Kind = Kind("extension");
const ENUM: Kind = Kind("enum");
const DOMAIN: Kind = Kind("domain");
const RANGE: Kind = Kind("range");
const COMPOSITE: Kind = Kind("composite type");
const SEQUENCE: Kind = Kind("sequence");
/// That a sequence belongs to a column.
const OWNERSHIP: Kind = Kind("sequence owner");
const DEFAULT: Kind = Kind("default");
/// That a table inherits from another.
const INHERITANCE: Kind = Kind("inheritance");
/// That a table is a partition.
const PARTITION: Kind = Kind("partition");
/// That an index is part of the index of a partitioned table.
const ATTACHMENT: Kind = Kind("index partition");
const MATERIALIZED_VIEW: Kind = Kind("materialized view");
const FUNCTION: Kind = Kind("function");
const PROCEDURE: Kind = Kind("procedure");
const AGGREGATE: Kind = Kind("aggregate");
const RULE: Kind = Kind("rule");
const POLICY: Kind = Kind("policy");
const STATISTICS: Kind = Kind("statistics");
/// A comment on a column of a view.
const COLUMN_COMMENT: Kind = Kind("column comment");

const KINDS: [Kind; 29] = [
    SCHEMA,
    EXTENSION,
    ENUM,
    DOMAIN,
    RANGE,
    COMPOSITE,
    SEQUENCE,
    OWNERSHIP,
    Kind::TABLE,
    Kind::COLUMN,
    DEFAULT,
    Kind::CONSTRAINT,
    INHERITANCE,
    PARTITION,
    Kind::INDEX,
    ATTACHMENT,
    Kind::VIEW,
    MATERIALIZED_VIEW,
    COLUMN_COMMENT,
    FUNCTION,
    PROCEDURE,
    AGGREGATE,
    Kind::TRIGGER,
    RULE,
    POLICY,
    STATISTICS,
    Kind::OWNER,
    Kind::GRANT,
    Kind::DEFAULT_PRIVILEGES,
];

impl Schema for PostgresConnection {
    fn kinds(&self) -> &'static [Kind] {
        &KINDS
    }

    fn catalog(&mut self) -> Result<Catalog, BackendError> {
        self.read_catalog()
    }

    fn drafter(&self) -> Drafter {
        draft::draft
    }

    fn rename(&self, old: &Identity, new: &Identity) -> Action {
        rename::rename(old, new)
    }

    fn created_by(&self, statement: &str) -> Option<Vec<String>> {
        rename::created_by(statement)
    }

    fn missing(&self, message: &str, catalog: &Catalog) -> Option<Identity> {
        missing::missing(message, catalog)
    }

    fn refused(&self, statement: &str) -> Option<String> {
        refused(statement)
    }

    fn dump(&self, catalog: &Catalog) -> String {
        let mut catalog = catalog.clone();
        read::without_empty_own_schema(&mut catalog, &self.tables);
        dump::dump(&catalog)
    }

    fn witness(&mut self) -> Result<BTreeSet<String>, BackendError> {
        self.read_witness()
    }

    fn dumped(&mut self) -> Option<BTreeSet<String>> {
        self.read_dump()
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
        self.read_fingerprints(kept)
    }
}

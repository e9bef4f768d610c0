//! Reading the catalog: one snapshot, a query for each kind of object, and their identities by number.

use std::collections::HashMap;

use postgres::{SimpleQueryMessage, SimpleQueryRow};

use super::{
    OWNERSHIP, SCHEMA, column, comment, composite, constraint, default_privileges, depend, domain, enumeration,
    extension, grants, index, namespace, owner, policy, range, routine, rule, sequence, statistics, table, trigger,
    unmodelled, view,
};
use crate::backend::foreign::is_foreign;
use crate::backend::postgres::PostgresConnection;
use crate::backend::postgres::client::Client;
use crate::backend::{BackendError, TableNames};
use crate::schema::{ASSUMED, Catalog, Identity, Kind, Object};
use crate::sql::Dialect;

/// Numbers of catalogs, which never change: `src/include/catalog/pg_*.h` of PostgreSQL.
pub(super) mod class {
    pub(in super::super) const TYPE: u32 = 1247;
    pub(in super::super) const PROC: u32 = 1255;
    pub(in super::super) const RELATION: u32 = 1259;
    pub(in super::super) const DEFAULT: u32 = 2604;
    pub(in super::super) const CONSTRAINT: u32 = 2606;
    pub(in super::super) const NAMESPACE: u32 = 2615;
    pub(in super::super) const REWRITE: u32 = 2618;
    pub(in super::super) const TRIGGER: u32 = 2620;
    pub(in super::super) const EXTENSION: u32 = 3079;
    pub(in super::super) const POLICY: u32 = 3256;
    pub(in super::super) const STATISTICS: u32 = 3381;
}

/// What `oid` is looked for in: not of the system, and not of an extension. `class` is its catalog.
pub(super) fn own(namespace: &str, class: u32, oid: &str) -> String {
    format!(
        "{namespace} !~ '^pg_' AND {namespace} <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend e \
         WHERE e.classid = {class} AND e.objid = {oid} AND e.deptype = 'e')"
    )
}

/// A row of texts.
pub(super) struct Row(SimpleQueryRow);

impl Row {
    /// The value, if it is not null.
    pub(super) fn get(&self, column: usize) -> Option<&str> {
        self.0.try_get(column).ok().flatten()
    }

    /// The value; null is empty.
    pub(super) fn text(&self, column: usize) -> &str {
        self.get(column).unwrap_or_default()
    }

    pub(super) fn oid(&self, column: usize) -> u32 {
        self.text(column).parse().unwrap_or_default()
    }

    pub(super) fn is(&self, column: usize) -> bool {
        self.text(column) == "t"
    }
}

/// A relation that was read, for what belongs to it.
#[derive(Clone)]
pub(super) struct Relation {
    pub(super) id: Identity,
    /// Its name in SQL.
    pub(super) sql: String,
    pub(super) is_partition: bool,
    pub(super) is_table: bool,
    pub(super) parents: Vec<u32>,
}

/// The catalog while it is read.
pub(super) struct Reader<'c> {
    client: &'c mut Client,
    pub(super) version: u32,
    pub(super) catalog: Catalog,
    /// What a catalog's row, or a column of it, belongs to.
    pub(super) ids: HashMap<(u32, u32, i32), Identity>,
    pub(super) relations: HashMap<u32, Relation>,
}

impl Reader<'_> {
    pub(super) fn rows(&mut self, sql: &str) -> Result<Vec<Row>, BackendError> {
        let messages = self.client.simple_query(sql)?;
        Ok(messages
            .into_iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => Some(Row(row)),
                _ => None,
            })
            .collect())
    }

    /// Adds an object that is the row `oid` of the catalog `class`.
    pub(super) fn add(&mut self, class: u32, oid: u32, object: Object) {
        self.ids.insert((class, oid, 0), object.id.clone());
        self.catalog.insert(object);
    }

    /// What a row, or failing that a column, of a catalog is part of.
    pub(super) fn id(&self, class: u32, oid: u32, column: i32) -> Option<&Identity> {
        self.ids.get(&(class, oid, column)).or_else(|| self.ids.get(&(class, oid, 0)))
    }
}

/// Names from the outside in; those of the schema `public` go without it.
pub(super) fn names<'n>(schema: &'n str, rest: &[&'n str]) -> Vec<String> {
    let schema = (schema != "public").then_some(schema);
    schema.into_iter().chain(rest.iter().copied()).map(str::to_owned).collect()
}

/// An object without attributes. `named` is how `ALTER`, `DROP` and `COMMENT ON` call it.
pub(super) fn object(id: Identity, named: String, definition: String) -> Object {
    Object {
        name: id.names.last().cloned().unwrap_or_default(),
        id,
        attributes: [].into(),
        facts: [("drop", format!("DROP {named}")), ("named", named)].into(),
        definition,
        part_of: None,
        needs: Vec::new(),
    }
}

/// Keeps a value that is not empty.
pub(super) fn set(object: &mut Object, attribute: &'static str, value: Option<&str>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        object.attributes.insert(attribute, value.to_owned());
    }
}

/// Names come qualified and values are written in one way, whatever the session's settings are.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = ''; \
    SET LOCAL datestyle = ISO; SET LOCAL intervalstyle = postgres; SET LOCAL timezone = 'UTC'; \
    SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = hex; SET LOCAL quote_all_identifiers = off; \
    SET LOCAL statement_timeout = 0";

/// The catalogs are read as they are since this version.
const FIRST_VERSION: u32 = 140_000;

impl PostgresConnection {
    pub(in crate::backend::postgres) fn refuse_old_server(&self) -> Result<(), BackendError> {
        match self.server_version {
            version if version < FIRST_VERSION => {
                Err(BackendError::OldServer { version: format!("{}.{}", version / 10_000, version % 10_000) })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn read_catalog(&mut self) -> Result<Catalog, BackendError> {
        self.in_snapshot(|connection| {
            let version = connection.server_version;
            let tables = connection.tables.clone();
            let mut reader = Reader {
                client: &mut connection.client,
                version,
                catalog: Catalog::default(),
                ids: HashMap::new(),
                relations: HashMap::new(),
            };
            read(&mut reader)?;
            let mut catalog = reader.catalog;
            without_own_tables(&mut catalog, &tables);
            with_own_schema(&mut catalog, &tables);
            Ok(catalog)
        })
    }

    /// Runs `read` in one transaction that sees one state and changes nothing.
    pub(super) fn in_snapshot<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        self.client.batch_execute(SNAPSHOT)?;
        let result = read(self);
        let ended = self.client.undisturbed().batch_execute("ROLLBACK");
        let value = result?;
        ended?;
        Ok(value)
    }
}

/// Objects that others are found by come first.
fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    namespace::read(reader)?;
    extension::read(reader)?;
    table::read(reader)?;
    enumeration::read(reader)?;
    domain::read(reader)?;
    range::read(reader)?;
    composite::read(reader)?;
    column::read(reader)?;
    table::read_partitions(reader)?;
    constraint::read(reader)?;
    index::read(reader)?;
    sequence::read(reader)?;
    view::read(reader)?;
    routine::read(reader)?;
    trigger::read(reader)?;
    rule::read(reader)?;
    policy::read(reader)?;
    statistics::read(reader)?;
    comment::read(reader)?;
    owner::read(reader)?;
    grants::read(reader)?;
    default_privileges::read(reader)?;
    depend::read(reader)?;
    unmodelled::read(reader)
}

/// Leaves out the tables that migrator keeps for itself, and those of other migration tools.
fn without_own_tables(catalog: &mut Catalog, tables: &TableNames) {
    let schema = tables.schema.as_deref().unwrap_or("public");
    for table in [&tables.version, &tables.log, &tables.ledger, &tables.lock] {
        catalog.remove(&Identity::new(Kind::TABLE, names(schema, &[table])));
    }
    let is_foreign_table =
        |id: &Identity| id.kind == Kind::TABLE && id.names.last().is_some_and(|name| is_foreign(name));
    let foreign: Vec<Identity> =
        catalog.objects().map(|object| &object.id).filter(|id| is_foreign_table(id)).cloned().collect();
    for table in foreign {
        // The sequence of a `serial` column is no part of its table.
        let is_column = |id: &Identity| id.names.starts_with(&table.names);
        let owned = |object: &Object| object.id.kind == OWNERSHIP && object.needs.iter().any(is_column);
        let sequences: Vec<Identity> =
            catalog.objects().filter(|object| owned(object)).filter_map(|object| object.part_of.clone()).collect();
        for id in sequences.iter().chain([&table]) {
            catalog.remove(id);
        }
    }
}

/// The schema of these tables is there before any revision runs, so none may make or drop it: a side that lacks it
/// is read as if it had it.
fn with_own_schema(catalog: &mut Catalog, tables: &TableNames) {
    let Some(schema) = tables.schema.as_deref().filter(|schema| *schema != "public") else { return };
    let id = Identity::new(SCHEMA, names(schema, &[]));
    if !catalog.contains(&id) {
        let mut own = namespace::schema(id, &Dialect::PostgreSql.quote_identifier(schema));
        own.facts.insert(ASSUMED, "yes".to_owned());
        catalog.insert(own);
    }
}

/// Leaves out the schema of these tables where it holds nothing else.
pub(super) fn without_empty_own_schema(catalog: &mut Catalog, tables: &TableNames) {
    let id = Identity::new(SCHEMA, names(tables.schema.as_deref().unwrap_or("public"), &[]));
    if !catalog.objects().any(|object| object.needs.contains(&id)) {
        catalog.remove(&id);
    }
}

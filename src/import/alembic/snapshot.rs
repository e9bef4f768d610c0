//! A schema at one moment, for comparing what Alembic made with what migrator made.

use std::collections::{BTreeMap, BTreeSet};

use crate::backend::schema::{Fingerprint, Kept};
use crate::backend::{BackendError, Connection};
use crate::schema::{Catalog, Kind, diff};

/// What two judges, who share no code, say of a schema, and how many rows its tables have.
#[derive(Debug)]
pub(super) struct Snapshot {
    catalog: Catalog,
    witness: BTreeSet<String>,
    rows: BTreeMap<String, Fingerprint>,
}

impl Snapshot {
    pub fn read(connection: &mut dyn Connection) -> Result<Self, BackendError> {
        let schema = connection.schema()?;
        let catalog = schema.catalog()?;
        let witness = schema.witness()?;
        let tables = catalog.objects().filter(|object| object.id.kind == Kind::TABLE);
        let kept: Vec<Kept> = tables.map(|table| schema.kept(&table.id, &catalog, &catalog)).collect();
        let fingerprints = schema.fingerprints(&kept)?;
        let rows = kept.iter().map(|kept| kept.table.path()).zip(fingerprints).collect();
        Ok(Self { catalog, witness, rows })
    }

    /// What differs from what it should be.
    pub fn differences(&self, wanted: &Self) -> Vec<String> {
        let mut lines: Vec<String> =
            diff(&self.catalog, &wanted.catalog).iter().map(|change| format!("still to do: {change}")).collect();
        if lines.is_empty() {
            lines.extend(wanted.witness.difference(&self.witness).map(|line| format!("- {line}")));
            lines.extend(self.witness.difference(&wanted.witness).map(|line| format!("+ {line}")));
        }
        for (table, rows) in &wanted.rows {
            if let Some(ours) = self.rows.get(table).filter(|ours| ours.rows != rows.rows) {
                lines.push(format!("table {table}: {} rows with Alembic, {} with migrator", rows.rows, ours.rows));
            }
        }
        lines
    }

    /// The tables that have as many rows and other values: what depends on the time, or on chance.
    pub fn other_values(&self, wanted: &Self) -> Vec<String> {
        let differs = |table: &&String| {
            let (ours, theirs) = (self.rows.get(*table), wanted.rows.get(*table));
            ours.zip(theirs).is_some_and(|(ours, theirs)| ours.rows == theirs.rows && ours.hash != theirs.hash)
        };
        wanted.rows.keys().filter(differs).cloned().collect()
    }
}

//! Tables in which other migration tools keep what is applied. They are read, and left alone.

use super::ALEMBIC_TABLE;

/// The names of these tables, as they are by default. A schema is compared and printed without them.
const NAMES: [&str; 7] = [
    ALEMBIC_TABLE,
    "flyway_schema_history",
    "schema_migrations",
    "goose_db_version",
    "_sqlx_migrations",
    "__diesel_schema_migrations",
    "refinery_schema_history",
];

/// Is this the name of another tool's table?
pub(in crate::backend) fn is_foreign(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Such a table with all its rows, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignTable {
    name: String,
    columns: Vec<String>,
    rows: Vec<Vec<Option<String>>>,
}

impl ForeignTable {
    pub(super) fn new(name: &str, columns: Vec<String>, rows: Vec<Vec<Option<String>>>) -> Self {
        Self { name: name.to_owned(), columns, rows }
    }

    /// What it is called, without its schema.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Does it have this column?
    #[must_use]
    pub fn has_column(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column == name)
    }

    /// These columns of each row; empty for NULL, and for a column that is not there.
    pub fn rows<const N: usize>(&self, names: [&str; N]) -> impl Iterator<Item = [String; N]> {
        let places = names.map(|name| self.columns.iter().position(|column| column == name));
        self.rows
            .iter()
            .map(move |row| places.map(|place| place.and_then(|place| row[place].clone()).unwrap_or_default()))
    }
}

//! What autogenerate asks of a database: its schema as a catalog, and the SQL that changes it.

use std::collections::{BTreeMap, BTreeSet};

use super::BackendError;
use crate::schema::{Action, Catalog, Hazard, Identity, Kind};
use crate::script::PartMode;

/// Changes that run in one part of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftPart {
    /// How the part runs.
    pub mode: PartMode,
    /// What it does, in order.
    pub actions: Vec<Action>,
}

impl DraftPart {
    /// What can go wrong in it.
    #[must_use]
    pub fn hazards(&self) -> BTreeSet<Hazard> {
        self.actions.iter().flat_map(|action| action.hazards.iter().copied()).collect()
    }
}

/// Gives the parts that make a database with the first schema into one with the second.
pub type Drafter = fn(&Catalog, &Catalog) -> Vec<DraftPart>;

/// The columns of a table whose values are to survive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The table, in the catalog that is asked.
    pub table: Identity,
    /// Names of its columns, in an order of their own.
    pub columns: Vec<String>,
    /// Is the number that its next row gets to survive, too?
    pub counts: bool,
    /// Tables whose rows count as those of `table`, as far as they are there: rows may move between them.
    pub with: BTreeSet<Identity>,
}

/// What rows are like that a proof is made with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filling {
    /// Tables whose columns are NULL where that is allowed.
    pub sparse: BTreeSet<Identity>,
    /// Tables that stay empty.
    pub empty: BTreeSet<Identity>,
}

/// How many rows a table has, and a hash of their values that does not depend on their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    /// The rows.
    pub rows: u64,
    /// The hash.
    pub hash: u128,
}

/// The schema of a live database.
pub trait Schema {
    /// The kinds of objects it can have.
    fn kinds(&self) -> &'static [Kind];

    /// Everything it holds, without the tables that migrator and other migration tools keep for
    /// themselves. A fixed number of queries.
    ///
    /// # Errors
    /// What the database says.
    fn catalog(&mut self) -> Result<Catalog, BackendError>;

    /// How to get from a schema to another; no question to a database.
    fn drafter(&self) -> Drafter;

    /// The statement that gives `old` the name of `new`.
    fn rename(&self, old: &Identity, new: &Identity) -> Action;

    /// The name of the object that a statement of a declared schema makes; of none else.
    fn created_by(&self, statement: &str) -> Option<Vec<String>>;

    /// The object of `catalog` that was not there yet, by what the database said of a statement.
    fn missing(&self, message: &str, catalog: &Catalog) -> Option<Identity>;

    /// What a statement is about, if that is no part of a schema: other databases, or the server.
    fn refused(&self, statement: &str) -> Option<String>;

    /// The schema as a file that can be loaded in one go; the same schema gives the same bytes.
    fn dump(&self, catalog: &Catalog) -> String;

    /// Everything the database itself says of its schema and its integrity, a text for each object. It shares
    /// no code with [`Schema::catalog`]: it is the second judge.
    ///
    /// # Errors
    /// What the database says.
    fn witness(&mut self) -> Result<BTreeSet<String>, BackendError>;

    /// The statements of the schema as the engine's own program prints them, for databases that were made to try
    /// something out; nothing if no such program is at hand.
    fn dumped(&mut self) -> Option<BTreeSet<String>> {
        None
    }

    /// Puts a few rows into the tables of `catalog`; gives the tables that took none.
    ///
    /// # Errors
    /// What the database says.
    fn fill(&mut self, catalog: &Catalog, filling: &Filling) -> Result<BTreeSet<Identity>, BackendError>;

    /// A number for everything that holds rows: another one once all of them were written anew.
    ///
    /// # Errors
    /// What the database says.
    fn storage(&mut self) -> Result<BTreeMap<Identity, u32>, BackendError>;

    /// The columns of `table` whose values are the same in both catalogs, for comparing them.
    fn kept(&self, table: &Identity, from: &Catalog, to: &Catalog) -> Kept;

    /// What the kept columns of each table hold now.
    ///
    /// # Errors
    /// What the database says.
    fn fingerprints(&mut self, kept: &[Kept]) -> Result<Vec<Fingerprint>, BackendError>;
}

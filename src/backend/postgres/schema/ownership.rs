//! Sequences that come to belong to a column, or stop to: both have one owner as long as they do.
//! <https://www.postgresql.org/docs/current/sql-altersequence.html>

use super::draft::Drafting;
use super::owner;
use crate::schema::{Catalog, Identity, Kind, Object};

impl Drafting<'_> {
    /// A sequence can only belong to a column of a table that has the same owner.
    pub(super) fn given_to_owner_of_table(&self, ownership: &Object) -> Option<String> {
        let table = table_of_sequence(ownership, self.new.catalog).filter(|table| !self.gone.contains(table))?;
        let sequence = self.new.catalog.get(ownership.part_of.as_ref()?)?.fact("named")?;
        Some(format!("ALTER {sequence} OWNER TO {}", owner::of(self.old.catalog, table)?))
    }

    /// A sequence that belongs to no column any more has an owner of its own again.
    pub(super) fn given_back(&self, ownership: &Object) -> Option<String> {
        let sequence = self.new.catalog.get(ownership.part_of.as_ref()?)?;
        let had = owner::of(self.old.catalog, table_of_sequence(ownership, self.old.catalog)?);
        let has = owner::of(self.new.catalog, &sequence.id);
        (had != has).then(|| {
            format!("ALTER {} OWNER TO {}", sequence.fact("named").unwrap_or_default(), has.unwrap_or("CURRENT_USER"))
        })
    }
}

/// The table with the column that a sequence belongs to.
fn table_of_sequence<'c>(ownership: &Object, catalog: &'c Catalog) -> Option<&'c Identity> {
    let column = ownership.needs.iter().find(|id| id.kind == Kind::COLUMN)?;
    catalog.get(column)?.part_of.as_ref()
}

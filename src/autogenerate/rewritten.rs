//! That nothing is written anew of which the draft does not say so.

use std::collections::{BTreeMap, BTreeSet};

use super::{Comparison, Draft, Error};
use crate::backend::Connection;
use crate::schema::{Catalog, Hazard, Identity};
use crate::script::Direction;

/// Where the rows of everything that holds some are kept, by its name after the renames.
pub(super) struct Storage(BTreeMap<Identity, u32>);

impl Storage {
    /// `is_renamed`: have the renames of `draft` been made?
    pub(super) fn of(database: &mut dyn Connection, draft: &Draft, is_renamed: bool) -> Result<Self, Error> {
        let renamed: BTreeMap<&Identity, &Identity> = draft.renamed.iter().map(|(old, new)| (old, new)).collect();
        let name = |id: Identity| match renamed.get(&id).filter(|_| !is_renamed) {
            Some(new) => (*new).clone(),
            None => id,
        };
        Ok(Self(database.schema()?.storage()?.into_iter().map(|(id, place)| (name(id), place)).collect()))
    }

    /// Is everything that is somewhere else now announced by a hazard of that direction?
    ///
    /// # Errors
    /// [`Error::NotProven`] with what is not.
    pub(super) fn announced(
        &self,
        now: &Self,
        stage: &'static str,
        direction: Direction,
        (comparison, draft): (&Comparison, &Draft),
    ) -> Result<(), Error> {
        let parts = match direction {
            Direction::Upgrade => &draft.upgrade,
            Direction::Downgrade => &draft.downgrade,
        };
        let rewrites = parts
            .iter()
            .flat_map(|part| &part.actions)
            .filter(|action| action.hazards.contains(&Hazard::TableRewrite))
            .flat_map(|action| action.makes.iter().chain(&action.removes));
        let catalogs = [&draft.renamed_schema, &draft.declared, &comparison.from];
        let announced: BTreeSet<&Identity> = rewrites.map(|id| outermost(id, &catalogs)).collect();
        let is_moved = |id: &Identity, place: &u32| now.0.get(id).is_some_and(|now| now != place);
        let silent = self.0.iter().filter(|(id, place)| is_moved(id, place) && !announced.contains(id));
        let details: Vec<String> = silent.map(|(id, _)| id.to_string()).collect();
        if details.is_empty() {
            return Ok(());
        }
        let message = format!("rows are written anew, and no hazard `{}` says so", Hazard::TableRewrite);
        Err(Error::NotProven { stage, message, details, hint: None })
    }
}

/// What `id` belongs to at last: the table of a column.
fn outermost<'c>(id: &'c Identity, catalogs: &[&'c Catalog]) -> &'c Identity {
    let object = catalogs.iter().find_map(|catalog| catalog.get(id));
    object.and_then(|object| object.part_of.as_ref()).map_or(id, |whole| outermost(whole, catalogs))
}

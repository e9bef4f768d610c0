//! What a table has from the tables above it is changed there, and not a second time.
//! <https://www.postgresql.org/docs/current/ddl-inherit.html>

use std::collections::HashSet;

use super::closure::Lookup;
use super::draft::Drafting;
use super::{INHERITANCE, PARTITION};
use crate::schema::{Identity, Object};

impl<'c> Drafting<'c> {
    /// Is it made with the same one of the table above?
    pub(super) fn is_made_above(&self, part: &Object) -> bool {
        let is_table_new =
            part.part_of.as_ref().is_some_and(|table| !self.old.catalog.contains(table) || self.gone.contains(table));
        part.attribute("inherited").is_some()
            && !is_table_new
            && part
                .needs
                .iter()
                .filter(|id| id.kind == part.id.kind && (!self.old.catalog.contains(id) || self.gone.contains(id)))
                .any(|id| self.keeps_parent(part, id))
    }

    /// Is this attribute changed by the change of the same one of the table above?
    pub(super) fn is_done_above(&self, part: &Object, attribute: &str) -> bool {
        let is_down = ["type", "collation", "not null", "identity", "generated"].contains(&attribute);
        attribute == "inherited"
            || (is_down
                && part.attribute("inherited").is_some()
                && part.needs.iter().any(|id| {
                    id.kind == part.id.kind
                        && self.keeps_parent(part, id)
                        && self.changed.get(id).is_some_and(|attributes| attributes.contains(&attribute))
                }))
    }

    /// Does the table of this part inherit from the table of the part `above` all the time?
    pub(super) fn keeps_parent(&self, part: &Object, above: &Identity) -> bool {
        let Some(table) = &part.part_of else { return false };
        let parent = &above.names[..above.names.len().saturating_sub(1)];
        let link = Identity::new(INHERITANCE, table.names.iter().chain(parent).cloned());
        let partition = Identity::new(PARTITION, table.names.clone());
        [link, partition]
            .iter()
            .any(|link| self.old.catalog.contains(link) && self.new.catalog.contains(link) && !self.gone.contains(link))
    }

    /// Does the table of this part inherit from the same tables all the time?
    pub(super) fn keeps_parents(&self, part: &Object) -> bool {
        let Some(table) = &part.part_of else { return false };
        let links = |lookup: &Lookup<'c>| -> Vec<Identity> {
            let parts = lookup.parts(table).iter().filter(|part| [PARTITION, INHERITANCE].contains(&part.id.kind));
            parts.map(|link| link.id.clone()).collect()
        };
        let (old, new) = (links(&self.old), links(&self.new));
        old == new && !old.iter().any(|link| self.gone.contains(link))
    }

    /// The same column or constraint of all tables below.
    pub(super) fn below(&self, id: &Identity) -> Vec<Identity> {
        let mut all: Vec<Identity> = Vec::new();
        let (mut seen, mut waiting) = (HashSet::new(), vec![id]);
        while let Some(next) = waiting.pop() {
            for lookup in [&self.old, &self.new] {
                for child in lookup.dependants(next) {
                    let is_same = child.id.kind == id.kind && child.id.names.last() == id.names.last();
                    if is_same && child.attribute("inherited").is_some() && seen.insert(&child.id) {
                        all.push(child.id.clone());
                        waiting.push(&child.id);
                    }
                }
            }
        }
        all
    }
}

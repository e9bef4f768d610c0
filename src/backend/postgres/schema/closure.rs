//! What is in the way of a change: it is dropped before and made again afterwards.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{
    ATTACHMENT, COMPOSITE, DEFAULT, DOMAIN, ENUM, FUNCTION, INHERITANCE, MATERIALIZED_VIEW, PARTITION, POLICY,
    PROCEDURE, RANGE, RULE,
};
use crate::schema::{Catalog, Identity, Kind, Object};

/// A catalog, to be asked what belongs to something and what needs it.
pub(super) struct Lookup<'c> {
    pub(super) catalog: &'c Catalog,
    parts: HashMap<&'c Identity, Vec<&'c Object>>,
    dependants: HashMap<&'c Identity, Vec<&'c Object>>,
}

impl<'c> Lookup<'c> {
    pub(super) fn new(catalog: &'c Catalog) -> Self {
        let (mut parts, mut dependants): (HashMap<_, Vec<_>>, HashMap<_, Vec<_>>) = (HashMap::new(), HashMap::new());
        for object in catalog.objects() {
            if let Some(whole) = &object.part_of {
                parts.entry(whole).or_default().push(object);
            }
            for needed in &object.needs {
                dependants.entry(needed).or_default().push(object);
            }
        }
        Self { catalog, parts, dependants }
    }

    pub(super) fn parts(&self, id: &Identity) -> &[&'c Object] {
        self.parts.get(id).map_or(&[], Vec::as_slice)
    }

    pub(super) fn dependants(&self, id: &Identity) -> &[&'c Object] {
        self.dependants.get(id).map_or(&[], Vec::as_slice)
    }

    /// An object with everything that belongs to it, the whole first.
    pub(super) fn tree(&self, object: &'c Object) -> Vec<&'c Object> {
        let mut all = vec![object];
        let mut next = 0;
        while let Some(object) = all.get(next) {
            all.extend(self.parts(&object.id));
            next += 1;
        }
        all
    }
}

/// What happens to objects that both schemas have.
#[derive(Default)]
pub(super) struct Disturbed {
    /// Dropped and made again.
    pub(super) again: BTreeSet<Identity>,
    /// Types that are made anew while columns of theirs keep their values.
    pub(super) rebuilt: BTreeSet<Identity>,
    /// Columns whose type changes.
    pub(super) retyped: BTreeSet<Identity>,
}

/// Adds to `disturbed` what is in the way, transitively; `removed` is what goes for good.
pub(super) fn close(disturbed: &mut Disturbed, removed: &BTreeSet<Identity>, from: &Lookup<'_>, to: &Catalog) {
    let mut waiting: Vec<Identity> =
        removed.iter().chain(&disturbed.again).chain(&disturbed.rebuilt).chain(&disturbed.retyped).cloned().collect();
    let mut seen: HashSet<Identity> = HashSet::new();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id.clone()) {
            continue;
        }
        let is_retyped = disturbed.retyped.contains(&id) && !disturbed.again.contains(&id);
        let is_rebuilt = disturbed.rebuilt.contains(&id);
        if !is_retyped && !is_rebuilt {
            waiting.extend(from.parts(&id).iter().map(|part| part.id.clone()));
        }
        let parts = from
            .parts(&id)
            .iter()
            .filter(|part| (is_retyped && part.id.kind == DEFAULT) || (is_rebuilt && part.id.kind == Kind::CONSTRAINT));
        for dependant in from.dependants(&id).iter().chain(parts) {
            let is_link = [PARTITION, INHERITANCE].contains(&dependant.id.kind);
            if is_link && id.kind != Kind::TABLE {
                continue;
            }
            // With the index of the partitioned table go those of the partitions.
            let dependant = match (&dependant.id.kind, &dependant.part_of) {
                (&ATTACHMENT, Some(index)) => from.catalog.get(index).unwrap_or(dependant),
                _ => dependant,
            };
            let goes = match dependant.id.kind {
                Kind::TABLE => false,
                Kind::COLUMN if is_rebuilt => {
                    // Its type is another one for the time being.
                    disturbed.retyped.insert(dependant.id.clone());
                    seen.remove(&dependant.id);
                    waiting.push(dependant.id.clone());
                    dependant.attribute("generated").is_some()
                }
                // The same column of a child is changed with that of its parent.
                Kind::COLUMN if is_retyped && is_same_below(dependant, &id) => false,
                Kind::COLUMN => dependant.attribute("generated").is_some(),
                ENUM | DOMAIN | RANGE | COMPOSITE if is_rebuilt => {
                    disturbed.rebuilt.insert(dependant.id.clone());
                    waiting.push(dependant.id.clone());
                    false
                }
                _ if is_retyped => blocks_type(dependant, &id, from, to),
                _ => true,
            };
            // What a table has from above, it has again where it is made again.
            if goes
                && dependant.id.kind == INHERITANCE
                && let Some(child) = dependant.part_of.as_ref().filter(|child| !removed.contains(child))
                && to.parts_of(child).any(|part| part.attribute("inherited").is_some())
                && to.contains(&dependant.id)
                && disturbed.again.insert(child.clone())
            {
                seen.remove(child);
                waiting.push(child.clone());
            }
            if goes && to.contains(&dependant.id) && !removed.contains(&dependant.id) {
                disturbed.again.insert(dependant.id.clone());
                seen.remove(&dependant.id);
                waiting.push(dependant.id.clone());
            }
        }
    }
}

fn is_same_below(column: &Object, above: &Identity) -> bool {
    column.attribute("inherited").is_some() && column.id.names.last() == above.names.last()
}

/// Must `dependant` go for a change of the type of `column`? The server itself redoes plain indexes and keys.
/// <https://www.postgresql.org/docs/current/sql-altertable.html>
fn blocks_type(dependant: &Object, column: &Identity, from: &Lookup<'_>, to: &Catalog) -> bool {
    let base = |catalog: &Catalog| catalog.get(column).and_then(|column| column.fact("base").map(str::to_owned));
    let is_other_type = base(from.catalog) != base(to);
    let definition = dependant.attribute("definition").unwrap_or_default();
    match dependant.id.kind {
        Kind::VIEW | MATERIALIZED_VIEW | RULE | POLICY | Kind::TRIGGER | FUNCTION | PROCEDURE | DEFAULT => true,
        Kind::CONSTRAINT => is_other_type && ["c", "f", "x"].contains(&dependant.fact("type").unwrap_or_default()),
        // An expression keeps the casts that the old type took.
        Kind::INDEX => is_other_type && (definition.contains(" WHERE ") || definition.matches('(').count() > 1),
        _ => false,
    }
}

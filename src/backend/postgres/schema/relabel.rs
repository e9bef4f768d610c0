//! Constraints and indexes that only get another name, as those do that are called after a table or a column.
//! <https://www.postgresql.org/docs/current/sql-altertable.html>

use std::collections::{BTreeMap, HashSet};

use super::{ATTACHMENT, phase};
use crate::schema::{Action, Catalog, Identity, Kind, Object};

/// The schema with those names, and the actions that give them.
pub(super) fn relabel(from: &Catalog, to: &Catalog) -> (Catalog, Vec<Action>) {
    let pairs = pairs(from, to);
    if pairs.is_empty() {
        return (from.clone(), Vec::new());
    }
    let new_id = |id: &Identity| pairs.get(id).map_or_else(|| id.clone(), |new| new.id.clone());
    let mut catalog = from.clone();
    for id in pairs.keys() {
        catalog.remove(id);
    }
    for old in from.objects() {
        let mut object = match (pairs.get(&old.id), old.part_of.as_ref().and_then(|whole| pairs.get(whole))) {
            (Some(new), _) => {
                let mut object = (*new).clone();
                object.attributes = old.attributes.clone();
                object.attributes.extend(new.attributes.get_key_value("definition").map(|(k, v)| (*k, v.clone())));
                object
            }
            // That it is part of the index of the partitioned table.
            (None, Some(whole)) => {
                let own = to.parts_of(&whole.id).find(|part| part.id.kind == old.id.kind);
                let mut object = own.unwrap_or(old).clone();
                object.attributes = old.attributes.clone();
                object.part_of = Some(whole.id.clone());
                object
            }
            (None, None) => old.clone(),
        };
        object.needs = old.needs.iter().map(new_id).collect();
        let above = old.needs.iter().find_map(|id| pairs.get(id));
        if let (ATTACHMENT, Some(above), Some(new)) = (object.id.kind, above, to.get(&object.id))
            && new.needs.contains(&above.id)
        {
            object.attributes = new.attributes.clone();
        }
        catalog.insert(object);
    }
    let own = pairs.iter().filter_map(|(old, new)| Some((from.get(old)?, *new)));
    let own = own.filter(|(old, _)| old.attribute("inherited").is_none());
    let actions = own.filter_map(|(old, new)| action(old, new)).collect();
    (catalog, actions)
}

/// What is the same under another name: the old identity, and what it is now.
fn pairs<'c>(from: &'c Catalog, to: &'c Catalog) -> BTreeMap<&'c Identity, &'c Object> {
    let mut added: BTreeMap<_, Vec<&Object>> = BTreeMap::new();
    let all_new: Vec<&Object> = to.objects().filter(|new| !from.contains(&new.id)).collect();
    // Where a name is taken it may not be free in time.
    let names: HashSet<&str> = all_new.iter().map(|new| new.name.as_str()).collect();
    let taken: HashSet<&str> = from.objects().map(|old| old.name.as_str()).filter(|old| names.contains(old)).collect();
    for new in all_new.into_iter().filter(|new| !taken.contains(new.name.as_str())) {
        if let Some(shape) = shape(new, to) {
            added.entry(shape).or_default().push(new);
        }
    }
    let mut pairs: BTreeMap<&Identity, &Object> = BTreeMap::new();
    if added.is_empty() {
        return pairs;
    }
    for old in from.objects().filter(|old| !to.contains(&old.id)) {
        let same = shape(old, from).and_then(|shape| added.get_mut(&shape));
        if let Some(new) = same.and_then(|same| (!same.is_empty()).then(|| same.remove(0))) {
            pairs.insert(&old.id, new);
        }
    }
    // What is inherited is called like the one above.
    let is_above = |id: &&Identity, pairs: &BTreeMap<&Identity, &Object>| {
        let above = from.get(id).into_iter().flat_map(|old| &old.needs).filter(|needed| needed.kind == id.kind);
        above.into_iter().all(|above| pairs.contains_key(above))
    };
    let alone: Vec<&Identity> = pairs
        .keys()
        .copied()
        .filter(|id| from.get(id).is_some_and(|old| old.attribute("inherited").is_some()) && !is_above(id, &pairs))
        .collect();
    pairs.retain(|id, _| !alone.contains(id));
    pairs
}

/// What two of them have in common; nothing for what is called otherwise in partitions, too.
fn shape<'c>(object: &'c Object, catalog: &'c Catalog) -> Option<(Kind, &'c Identity, String)> {
    let whole = object.part_of.as_ref()?;
    let is_partitioned = || catalog.get(whole).is_some_and(|table| table.attribute("partition key").is_some());
    let definition = object.attribute("definition")?;
    let definition = match object.id.kind {
        Kind::CONSTRAINT if object.fact("type") == Some("f") && is_partitioned() => return None,
        Kind::CONSTRAINT => definition.to_owned(),
        Kind::INDEX => definition.replacen(&format!("INDEX {} ON ", object.fact("sql")?), "INDEX ON ", 1),
        _ => return None,
    };
    let rest = object.attributes.iter().filter(|(name, _)| !["definition", "comment"].contains(name));
    Some((object.id.kind, whole, format!("{definition} {rest:?}", rest = rest.collect::<Vec<_>>())))
}

fn action(old: &Object, new: &Object) -> Option<Action> {
    let sql = match old.id.kind {
        Kind::INDEX => format!("ALTER {} RENAME TO {}", old.fact("named")?, new.fact("sql")?),
        _ => {
            let alter = old.fact("drop")?.split(" DROP CONSTRAINT ").next()?;
            format!("{alter} RENAME CONSTRAINT {} TO {}", old.fact("sql")?, new.fact("sql")?)
        }
    };
    let title = format!("rename {} to {}", old.id, new.name);
    Some(Action { phase: phase::RENAME, title, sql: vec![sql], ..Action::default() })
}

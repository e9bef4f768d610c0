//! Expressions that mean the same although a database prints them differently.
//!
//! A server keeps an expression as a tree, and what it prints of one may become another tree when it is read: `IN` over
//! `varchar`, for example. So where texts differ, both are read once more, as printed, and printed again.

use std::collections::BTreeSet;

use super::{Error, scratch};
use crate::backend::Workshop;
use crate::schema::{Catalog, Change, Identity, Object, diff};

/// The attributes that hold expressions.
const EXPRESSIONS: [&str; 8] =
    ["definition", "value", "generated", "columns", "bound", "partition key", "default", "text"];

/// Is this difference one of expressions alone, so that it may be one of writing?
pub(super) fn is_of_expressions(change: &Change<'_>) -> bool {
    matches!(change, Change::Altered { .. }) && change.attributes().iter().all(|name| EXPRESSIONS.contains(name))
}

/// Takes over into `declared` what differs from `current` in writing only.
///
/// # Errors
/// No scratch database. Where an expression cannot be tried out by itself, it stays a difference.
pub(super) fn pair(workshop: &Workshop, current: &Catalog, declared: &mut Catalog) -> Result<(), Error> {
    let changes = diff(current, declared);
    let retyped: BTreeSet<&Identity> =
        changes.iter().filter(|change| change.attributes().contains(&"type")).map(Change::id).collect();
    // What stands on such a column is made or read anew in any case: a default, a view, a check.
    let goes_along = |object: &Object| object.part_of.iter().chain(&object.needs).any(|id| retyped.contains(id));
    let differing: Vec<(Identity, Vec<&'static str>)> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Altered { to, attributes, .. } if !goes_along(to) => {
                let mut attributes = attributes.clone();
                attributes.retain(|attribute| EXPRESSIONS.contains(attribute));
                (!attributes.is_empty()).then(|| (to.id.clone(), attributes))
            }
            _ => None,
        })
        .collect();
    if differing.is_empty() {
        return Ok(());
    }
    let ids: Vec<&Identity> = differing.iter().map(|(id, _)| id).collect();
    let Some(ours) = printed_again(workshop, current, &ids)? else { return Ok(()) };
    let Some(theirs) = printed_again(workshop, declared, &ids)? else { return Ok(()) };
    for (id, attributes) in differing {
        let (Some(old), Some(new)) = (current.get(&id), declared.get(&id)) else { continue };
        let same = |attribute: &&'static str| match (ours.get(&id), theirs.get(&id)) {
            (Some(ours), Some(theirs)) => ours.attribute(attribute) == theirs.attribute(attribute),
            _ => false,
        };
        let mut paired = new.clone();
        for attribute in attributes.into_iter().filter(same) {
            match old.attribute(attribute) {
                Some(value) => paired.attributes.insert(attribute, value.to_owned()),
                None => paired.attributes.remove(attribute),
            };
        }
        if paired.attributes == old.attributes {
            paired = old.clone();
        }
        declared.insert(paired);
    }
    Ok(())
}

/// What the database makes of the objects `ids` of `catalog`, made from what it said of them; nothing where it refuses.
fn printed_again(workshop: &Workshop, catalog: &Catalog, ids: &[&Identity]) -> Result<Option<Catalog>, Error> {
    // Bodies of functions may need what nobody knows of, so all of it is the second try.
    for part in [needed(catalog, ids), catalog.clone()] {
        match scratch::with(workshop, &part) {
            Ok(mut database) => return Ok(Some(database.schema()?.catalog()?)),
            Err(Error::Scratch { .. }) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(None)
}

/// The objects `ids` with what they need, each with everything that belongs to it.
fn needed(catalog: &Catalog, ids: &[&Identity]) -> Catalog {
    let mut found: BTreeSet<Identity> = BTreeSet::new();
    let mut waiting: Vec<Identity> = ids.iter().map(|id| (*id).clone()).collect();
    while let Some(id) = waiting.pop() {
        let Some(object) = catalog.get(&id).filter(|_| !found.contains(&id)) else { continue };
        waiting.extend(object.part_of.iter().chain(&object.needs).cloned());
        waiting.extend(catalog.parts_of(&id).map(|part| part.id.clone()));
        found.insert(id);
    }
    let mut part = catalog.clone();
    part.unmodelled.clear();
    part.retain(|object| found.contains(&object.id));
    part
}

//! From two catalogs to statements.

use std::collections::{BTreeMap, BTreeSet};

use super::table::Altered;
use super::{VIRTUAL_TABLE, index, table, trigger, view, virtual_table};
use crate::backend::schema::DraftPart;
use crate::schema::{Action, Catalog, Change, Identity, Kind, Object, diff, order};
use crate::script::PartMode;

/// Everything in one part, so in one transaction. Foreign keys are off in it where a table is dropped or built
/// anew: with them on, its rows would be deleted and their children with them.
/// <https://www.sqlite.org/foreignkeys.html#fk_schemacommands>
pub(super) fn draft(from: &Catalog, to: &Catalog) -> Vec<DraftPart> {
    let changes = diff(from, to);
    let mut actions = Vec::new();
    let mut altered_tables: BTreeMap<&Identity, Vec<&Change<'_>>> = BTreeMap::new();
    // What is dropped takes its indexes and triggers along.
    let mut dropped: BTreeSet<&Identity> = BTreeSet::new();
    let mut foreign_keys_off = false;
    for change in &changes {
        let (id, whole) = match change {
            Change::Added(object) | Change::Removed(object) | Change::Altered { to: object, .. } => {
                (&object.id, object.part_of.as_ref())
            }
        };
        match (id.kind, change) {
            (Kind::COLUMN | Kind::CONSTRAINT, _) => altered_tables.entry(whole.unwrap_or(id)).or_default().push(change),
            (Kind::TABLE, Change::Altered { .. }) => altered_tables.entry(id).or_default().push(change),
            (Kind::TABLE, Change::Added(object)) => actions.push(table::create(object)),
            (Kind::TABLE, Change::Removed(object)) => {
                foreign_keys_off = true;
                actions.push(table::drop(object));
            }
            (Kind::VIEW, Change::Removed(_) | Change::Altered { .. }) => {
                dropped.insert(id);
            }
            _ => {}
        }
    }
    for (id, changes) in altered_tables {
        match table::alter(id, &changes, from, to) {
            Altered::InPlace(action) => actions.push(action),
            Altered::Rebuilt(action) => {
                foreign_keys_off = true;
                dropped.insert(id);
                actions.push(action);
            }
        }
    }
    for change in &changes {
        let (old, new) = match change {
            Change::Added(new) => (None, Some(*new)),
            Change::Removed(old) => (Some(*old), None),
            Change::Altered { from, to, .. } => (Some(*from), Some(*to)),
        };
        let is_new = old.is_none();
        actions.extend(old.filter(|old| !goes_along(old, &dropped)).and_then(|old| drop(old, new.is_some())));
        actions.extend(new.and_then(|new| create(new, is_new, from)));
    }
    for change in &changes {
        if let Change::Added(whole) = change {
            let parts = to.parts_of(&whole.id).filter(|part| !from.contains(&part.id));
            actions.extend(parts.filter_map(|part| create(part, true, from)));
        }
    }
    for whole in dropped {
        for part in to.parts_of(whole) {
            let is_kept = from.get(&part.id).is_some_and(|old| old.attributes == part.attributes);
            if is_kept {
                actions.extend(create(part, false, from).map(|action| Action { hazards: BTreeSet::new(), ..action }));
            }
        }
    }
    if actions.is_empty() {
        return Vec::new();
    }
    let mode = if foreign_keys_off { PartMode::ForeignKeysOff } else { PartMode::Transaction };
    vec![DraftPart { mode, actions: order(actions, from, to) }]
}

fn goes_along(object: &Object, dropped: &BTreeSet<&Identity>) -> bool {
    object.part_of.as_ref().is_some_and(|whole| dropped.contains(whole))
}

fn drop(object: &Object, comes_back: bool) -> Option<Action> {
    let action = match object.id.kind {
        Kind::INDEX => index::drop(object),
        Kind::VIEW => view::drop(object),
        Kind::TRIGGER => trigger::drop(object),
        VIRTUAL_TABLE => virtual_table::drop(object),
        _ => return None,
    };
    let title = if comes_back { format!("{} to change it", action.title) } else { action.title };
    Some(Action { title, ..action })
}

fn create(object: &Object, is_new: bool, from: &Catalog) -> Option<Action> {
    let action = match object.id.kind {
        Kind::INDEX => index::create(object, from),
        Kind::VIEW => view::create(object),
        Kind::TRIGGER => trigger::create(object),
        VIRTUAL_TABLE => virtual_table::create(object),
        _ => return None,
    };
    let title = if is_new { action.title } else { format!("{} again", action.title) };
    Some(Action { title, ..action })
}

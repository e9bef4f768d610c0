//! Tables: made, dropped, renamed, altered in place where SQLite can, and otherwise built anew.
//!
//! <https://www.sqlite.org/lang_altertable.html>

use super::fold::mentions;
use super::{phase, quoted, rebuild};
use crate::schema::{Action, Catalog, Change, Hazard, Identity, Kind, Object};

/// How a table is altered.
pub(super) enum Altered {
    InPlace(Action),
    Rebuilt(Action),
}

pub(super) fn create(table: &Object) -> Action {
    Action {
        phase: phase::TABLE,
        title: format!("create table {}", table.name),
        sql: vec![table.definition.clone()],
        makes: vec![table.id.clone()],
        ..Action::default()
    }
}

pub(super) fn drop(table: &Object) -> Action {
    Action {
        phase: phase::DROP_TABLE,
        title: format!("drop table {}", table.name),
        sql: vec![format!("DROP TABLE {}", quoted(&table.name))],
        hazards: [Hazard::DataLoss, Hazard::NotReversible].into(),
        removes: vec![table.id.clone()],
        ..Action::default()
    }
}

/// SQLite follows the name into foreign keys, indexes, triggers and views.
pub(super) fn rename(old: &Identity, new: &Identity) -> Action {
    let last = |id: &Identity| id.names.last().map(|name| quoted(name)).unwrap_or_default();
    let sql = match (old.kind, &new.names[..]) {
        (Kind::COLUMN, [table, _]) => {
            format!("ALTER TABLE {} RENAME COLUMN {} TO {}", quoted(table), last(old), last(new))
        }
        _ => format!("ALTER TABLE {} RENAME TO {}", last(old), last(new)),
    };
    Action {
        phase: phase::RENAME,
        title: format!("rename {old} to {}", new.path()),
        sql: vec![sql],
        makes: vec![new.clone()],
        removes: vec![old.clone()],
        ..Action::default()
    }
}

pub(super) fn alter(id: &Identity, changes: &[&Change<'_>], from: &Catalog, to: &Catalog) -> Altered {
    let table = from.get(id).map_or_else(|| id.path(), |table| table.name.clone());
    let mut action = Action {
        phase: phase::TABLE,
        title: format!("alter table {table}"),
        notes: changes.iter().map(ToString::to_string).collect(),
        hazards: changes.iter().flat_map(|change| hazards(change, id, to)).collect(),
        makes: vec![id.clone()],
        removes: vec![id.clone()],
        ..Action::default()
    };
    let (mut added, mut dropped) = (Vec::new(), Vec::new());
    for change in changes {
        match change {
            Change::Added(column) if can_be_added(column) => {
                added.push(format!("ALTER TABLE {} ADD COLUMN {}", quoted(&table), column.definition));
            }
            Change::Removed(column) if can_be_dropped(column, id, from, to) => {
                dropped.push(format!("ALTER TABLE {} DROP COLUMN {}", quoted(&table), quoted(&column.name)));
                // Its values are taken out of every row, if there are any.
                if column.attribute("generated").is_none_or(|clause| clause.ends_with(" stored")) {
                    action.hazards.insert(Hazard::TableRewrite);
                }
            }
            _ => {
                action.hazards.insert(Hazard::TableRewrite);
                action.title = format!("rebuild table {table}");
                action.sql = rebuild::statements(id, from, to);
                return Altered::Rebuilt(action);
            }
        }
    }
    // A table must have a column at any time.
    action.sql = added.into_iter().chain(dropped).collect();
    Altered::InPlace(action)
}

/// Clauses of a column that rows already there may not fulfil.
const DEMANDS: [&str; 5] = ["not null", "check", "unique", "primary key", "references"];
/// Clauses that decide which values there are.
const VALUES: [&str; 3] = ["type", "collate", "generated"];

fn hazards(change: &Change<'_>, table: &Identity, to: &Catalog) -> Vec<Hazard> {
    let options = to.get(table).and_then(|table| table.attribute("options"));
    let is_strict = options.is_some_and(|options| options.contains("strict"));
    let may_fail = |yes: bool| if yes { vec![Hazard::MayFail] } else { Vec::new() };
    match change {
        Change::Removed(column) if column.id.kind == Kind::COLUMN && column.attribute("generated").is_none() => {
            vec![Hazard::DataLoss, Hazard::NotReversible]
        }
        Change::Removed(_) => Vec::new(),
        Change::Added(object) if object.id.kind == Kind::CONSTRAINT => may_fail(true),
        Change::Added(column) => {
            let has = |key: &str| column.attribute(key).is_some();
            let has_value = default_of(column).is_some_and(|value| value != "null");
            let demands = ["check", "unique", "primary key"].into_iter().any(has) || (has("not null") && !has_value);
            may_fail(demands || (is_strict && has("generated")))
        }
        Change::Altered { from, to: column, attributes } if column.id.kind == Kind::COLUMN => {
            let is_demand = |key: &&'static str| DEMANDS.contains(key) && column.attribute(key).is_some();
            let other_values = attributes.iter().any(|key| VALUES.contains(key));
            let is_bound = is_strict || DEMANDS.iter().any(&is_demand) || has_rules(table, to);
            let fails = attributes.iter().any(is_demand) || (other_values && is_bound);
            // Values that were kept become computed ones.
            let is_lost = column.attribute("generated").is_some() && from.attribute("generated").is_none();
            let lost = if is_lost { vec![Hazard::DataLoss, Hazard::NotReversible] } else { Vec::new() };
            [lost, may_fail(fails)].concat()
        }
        Change::Altered { attributes, .. } => may_fail(is_strict && attributes.contains(&"options")),
    }
}

/// Are there rules for the rows besides those of single columns?
fn has_rules(table: &Identity, catalog: &Catalog) -> bool {
    let is_rule = |part: &Object| match part.id.kind {
        Kind::CONSTRAINT => true,
        Kind::INDEX => part.attribute("definition").is_some_and(|text| text.starts_with("create unique")),
        Kind::COLUMN => {
            part.attribute("generated").is_some() && DEMANDS.iter().any(|key| part.attribute(key).is_some())
        }
        _ => false,
    };
    catalog.parts_of(table).any(is_rule)
}

/// The value of a column's DEFAULT, folded.
fn default_of(column: &Object) -> Option<&str> {
    column.attribute("default").and_then(|clause| clause.split_once("default ")).map(|(_, value)| value)
}

/// <https://www.sqlite.org/lang_altertable.html#alter_table_add_column>
fn can_be_added(column: &Object) -> bool {
    let has = |key: &str| column.attribute(key).is_some();
    let default = default_of(column);
    let is_constant = default.is_none_or(|value| !value.starts_with(['(', '"']) && !value.starts_with("current_"));
    let is_null = default.is_none_or(|value| value == "null");
    let generated = column.attribute("generated");
    column.id.kind == Kind::COLUMN
        && !has("primary key")
        && !has("unique")
        && is_constant
        && generated.is_none_or(|clause| !clause.ends_with(" stored") && !has("not null") && !has("check"))
        && (!has("not null") || !is_null || generated.is_some())
        && (!has("references") || is_null)
}

/// <https://www.sqlite.org/lang_altertable.html#alter_table_drop_column>
fn can_be_dropped(column: &Object, table: &Identity, from: &Catalog, to: &Catalog) -> bool {
    let (Kind::COLUMN, [table_name, name]) = (column.id.kind, &column.id.names[..]) else { return false };
    let in_key = ["primary key", "unique", "references"].iter().any(|key| column.attribute(key).is_some());
    let names_it = |object: &Object| object.attributes.values().any(|text| mentions(text, name));
    // What goes or changes is dropped before.
    let stays = |object: &Object| to.get(&object.id).is_some_and(|new| new.attributes == object.attributes);
    let is_column_or_constraint = |part: &Object| matches!(part.id.kind, Kind::COLUMN | Kind::CONSTRAINT);
    let mut parts = from.parts_of(table).filter(|part| part.id != column.id && part.id.kind != Kind::TRIGGER);
    let is_used_in_table = parts.any(|part| names_it(part) && (is_column_or_constraint(part) || stays(part)));
    // A body may name the table it is about, or be about another one.
    let is_about = |object: &Object| {
        object.part_of.as_ref() == Some(table) || object.attributes.values().any(|text| mentions(text, table_name))
    };
    let mut bodies = from.of_kind(Kind::VIEW).chain(from.of_kind(Kind::TRIGGER));
    let is_used = is_used_in_table || bodies.any(|body| names_it(body) && is_about(body) && stays(body));
    let others = to.parts_of(table).filter(|part| part.id.kind == Kind::COLUMN).count();
    !in_key && !is_used && others > 0
}

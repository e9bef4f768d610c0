//! The actions that make, change and drop single objects.

use std::collections::{BTreeSet, HashMap};

use super::closure::Lookup;
use super::{
    AGGREGATE, COMPOSITE, DEFAULT, DOMAIN, ENUM, EXTENSION, FUNCTION, INHERITANCE, MATERIALIZED_VIEW, OWNERSHIP,
    PROCEDURE, RULE, SEQUENCE, STATISTICS, column, comment, composite, constraint, domain, enumeration, extension,
    grants, hazards, index, phase, routine, sequence, statistics, table, trigger, view,
};
use crate::schema::{Action, Identity, Kind, Object};

/// Statements behind the one that makes an object.
pub(super) fn satellites(object: &Object) -> Vec<String> {
    let mut statements = match object.id.kind {
        Kind::COLUMN => column::settings(object),
        Kind::CONSTRAINT => constraint::settings(object),
        Kind::INDEX => index::settings(object),
        Kind::TRIGGER | RULE => trigger::settings(object).into_iter().collect(),
        STATISTICS => statistics::settings(object).into_iter().collect(),
        _ => Vec::new(),
    };
    if object.attribute("comment").is_some() {
        statements.push(comment::statement(object));
    }
    statements
}

/// Makes a table with its columns, and with those defaults and constraints that need nothing made later.
///
/// `again`: is something of it there already, so that names are taken and have to be said?
pub(super) fn table<'c>(table: &'c Object, to: &Lookup<'c>, again: bool) -> Action {
    let name = table.fact("sql").unwrap_or_default();
    let parts = to.parts(&table.id);
    let is_partition = parts.iter().any(|part| part.id.kind == super::PARTITION);
    let mut made = vec![table.id.clone()];
    let (mut lines, mut behind) = (Vec::new(), Vec::new());
    let mut columns: Vec<&Object> = parts.iter().copied().filter(|part| part.id.kind == Kind::COLUMN).collect();
    let order: HashMap<&str, usize> = table.fact("columns").unwrap_or_default().split('\n').zip(0..).collect();
    columns.sort_by_key(|column| order.get(&*column.name));
    for column in columns {
        made.push(column.id.clone());
        if column.attribute("inherited").is_none() || is_partition {
            let mut line = column::clause(column, again);
            for default in to.parts(&column.id).iter().filter(|part| part.id.kind == DEFAULT && is_simple(part)) {
                line.push_str(&format!(" DEFAULT {}", default.attribute("value").unwrap_or_default()));
                made.push(default.id.clone());
            }
            lines.push(line);
        }
        behind.extend(satellites(column));
    }
    let mut keys = BTreeSet::new();
    for constraint in parts.iter().filter(|part| part.id.kind == Kind::CONSTRAINT) {
        let is_inherited = constraint.attribute("inherited").is_some();
        let is_check = constraint.fact("type") == Some("c");
        let is_valid = !constraint.attribute("definition").is_some_and(|text| text.ends_with("NOT VALID"));
        let waits = constraint.needs.iter().any(|id| id.kind == super::PARTITION);
        if is_inherited && !is_partition {
            made.push(constraint.id.clone());
        } else if constraint.fact("type") != Some("f")
            && is_valid
            && !waits
            && is_simple(constraint)
            && (is_check || !is_partition)
            && (is_check || keys.insert(key_columns(constraint)))
        {
            made.push(constraint.id.clone());
            lines.push(constraint.fact("clause").unwrap_or_default().to_owned());
            behind.extend(satellites(constraint));
        }
    }
    let mut parents: Vec<&&Object> = parts.iter().filter(|part| part.id.kind == INHERITANCE).collect();
    parents.sort_by_key(|parent| parent.fact("place"));
    let inherits: Vec<&str> = parents.iter().filter_map(|parent| parent.fact("parent")).collect();
    made.extend(parents.iter().map(|parent| parent.id.clone()));
    let word = if table.attribute("unlogged").is_some() { "UNLOGGED TABLE" } else { "TABLE" };
    let body = if lines.is_empty() { "()".to_owned() } else { format!("(\n    {}\n)", lines.join(",\n    ")) };
    let mut sql = format!("CREATE {word} {name} {body}");
    if !inherits.is_empty() {
        sql.push_str(&format!("\nINHERITS ({})", inherits.join(", ")));
    }
    for (attribute, before, after) in
        [("partition key", "\nPARTITION BY ", ""), ("access method", "\nUSING ", ""), ("options", "\nWITH (", ")")]
    {
        sql.extend(table.attribute(attribute).map(|value| format!("{before}{value}{after}")));
    }
    let mut statements = vec![sql];
    for (attribute, words) in
        [("row security", "ENABLE ROW LEVEL SECURITY"), ("forced row security", "FORCE ROW LEVEL SECURITY")]
    {
        statements.extend(table.attribute(attribute).map(|_| format!("ALTER TABLE {name} {words}")));
    }
    statements
        .extend(table.attribute("replica identity").map(|how| format!("ALTER TABLE {name} REPLICA IDENTITY {how}")));
    statements.extend(satellites(table));
    statements.extend(behind);
    let made = with_identity_sequences(made, to);
    Action {
        phase: phase::make(table),
        title: format!("create table {}", table.id.path()),
        sql: statements,
        makes: made,
        ..Action::default()
    }
}

/// Of two keys of the same columns, `CREATE TABLE` would only make one.
fn key_columns(key: &Object) -> Option<&str> {
    key.attribute("definition")?.split_once('(').map(|(_, columns)| columns)
}

/// The names that the sequences of identity columns take.
fn with_identity_sequences(mut ids: Vec<Identity>, catalog: &Lookup<'_>) -> Vec<Identity> {
    let sequences: Vec<Identity> = ids
        .iter()
        .filter_map(|id| catalog.catalog.get(id)?.fact("sequence id"))
        .map(|names| Identity::new(SEQUENCE, names.lines()))
        .collect();
    ids.extend(sequences);
    ids
}

/// Does it need no routine of the schema's own, which may in turn need the table?
fn is_simple(part: &Object) -> bool {
    !part.needs.iter().any(|id| [FUNCTION, AGGREGATE, PROCEDURE].contains(&id.kind))
}

/// Makes an object that is no table. `existing`: is what it belongs to there already, so that there may be rows?
pub(super) fn create(object: &Object, to: &Lookup<'_>, existing: bool) -> Action {
    let path = object.id.path();
    let mut action = Action { phase: phase::make(object), makes: vec![object.id.clone()], ..Action::default() };
    action.hazards = hazards::of_added(object, to, existing);
    action.title = format!("create {} {path}", object.id.kind);
    let mut statement = object.definition.clone();
    match object.id.kind {
        Kind::OWNER => action.title = format!("set owner {path}"),
        Kind::GRANT | Kind::DEFAULT_PRIVILEGES => {
            action.title = format!("set {} {path}", object.id.kind);
            action.sql = grants::change(None, Some(object));
        }
        Kind::COLUMN => {
            let table = object.fact("table").unwrap_or_default();
            statement = format!("ALTER TABLE {table} ADD COLUMN {}", column::clause(object, false));
            let defaults = to.parts(&object.id).iter().filter(|part| part.id.kind == DEFAULT);
            for default in defaults {
                statement.push_str(&format!(" DEFAULT {}", default.attribute("value").unwrap_or_default()));
                action.makes.push(default.id.clone());
            }
            action.title = alter_title(object);
            action.notes = vec![format!("add column {path}")];
        }
        Kind::CONSTRAINT | DEFAULT | super::PARTITION | INHERITANCE => {
            action.title = alter_title(object);
            action.notes = vec![format!("add {}", object.id)];
        }
        _ => {}
    }
    if !statement.is_empty() {
        action.sql.push(statement);
    }
    action.sql.extend(satellites(object));
    if existing && object.id.kind == OWNERSHIP {
        action.sql.extend(object.fact("count").map(str::to_owned));
    }
    action.makes = with_identity_sequences(action.makes, to);
    action
}

fn alter_title(object: &Object) -> String {
    let names = &object.id.names;
    let whole = match &object.part_of {
        Some(whole) if object.id.kind != DEFAULT => whole.to_string(),
        _ => format!("table {}", names[..names.len().saturating_sub(1)].join(".")),
    };
    format!("alter {whole}")
}

/// Drops an object with everything that belongs to it.
pub(super) fn drop<'c>(object: &'c Object, from: &Lookup<'c>) -> Option<Action> {
    let sql = match object.id.kind {
        Kind::GRANT | Kind::DEFAULT_PRIVILEGES => grants::change(Some(object), None),
        _ => {
            let left_behind = object.fact("left behind").into_iter().flat_map(str::lines);
            [object.fact("drop")?].into_iter().chain(left_behind).map(str::to_owned).collect()
        }
    };
    let removes = from.tree(object).iter().map(|part| part.id.clone()).collect();
    let mut action = Action {
        phase: phase::drop(object),
        title: format!("drop {}", object.id),
        sql,
        removes: with_identity_sequences(removes, from),
        ..Action::default()
    };
    if [Kind::COLUMN, Kind::CONSTRAINT, DEFAULT].contains(&object.id.kind) {
        action.title = alter_title(object);
        action.notes = vec![format!("drop {}", object.id)];
    }
    action.hazards = hazards::of_dropped(object);
    Some(action)
}

/// Changes an object in place; nothing where it has to be made anew.
pub(super) fn alter(old: &Object, new: &Object, attributes: &[&'static str]) -> Option<Action> {
    let rest: Vec<&'static str> = attributes.iter().copied().filter(|attribute| *attribute != "comment").collect();
    let mut sql = if rest.is_empty() { Vec::new() } else { in_place(old, new, &rest)? };
    if attributes.contains(&"comment") {
        sql.push(comment::statement(new));
    }
    let hazards = hazards::of_altered(old, new, &rest, &sql);
    let (title, notes) = if new.id.kind == Kind::COLUMN {
        (alter_title(new), vec![format!("change {}: {}", new.id, attributes.join(", "))])
    } else {
        (format!("change {}", new.id), vec![attributes.join(", ")])
    };
    let ids = |object: &Object| {
        let sequence = object.fact("sequence id").map(|names| Identity::new(SEQUENCE, names.lines()));
        let is_other = ["identity", "sequence name"].iter().any(|attribute| rest.contains(attribute));
        [object.id.clone()].into_iter().chain(sequence.filter(|_| is_other)).collect()
    };
    Some(Action { phase: phase::make(new), title, notes, sql, hazards, makes: ids(new), removes: ids(old) })
}

fn in_place(old: &Object, new: &Object, attributes: &[&'static str]) -> Option<Vec<String>> {
    match new.id.kind {
        EXTENSION => Some(extension::alter(new)),
        ENUM => enumeration::added(old, new),
        DOMAIN => domain::alter(new, attributes),
        COMPOSITE => composite::alter(old, new),
        Kind::TABLE => table::alter(old, new, attributes),
        Kind::COLUMN => {
            // Whether a column is inherited follows from what its table inherits.
            let own: Vec<&str> = attributes.iter().copied().filter(|attribute| *attribute != "inherited").collect();
            column::alter(old, new, &own)
        }
        Kind::CONSTRAINT => constraint::alter(old, new, attributes),
        Kind::INDEX => index::alter(new, attributes),
        SEQUENCE => sequence::alter(new, attributes),
        Kind::VIEW | MATERIALIZED_VIEW => view::alter(old, new, attributes),
        FUNCTION | PROCEDURE | AGGREGATE => routine::alter(old, new),
        Kind::TRIGGER | RULE => trigger::alter(new, attributes),
        DEFAULT => Some(vec![new.definition.clone()]),
        Kind::GRANT | Kind::DEFAULT_PRIVILEGES => Some(grants::change(Some(old), Some(new))),
        Kind::OWNER | super::COLUMN_COMMENT | OWNERSHIP => Some(vec![new.definition.clone()]),
        STATISTICS if attributes == ["target"] => {
            let target = new.attribute("target").unwrap_or("-1");
            Some(vec![format!("ALTER {} SET STATISTICS {target}", new.fact("named")?)])
        }
        _ => None,
    }
}

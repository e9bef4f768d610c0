//! Building a table anew, which is SQLite's way to change what ALTER TABLE cannot.
//!
//! <https://www.sqlite.org/lang_altertable.html#otheralter>: the new table under another name, the rows, the
//! old table dropped, and only then its name taken. The executor turns foreign keys off around the part and
//! checks them before it commits; indexes and triggers are made again by actions of their own.

use super::survive::counts;
use super::{VIRTUAL_TABLE, body, quoted};
use crate::schema::{Catalog, Identity, Kind, Object};

pub(super) fn statements(id: &Identity, from: &Catalog, to: &Catalog) -> Vec<String> {
    let (Some(old), Some(new)) = (from.get(id), to.get(id)) else { return Vec::new() };
    let temporary = free_name(&old.name, from, to);
    let (old_name, new_name) = (quoted(&old.name), quoted(&temporary));
    let mut statements = vec![under_name(&new.definition, &temporary)];
    let (targets, sources): (Vec<String>, Vec<String>) = copied(id, old, new, from, to).into_iter().unzip();
    if !targets.is_empty() {
        statements.push(format!(
            "INSERT INTO {new_name} ({}) SELECT {} FROM {old_name}",
            targets.join(", "),
            sources.join(", ")
        ));
    }
    // The highest number ever given, so that none is given again: https://www.sqlite.org/autoinc.html
    if counts(id, from) && counts(id, to) {
        let literal = |name: &str| crate::sql::Dialect::Sqlite.quote_literal(name);
        let (old_key, new_key) = (literal(&old.name), literal(&temporary));
        statements.push(format!("DELETE FROM sqlite_sequence WHERE name = {new_key}"));
        statements.push(format!(
            "INSERT INTO sqlite_sequence (name, seq) SELECT {new_key}, seq FROM sqlite_sequence WHERE name = {old_key}"
        ));
    }
    statements.push(format!("DROP TABLE {old_name}"));
    // Without it the rename would parse every view and trigger, which name a table that is not there.
    statements.push("PRAGMA legacy_alter_table = ON".to_owned());
    statements.push(format!("ALTER TABLE {new_name} RENAME TO {}", quoted(&new.name)));
    statements.push("PRAGMA legacy_alter_table = OFF".to_owned());
    statements
}

/// A name that neither schema has among its tables, indexes and views, which share their names.
fn free_name(table: &str, from: &Catalog, to: &Catalog) -> String {
    let sharing = [Kind::TABLE, VIRTUAL_TABLE, Kind::INDEX, Kind::VIEW];
    let taken = |name: &str| {
        let objects = sharing.iter().flat_map(|kind| from.of_kind(*kind).chain(to.of_kind(*kind)));
        objects.filter_map(|object| object.id.names.last()).any(|last| last.eq_ignore_ascii_case(name))
    };
    let mut name = format!("migrator_new_{table}");
    while taken(&name) {
        name.push('_');
    }
    name
}

/// The CREATE TABLE statement with another name.
fn under_name(definition: &str, name: &str) -> String {
    match body::parse(definition, None) {
        Some(body) => format!("{}{}{}", &definition[..body.name.start], quoted(name), &definition[body.name.end..]),
        None => definition.to_owned(),
    }
}

/// The columns to copy: in the new table, and what they are in the old one.
fn copied(id: &Identity, old: &Object, new: &Object, from: &Catalog, to: &Catalog) -> Vec<(String, String)> {
    let is_plain = |column: &Object| column.id.kind == Kind::COLUMN && column.attribute("generated").is_none();
    let columns: Vec<&Object> = to.parts_of(id).filter(|column| is_plain(column)).collect();
    let mut pairs: Vec<(String, String)> = in_order(new, columns)
        .into_iter()
        .filter_map(|column| Some((quoted(&column.name), quoted(&from.get(&column.id)?.name))))
        .collect();
    // Rows keep their number, which full-text indexes and others may refer to.
    if let (Some(target), Some(source)) = (new.fact("rowid"), old.fact("rowid")) {
        let target = quoted(target);
        if !pairs.iter().any(|(column, _)| column.eq_ignore_ascii_case(&target)) {
            pairs.insert(0, (target, quoted(source)));
        }
    }
    pairs
}

/// Columns in the order of their table.
fn in_order<'c>(table: &Object, mut columns: Vec<&'c Object>) -> Vec<&'c Object> {
    let order: Vec<&str> = table.fact("columns").unwrap_or_default().split('\n').collect();
    columns.sort_by_key(|column| order.iter().position(|name| name.eq_ignore_ascii_case(&column.name)));
    columns
}

//! NOT NULL, which is a constraint with a name since version 18.
//! <https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-NOT-NULL>

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::schema::{Catalog, Identity, Kind, Object};

/// The fact of a column that the server would give another name, because another table has that one.
const SAID: &str = "not null name is said";

/// The new schema, with a note where a name has to be said: where another table has it already, or gets it with the
/// column of the partitioned table before that has it itself.
pub(super) fn with_names<'c>(from: &Catalog, to: &'c Catalog) -> Cow<'c, Catalog> {
    let mut tables: HashMap<Name<'_>, HashSet<&Identity>> = HashMap::new();
    let is_new = |column: &&Object| column.part_of.as_ref().is_some_and(|table| !from.contains(table));
    for column in from.of_kind(Kind::COLUMN).chain(to.of_kind(Kind::COLUMN).filter(is_new)) {
        if let Some(name) = name(column) {
            tables.entry(name).or_default().extend(&column.part_of);
        }
    }
    if tables.is_empty() {
        return Cow::Borrowed(to);
    }
    let mut catalog = Cow::Borrowed(to);
    for column in to.of_kind(Kind::COLUMN).filter(|column| !is_new(column)) {
        let tables = name(column).and_then(|name| tables.get(&name));
        if tables.is_some_and(|tables| tables.iter().any(|table| Some(*table) != column.part_of.as_ref()))
            && let Some(column) = catalog.to_mut().get_mut(&column.id)
        {
            column.facts.insert(SAID, "yes".to_owned());
        }
    }
    catalog
}

/// The schema, and the name of a NOT NULL in it.
type Name<'c> = (&'c [String], &'c str);

fn name(column: &Object) -> Option<Name<'_>> {
    let name = column.fact("not null name")?;
    Some((column.id.names.get(..column.id.names.len().checked_sub(2)?)?, name))
}

/// What is said of a column's NOT NULL; with its name, even if it is the one that the server gives, where `named`.
pub(super) fn words(column: &Object, named: bool) -> Option<Cow<'_, str>> {
    let words = column.attribute("not null")?;
    let name = column.fact("not null name").filter(|_| named || column.fact(SAID).is_some());
    Some(match name.filter(|_| words.starts_with("NOT NULL")) {
        Some(name) => format!("CONSTRAINT {name} {words}").into(),
        None => words.into(),
    })
}

/// Adds it to a column that is there; `words` are what is said of it.
pub(super) fn add(column: &Object, words: &str) -> String {
    let (table, name) = (column.fact("table").unwrap_or_default(), column.fact("sql").unwrap_or_default());
    format!("ALTER TABLE {table} ADD {}", words.replacen("NOT NULL", &format!("NOT NULL {name}"), 1))
}

/// Changes it; `alter` begins a statement that changes the column.
pub(super) fn change(old: &Object, new: &Object, alter: &str) -> Vec<String> {
    // Where a table was renamed, only the name of the constraint differs.
    let unnamed = |column: &Object| {
        let name = column.fact("not null name").map(|name| format!("CONSTRAINT {name} ")).unwrap_or_default();
        column.attribute("not null").map(|text| text.replacen(&name, "", 1))
    };
    if let (Some(was), Some(is)) = (old.fact("not null name"), new.fact("not null name"))
        && unnamed(old) == unnamed(new)
    {
        return vec![format!("ALTER TABLE {} RENAME CONSTRAINT {was} TO {is}", new.fact("table").unwrap_or_default())];
    }
    let Some(words) = words(new, false) else { return vec![format!("{alter} DROP NOT NULL")] };
    let is_plain = words == "NOT NULL";
    let mut statements = Vec::new();
    if old.attribute("not null").is_some_and(|was| was != "NOT NULL" || !is_plain) {
        statements.push(format!("{alter} DROP NOT NULL"));
    }
    statements.push(if is_plain { format!("{alter} SET NOT NULL") } else { add(new, &words) });
    statements
}

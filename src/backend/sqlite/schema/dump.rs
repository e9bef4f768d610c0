//! A schema as a file: each table with its indexes and triggers, then the views with theirs.

use std::collections::BTreeSet;

use super::VIRTUAL_TABLE;
use super::draft::draft;
use crate::schema::{Catalog, Identity, Kind, Object};

/// The statements of a schema, grouped, in an order in which they can be loaded.
pub(super) fn dump(catalog: &Catalog) -> String {
    let empty = Catalog::default();
    let parts = draft(&empty, catalog);
    let order: Vec<&Identity> = parts.iter().flat_map(|part| &part.actions).flat_map(|action| &action.makes).collect();
    let mut groups = Vec::new();
    let mut written = BTreeSet::new();
    for id in order.iter().filter(|id| [Kind::TABLE, Kind::VIEW, VIRTUAL_TABLE].contains(&id.kind)) {
        let Some(object) = catalog.get(id) else { continue };
        let mut group = vec![statement(object)];
        for kind in [Kind::INDEX, Kind::TRIGGER] {
            for part in catalog.parts_of(id).filter(|part| part.id.kind == kind) {
                written.insert(&part.id);
                group.push(statement(part));
            }
        }
        groups.push(group.join("\n"));
    }
    let rest = order.iter().filter_map(|id| catalog.get(id));
    let rest =
        rest.filter(|object| [Kind::INDEX, Kind::TRIGGER].contains(&object.id.kind) && !written.contains(&object.id));
    groups.extend(rest.map(statement));
    let groups: Vec<String> = groups.iter().map(|group| format!("{group}\n")).collect();
    groups.join("\n")
}

fn statement(object: &Object) -> String {
    // A last line comment inside the statement would swallow the semicolon.
    let end = if ends_in_comment(&object.definition) { "\n;" } else { ";" };
    format!("{}{end}", object.definition)
}

/// `sqlite_schema` ends a statement with its last token, save for views, whose text may go on with a comment.
fn ends_in_comment(sql: &str) -> bool {
    sql.lines().last().is_some_and(|line| line.contains("--"))
}

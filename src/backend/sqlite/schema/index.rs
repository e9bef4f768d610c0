//! Indexes. <https://www.sqlite.org/lang_createindex.html>

use super::{phase, quoted};
use crate::schema::{Action, Catalog, Hazard, Object};

pub(super) fn create(index: &Object, from: &Catalog) -> Action {
    let is_unique = index.attribute("definition").is_some_and(|folded| folded.starts_with("create unique"));
    let has_rows = index.part_of.as_ref().is_some_and(|table| from.contains(table));
    Action {
        phase: phase::INDEX,
        title: format!("create index {}", index.name),
        sql: vec![index.definition.clone()],
        hazards: (is_unique && has_rows).then_some(Hazard::MayFail).into_iter().collect(),
        makes: vec![index.id.clone()],
        ..Action::default()
    }
}

pub(super) fn drop(index: &Object) -> Action {
    Action {
        phase: phase::DROP_INDEX,
        title: format!("drop index {}", index.name),
        sql: vec![format!("DROP INDEX {}", quoted(&index.name))],
        removes: vec![index.id.clone()],
        ..Action::default()
    }
}

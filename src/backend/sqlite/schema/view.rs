//! Views. Nothing checks what a view names until it is used: <https://www.sqlite.org/lang_createview.html>

use super::{phase, quoted};
use crate::schema::{Action, Object};

pub(super) fn create(view: &Object) -> Action {
    Action {
        phase: phase::VIEW,
        title: format!("create view {}", view.name),
        sql: vec![view.definition.clone()],
        makes: vec![view.id.clone()],
        ..Action::default()
    }
}

/// Its triggers go with it.
pub(super) fn drop(view: &Object) -> Action {
    Action {
        phase: phase::DROP_VIEW,
        title: format!("drop view {}", view.name),
        sql: vec![format!("DROP VIEW {}", quoted(&view.name))],
        removes: vec![view.id.clone()],
        ..Action::default()
    }
}

//! Triggers. <https://www.sqlite.org/lang_createtrigger.html>

use super::{phase, quoted};
use crate::schema::{Action, Object};

pub(super) fn create(trigger: &Object) -> Action {
    Action {
        phase: phase::TRIGGER,
        title: format!("create trigger {}", trigger.name),
        sql: vec![trigger.definition.clone()],
        makes: vec![trigger.id.clone()],
        ..Action::default()
    }
}

pub(super) fn drop(trigger: &Object) -> Action {
    Action {
        phase: phase::DROP_TRIGGER,
        title: format!("drop trigger {}", trigger.name),
        sql: vec![format!("DROP TRIGGER {}", quoted(&trigger.name))],
        removes: vec![trigger.id.clone()],
        ..Action::default()
    }
}

//! Virtual tables, which nothing alters. <https://www.sqlite.org/vtab.html>

use super::fold::unquoted;
use super::{phase, quoted};
use crate::schema::{Action, Hazard, Object};

pub(super) fn create(table: &Object) -> Action {
    let name = quoted(&table.name);
    let mut sql = vec![table.definition.clone()];
    // A full-text index over a table that has rows: https://www.sqlite.org/fts5.html#the_rebuild_command
    if has_external_content(table) {
        sql.push(format!("INSERT INTO {name} ({name}) VALUES ('rebuild')"));
    }
    Action {
        phase: phase::VIRTUAL_TABLE,
        title: format!("create virtual table {}", table.name),
        sql,
        makes: vec![table.id.clone()],
        ..Action::default()
    }
}

pub(super) fn drop(table: &Object) -> Action {
    let lost = [Hazard::DataLoss, Hazard::NotReversible];
    Action {
        phase: phase::DROP_VIRTUAL_TABLE,
        title: format!("drop virtual table {}", table.name),
        sql: vec![format!("DROP TABLE {}", quoted(&table.name))],
        hazards: if has_external_content(table) { [].into() } else { lost.into() },
        removes: vec![table.id.clone()],
        ..Action::default()
    }
}

/// Does a full-text index keep its rows in a table of their own?
/// <https://www.sqlite.org/fts5.html#external_content_tables>
fn has_external_content(table: &Object) -> bool {
    let words: Vec<&str> = table.attribute("definition").unwrap_or_default().split(' ').collect();
    let is_text_index = words.windows(2).any(|pair| pair[0] == "using" && pair[1].starts_with("fts"));
    let names_content =
        words.windows(3).any(|words| words[0] == "content" && words[1] == "=" && !unquoted(words[2]).trim().is_empty());
    is_text_index && names_content
}

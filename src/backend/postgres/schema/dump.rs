//! A schema as a file: each table with its columns, constraints, indexes, triggers and comments.

use super::draft::actions;
use super::mentions::with_mentions;
use super::partitions::as_it_comes;
use super::{FUNCTION, PROCEDURE};
use crate::schema::{Action, Catalog, Identity, Kind, order_grouped};

/// The statements of a schema in an order in which they can be loaded.
pub(super) fn dump(catalog: &Catalog) -> String {
    let empty = Catalog::default();
    let actions = actions(&empty, catalog).actions;
    let group = |action: &Action| action.makes.first().map(|id| whole(id, catalog));
    let mut text = String::new();
    if actions.iter().flat_map(|action| &action.makes).any(|id| [FUNCTION, PROCEDURE].contains(&id.kind)) {
        text.push_str("SET check_function_bodies = off;\n");
    }
    let (to, mut last) = (with_mentions(as_it_comes(catalog), &actions), None);
    for action in order_grouped(actions, &empty, &to, group) {
        let this = group(&action);
        if this != last && !text.is_empty() {
            text.push('\n');
        }
        last = this;
        for sql in &action.sql {
            let ends_in_comment = sql.lines().last().is_some_and(|line| line.contains("--"));
            text.push_str(sql);
            text.push_str(if ends_in_comment { "\n;\n" } else { ";\n" });
        }
    }
    text
}

/// What an object belongs to at last. Default privileges come behind everything, so that they give nothing away.
fn whole(id: &Identity, catalog: &Catalog) -> Identity {
    let object = catalog.get(id).filter(|object| object.id.kind != Kind::DEFAULT_PRIVILEGES);
    match object.and_then(|object| object.part_of.as_ref()) {
        Some(above) => whole(above, catalog),
        None => id.clone(),
    }
}

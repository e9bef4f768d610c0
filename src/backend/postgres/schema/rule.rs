//! Rules besides those that are views. <https://www.postgresql.org/docs/current/sql-createrule.html>

use super::RULE;
use super::read::{Reader, class, object, set};
use super::trigger::state;
use crate::backend::BackendError;
use crate::schema::Identity;

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    // The text of a view's own rule is long in the making, and not needed.
    let sql = "SELECT r.oid, r.ev_class, r.rulename, quote_ident(r.rulename), CASE WHEN r.rulename <> '_RETURN' \
               THEN pg_get_ruledef(r.oid) END, r.ev_enabled FROM pg_rewrite r WHERE r.oid >= 16384";
    for row in reader.rows(sql)? {
        let Some(relation) = reader.relations.get(&row.oid(1)).cloned() else { continue };
        if row.text(2) == "_RETURN" {
            reader.ids.insert((class::REWRITE, row.oid(0), 0), relation.id);
            continue;
        }
        let id = Identity::new(RULE, relation.id.names.iter().map(String::as_str).chain([row.text(2)]));
        let definition = row.text(4).trim_end_matches(';');
        let mut rule = object(id, format!("RULE {} ON {}", row.text(3), relation.sql), definition.to_owned());
        set(&mut rule, "definition", Some(definition));
        set(&mut rule, "state", state(row.text(5)));
        rule.facts.insert("state", format!("ALTER TABLE {} {{}} RULE {}", relation.sql, row.text(3)));
        rule.part_of = Some(relation.id);
        reader.add(class::REWRITE, row.oid(0), rule);
    }
    Ok(())
}

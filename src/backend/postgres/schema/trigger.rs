//! Triggers. Those that partitions have from their table, and those behind constraints, go with what they belong to.
//! <https://www.postgresql.org/docs/current/sql-createtrigger.html>

use super::read::{Reader, class, object, set};
use crate::backend::BackendError;
use crate::schema::{Identity, Kind, Object};

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = "SELECT t.oid, t.tgrelid, t.tgname, quote_ident(t.tgname), pg_get_triggerdef(t.oid), t.tgenabled \
               FROM pg_trigger t WHERE NOT t.tgisinternal AND t.tgparentid = 0";
    for row in reader.rows(sql)? {
        let Some(relation) = reader.relations.get(&row.oid(1)).cloned() else { continue };
        let id = Identity::new(Kind::TRIGGER, relation.id.names.iter().map(String::as_str).chain([row.text(2)]));
        let named = format!("TRIGGER {} ON {}", row.text(3), relation.sql);
        let mut trigger = object(id, named, row.text(4).to_owned());
        set(&mut trigger, "definition", row.get(4));
        set(&mut trigger, "state", state(row.text(5)));
        trigger.facts.insert("state", format!("ALTER TABLE {} {{}} TRIGGER {}", relation.sql, row.text(3)));
        trigger.part_of = Some(relation.id);
        reader.add(class::TRIGGER, row.oid(0), trigger);
    }
    Ok(())
}

/// How a trigger or rule is switched, if not as usual.
pub(super) fn state(letter: &str) -> Option<&'static str> {
    match letter {
        "D" => Some("DISABLE"),
        "R" => Some("ENABLE REPLICA"),
        "A" => Some("ENABLE ALWAYS"),
        _ => None,
    }
}

pub(super) fn settings(object: &Object) -> Option<String> {
    Some(object.fact("state")?.replacen("{}", object.attribute("state")?, 1))
}

pub(super) fn alter(new: &Object, attributes: &[&str]) -> Option<Vec<String>> {
    let state = new.attribute("state").unwrap_or("ENABLE");
    (attributes == ["state"]).then(|| vec![new.fact("state").unwrap_or_default().replacen("{}", state, 1)])
}

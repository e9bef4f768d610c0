//! Constraints of tables and domains. NOT NULL is told by its column.
//! <https://www.postgresql.org/docs/current/ddl-constraints.html>

use super::PARTITION;
use super::read::{Reader, class, object, own, set};
use crate::backend::BackendError;
use crate::schema::{Identity, Kind, Object};

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = format!(
        "SELECT k.oid, k.conrelid, k.contypid, k.conname, quote_ident(k.conname), k.contype, \
         pg_get_constraintdef(k.oid), k.conparentid, k.conindid, k.conislocal, k.coninhcount, k.confrelid, \
         coalesce(i.indisclustered, false), coalesce(i.indisreplident, false), \
         (SELECT p.conrelid <> k.conrelid FROM pg_constraint p WHERE p.oid = k.conparentid) \
         FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace \
         LEFT JOIN pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x') \
         WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') AND {}",
        own("n.nspname", class::CONSTRAINT, "k.oid")
    );
    for row in reader.rows(&sql)? {
        let kind = row.text(5);
        let whole = match row.oid(1) {
            0 => reader.id(class::TYPE, row.oid(2), 0).cloned(),
            table => reader.relations.get(&table).map(|relation| relation.id.clone()),
        };
        let Some(whole) = whole else { continue };
        let Some(owner) = reader.catalog.get(&whole) else { continue };
        let id = Identity::new(Kind::CONSTRAINT, whole.names.iter().map(String::as_str).chain([row.text(3)]));
        // What a foreign key of a partitioned table is on each partition comes with it, and is left to a partition
        // that is detached.
        if kind == "f" && row.oid(7) != 0 {
            let left = format!("ALTER {} DROP CONSTRAINT {}\n", owner.fact("named").unwrap_or_default(), row.text(4));
            let link = Identity::new(PARTITION, whole.names.clone());
            if let Some(link) = reader.catalog.get_mut(&link).filter(|_| row.is(14)) {
                link.facts.entry("left behind").or_default().push_str(&left);
            }
            reader.ids.insert((class::CONSTRAINT, row.oid(0), 0), id);
            continue;
        }
        let (alter, name, definition) = (owner.fact("named").unwrap_or_default(), row.text(4), row.text(6));
        let on = owner.fact("sql").unwrap_or_default().to_owned();
        let is_domain = row.oid(1) == 0;
        // A foreign key and a check hold for children too; a key stands on the index of one table.
        let only =
            if ["p", "u", "x"].contains(&kind) { alter.replacen("TABLE", "TABLE ONLY", 1) } else { alter.to_owned() };
        let named = format!("CONSTRAINT {name} ON {}{on}", if is_domain { "DOMAIN " } else { "" });
        let mut constraint = object(id.clone(), named, format!("ALTER {only} ADD CONSTRAINT {name} {definition}"));
        constraint.facts.insert("drop", format!("ALTER {alter} DROP CONSTRAINT {name}"));
        constraint.facts.insert("clause", format!("CONSTRAINT {name} {definition}"));
        constraint.facts.insert("type", kind.to_owned());
        constraint.facts.insert("table", on.clone());
        constraint.facts.insert("sql", name.to_owned());
        set(&mut constraint, "definition", Some(definition));
        set(&mut constraint, "inherited", (!row.is(9) && kind == "c").then_some("yes"));
        set(&mut constraint, "clustered", row.is(12).then_some("yes"));
        set(&mut constraint, "replica identity", row.is(13).then_some("yes"));
        constraint.part_of = Some(whole);
        if ["p", "u", "x"].contains(&kind) {
            reader.ids.insert((class::RELATION, row.oid(8), 0), id.clone());
        }
        if kind == "f"
            && let Some(referenced) = reader.relations.get(&row.oid(11))
        {
            constraint.needs.push(referenced.id.clone());
        }
        reader.add(class::CONSTRAINT, row.oid(0), constraint);
    }
    Ok(())
}

/// What a table says besides of the index behind a key.
pub(super) fn settings(constraint: &Object) -> Vec<String> {
    let (table, name) = (constraint.fact("table").unwrap_or_default(), constraint.fact("sql").unwrap_or_default());
    let clustered = constraint.attribute("clustered").map(|_| format!("ALTER TABLE {table} CLUSTER ON {name}"));
    let identity = constraint
        .attribute("replica identity")
        .map(|_| format!("ALTER TABLE ONLY {table} REPLICA IDENTITY USING INDEX {name}"));
    clustered.into_iter().chain(identity).collect()
}

/// What was not valid becomes so where that is the only difference.
pub(super) fn alter(old: &Object, new: &Object, attributes: &[&str]) -> Option<Vec<String>> {
    let (table, name) = (new.fact("table")?, new.fact("sql")?);
    let mut statements = Vec::new();
    for attribute in attributes {
        match *attribute {
            "definition" => {
                let was = old.attribute("definition")?.strip_suffix(" NOT VALID")?;
                if was != new.attribute("definition")? {
                    return None;
                }
                let alter = new.fact("drop")?.split(" DROP CONSTRAINT ").next()?;
                statements.push(format!("{alter} VALIDATE CONSTRAINT {name}"));
            }
            "clustered" if new.attribute("clustered").is_none() => {
                statements.push(format!("ALTER TABLE {table} SET WITHOUT CLUSTER"));
            }
            "replica identity" if new.attribute("replica identity").is_none() => {
                statements.push(format!("ALTER TABLE ONLY {table} REPLICA IDENTITY DEFAULT"));
            }
            "clustered" | "replica identity" => statements.extend(settings(new)),
            _ => return None,
        }
    }
    Some(statements)
}

//! Tables, with what they inherit and the partitioned tables they are part of.
//! <https://www.postgresql.org/docs/current/sql-createtable.html>

use super::read::{Reader, Relation, class, names, object, own, set};
use super::{INHERITANCE, MATERIALIZED_VIEW, PARTITION, SEQUENCE};
use crate::backend::BackendError;
use crate::schema::{Identity, Kind, Object};

/// All relations: tables are added, of the others the identities are kept.
pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let options = |source: &str, prefix: &str| {
        format!(
            "(SELECT string_agg('{prefix}' || quote_ident(option_name) || '=' || quote_literal(option_value), ', ' \
             ORDER BY option_name) FROM pg_options_to_table({source}))"
        )
    };
    let sql = format!(
        "SELECT c.oid, n.nspname, c.relname, format('%I.%I', n.nspname, c.relname), c.relkind, c.relpersistence, \
         concat_ws(', ', {}, {}), c.relispartition, pg_get_expr(c.relpartbound, c.oid), \
         CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END, c.relrowsecurity, c.relforcerowsecurity, \
         c.relreplident, nullif(am.amname, current_setting('default_table_access_method')), c.reltype, y.typarray, \
         (SELECT string_agg(i.inhparent::text, ',' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid), \
         (SELECT format('%I.%I', yn.nspname, ot.typname) FROM pg_type ot JOIN pg_namespace yn \
         ON yn.oid = ot.typnamespace WHERE ot.oid = c.reloftype) \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am am ON am.oid = c.relam \
         LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid LEFT JOIN pg_type y ON y.oid = c.reltype \
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND {} ORDER BY c.oid",
        options("c.reloptions", ""),
        options("toast.reloptions", "toast."),
        own("n.nspname", class::RELATION, "c.oid")
    );
    for row in reader.rows(&sql)? {
        let (kind, name, oid) = (row.text(4), row.text(3), row.oid(0));
        let is_table = kind == "r" || kind == "p";
        let id_kind = match kind {
            "v" => Kind::VIEW,
            "m" => MATERIALIZED_VIEW,
            "S" => SEQUENCE,
            _ => Kind::TABLE,
        };
        let id = Identity::new(id_kind, names(row.text(1), &[row.text(2)]));
        let parents = row.text(16).split(',').filter_map(|oid| oid.parse().ok()).collect();
        let relation = Relation { id: id.clone(), sql: name.to_owned(), is_partition: row.is(7), is_table, parents };
        reader.relations.insert(oid, relation);
        reader.ids.insert((class::RELATION, oid, 0), id.clone());
        for kind in [14, 15] {
            reader.ids.insert((class::TYPE, row.oid(kind), 0), id.clone());
        }
        if !is_table {
            continue;
        }
        // The statement is put together with the columns when the table is made.
        let mut table = object(id, format!("TABLE {name}"), String::new());
        table.facts.insert("sql", name.to_owned());
        set(&mut table, "unlogged", (row.text(5) == "u").then_some("yes"));
        set(&mut table, "options", row.get(6));
        set(&mut table, "partition key", row.get(9));
        set(&mut table, "row security", row.is(10).then_some("yes"));
        set(&mut table, "forced row security", row.is(11).then_some("yes"));
        let identity = match row.text(12) {
            "f" => Some("FULL"),
            "n" => Some("NOTHING"),
            _ => None,
        };
        set(&mut table, "replica identity", identity);
        set(&mut table, "access method", row.get(13));
        set(&mut table, "of type", row.get(17));
        if row.is(7) {
            table.facts.insert("bound", row.text(8).to_owned());
        }
        reader.add(class::RELATION, oid, table);
    }
    Ok(())
}

/// What a table inherits or is a partition of: an object of its own, because both can be there without it.
pub(super) fn read_partitions(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let relations: Vec<Relation> = reader.relations.values().cloned().collect();
    for child in relations {
        let parents = child.parents.iter().enumerate();
        for (place, parent) in parents.filter_map(|(place, oid)| Some((place, reader.relations.get(oid)?))) {
            let table = reader.catalog.get(&child.id);
            let (name, parent_name) = (&child.sql, &parent.sql);
            let bound = table.and_then(|table| table.fact("bound")).unwrap_or_default();
            let mut link = if child.is_partition {
                let mut link = object(
                    Identity::new(PARTITION, child.id.names.clone()),
                    String::new(),
                    format!("ALTER TABLE ONLY {parent_name} ATTACH PARTITION {name} {bound}"),
                );
                link.facts.insert("drop", format!("ALTER TABLE ONLY {parent_name} DETACH PARTITION {name}"));
                link
            } else {
                let names = child.id.names.iter().chain(&parent.id.names);
                let mut link = object(
                    Identity::new(INHERITANCE, names.cloned()),
                    String::new(),
                    format!("ALTER TABLE {name} INHERIT {parent_name}"),
                );
                link.facts.insert("drop", format!("ALTER TABLE {name} NO INHERIT {parent_name}"));
                link.facts.insert("parent", parent_name.clone());
                link.facts.insert("place", format!("{place:05}"));
                link
            };
            set(&mut link, "of", Some(parent_name));
            set(&mut link, "bound", Some(bound));
            link.part_of = Some(child.id.clone());
            link.needs.push(parent.id.clone());
            reader.catalog.insert(link);
        }
    }
    Ok(())
}

/// What can be changed in place, or nothing where the table has to be made anew.
pub(super) fn alter(old: &Object, new: &Object, attributes: &[&str]) -> Option<Vec<String>> {
    let name = new.fact("named").unwrap_or_default();
    let mut statements = Vec::new();
    for attribute in attributes {
        let value = new.attribute(attribute);
        match *attribute {
            "unlogged" => {
                statements.push(format!("ALTER {name} SET {}", if value.is_some() { "UNLOGGED" } else { "LOGGED" }));
            }
            "options" => statements.extend(options(name, old, new)),
            "row security" => {
                let word = if value.is_some() { "ENABLE" } else { "DISABLE" };
                statements.push(format!("ALTER {name} {word} ROW LEVEL SECURITY"));
            }
            "forced row security" => {
                let word = if value.is_some() { "FORCE" } else { "NO FORCE" };
                statements.push(format!("ALTER {name} {word} ROW LEVEL SECURITY"));
            }
            "replica identity" => {
                let word = value.unwrap_or("DEFAULT");
                statements.push(format!("ALTER {name} REPLICA IDENTITY {word}"));
            }
            _ => return None,
        }
    }
    Some(statements)
}

/// Storage parameters of a relation: those that are gone, then those that are new.
pub(super) fn options(named: &str, old: &Object, new: &Object) -> Vec<String> {
    let split = |object: &Object| -> Vec<(String, String)> {
        let text = object.attribute("options").unwrap_or_default();
        let pairs = text.split("', ").filter_map(|pair| pair.split_once("='"));
        pairs.map(|(name, value)| (name.to_owned(), value.trim_end_matches('\'').to_owned())).collect()
    };
    let (was, is) = (split(old), split(new));
    let gone: Vec<&str> =
        was.iter().filter(|(name, _)| !is.iter().any(|(other, _)| other == name)).map(|(name, _)| &**name).collect();
    let reset = (!gone.is_empty()).then(|| format!("ALTER {named} RESET ({})", gone.join(", ")));
    let changed: Vec<String> =
        is.iter().filter(|pair| !was.contains(pair)).map(|(name, value)| format!("{name}='{value}'")).collect();
    let set = (!changed.is_empty()).then(|| format!("ALTER {named} SET ({})", changed.join(", ")));
    reset.into_iter().chain(set).collect()
}

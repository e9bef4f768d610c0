//! Indexes, and which index of a partitioned table they are part of.
//! <https://www.postgresql.org/docs/current/sql-createindex.html>

use std::collections::HashMap;

use super::read::{Reader, class, names, object, own, set};
use super::{ATTACHMENT, PARTITION};
use crate::backend::BackendError;
use crate::schema::{Identity, Kind, Object};

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = format!(
        "SELECT i.indexrelid, i.indrelid, n.nspname, c.relname, format('%I.%I', n.nspname, c.relname), \
         CASE WHEN k.oid IS NULL THEN pg_get_indexdef(i.indexrelid) END, i.indisvalid, i.indisclustered, i.indisreplident, h.inhparent, \
         (SELECT format('%I.%I', pn.nspname, p.relname) FROM pg_class p JOIN pg_namespace pn ON pn.oid = p.relnamespace \
         WHERE p.oid = h.inhparent), quote_ident(c.relname), \
         CASE WHEN k.oid IS NULL THEN (SELECT string_agg(format('%s SET STATISTICS %s', a.attnum, a.attstattarget), ', ' \
         ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND coalesce(a.attstattarget, -1) >= 0) END \
         FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x') \
         LEFT JOIN pg_inherits h ON h.inhrelid = i.indexrelid WHERE {} ORDER BY i.indexrelid",
        own("n.nspname", class::RELATION, "c.oid")
    );
    let rows = reader.rows(&sql)?;
    let mut partitions: HashMap<u32, Vec<Identity>> = HashMap::new();
    for child in reader.relations.values().filter(|child| child.is_partition) {
        for parent in &child.parents {
            partitions.entry(*parent).or_default().push(Identity::new(PARTITION, child.id.names.clone()));
        }
    }
    for row in &rows {
        let Some(relation) = reader.relations.get(&row.oid(1)).cloned() else { continue };
        let of_constraint = reader.ids.contains_key(&(class::RELATION, row.oid(0), 0));
        let id = Identity::new(Kind::INDEX, names(row.text(2), &[row.text(3)]));
        let partitions = partitions.get(&row.oid(1)).into_iter().flatten().cloned();
        if of_constraint {
            // The key of a partitioned table is made once its partitions are there, so that theirs are found.
            let key = reader.id(class::RELATION, row.oid(0), 0).cloned();
            if let Some(key) = key.and_then(|id| reader.catalog.get_mut(&id)) {
                key.needs.extend(partitions);
            }
            continue;
        }
        let mut index = object(id, format!("INDEX {}", row.text(4)), row.text(5).to_owned());
        set(&mut index, "definition", row.get(5));
        set(&mut index, "invalid", (!row.is(6)).then_some("yes"));
        set(&mut index, "clustered", row.is(7).then_some("yes"));
        set(&mut index, "replica identity", row.is(8).then_some("yes"));
        set(&mut index, "statistics", row.get(12));
        index.facts.insert("table", relation.sql.clone());
        index.facts.insert("sql", row.text(11).to_owned());
        index.part_of = Some(relation.id.clone());
        index.needs.extend(partitions);
        reader.add(class::RELATION, row.oid(0), index);
    }
    for row in rows.iter().filter(|row| row.get(9).is_some()) {
        let child = reader.id(class::RELATION, row.oid(0), 0).cloned();
        let parent = reader.id(class::RELATION, row.oid(9), 0).cloned();
        let (Some(child), Some(parent)) = (child, parent) else { continue };
        let id = Identity::new(ATTACHMENT, names(row.text(2), &[row.text(3)]));
        let sql = format!("ALTER INDEX {} ATTACH PARTITION {}", row.text(10), row.text(4));
        let mut attachment = object(id, String::new(), sql);
        // It cannot be undone but with the index.
        attachment.facts.remove("drop");
        set(&mut attachment, "of", row.get(10));
        let table =
            reader.relations.get(&row.oid(1)).map(|relation| Identity::new(PARTITION, relation.id.names.clone()));
        attachment.needs = [parent].into_iter().chain(table).collect();
        attachment.part_of = Some(child);
        reader.catalog.insert(attachment);
    }
    Ok(())
}

/// What is said of an index besides the statement that makes it.
pub(super) fn settings(index: &Object) -> Vec<String> {
    let (table, name) = (index.fact("table").unwrap_or_default(), index.fact("sql").unwrap_or_default());
    let clustered = index.attribute("clustered").map(|_| format!("ALTER TABLE {table} CLUSTER ON {name}"));
    let identity = index
        .attribute("replica identity")
        .map(|_| format!("ALTER TABLE ONLY {table} REPLICA IDENTITY USING INDEX {name}"));
    let named = index.fact("named").unwrap_or_default();
    let statistics = index.attribute("statistics").into_iter().flat_map(|all| all.split(", "));
    let statistics = statistics.map(|one| format!("ALTER {named} ALTER COLUMN {one}"));
    clustered.into_iter().chain(identity).chain(statistics).collect()
}

/// What can be changed in place.
pub(super) fn alter(new: &Object, attributes: &[&str]) -> Option<Vec<String>> {
    let table = new.fact("table")?;
    let mut statements = Vec::new();
    for attribute in attributes {
        match (*attribute, new.attribute(attribute)) {
            ("clustered", None) => statements.push(format!("ALTER TABLE {table} SET WITHOUT CLUSTER")),
            ("replica identity", None) => statements.push(format!("ALTER TABLE ONLY {table} REPLICA IDENTITY DEFAULT")),
            ("clustered" | "replica identity", Some(_)) => statements.extend(settings(new)),
            _ => return None,
        }
    }
    Some(statements)
}

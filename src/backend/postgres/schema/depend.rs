//! What needs what. <https://www.postgresql.org/docs/current/catalog-pg-depend.html>

use std::collections::HashMap;

use super::read::{Reader, Relation};
use super::{INHERITANCE, PARTITION, SEQUENCE};
use crate::backend::BackendError;
use crate::schema::{Identity, Kind};

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = "SELECT classid, objid, objsubid, refclassid, refobjid, refobjsubid FROM pg_depend \
               WHERE deptype IN ('n', 'a', 'i') AND refobjid >= 16384 AND objid >= 16384";
    let rows = reader.rows(sql)?;
    let mut needs: HashMap<&Identity, Vec<Identity>> = HashMap::new();
    let wholes: HashMap<&Identity, &Identity> =
        reader.catalog.objects().filter_map(|object| Some((&object.id, object.part_of.as_ref()?))).collect();
    for row in rows {
        let number = |column: usize| row.text(column).parse::<i32>().unwrap_or_default();
        let dependent = reader.id(row.oid(0), row.oid(1), number(2));
        let needed = reader.id(row.oid(3), row.oid(4), number(5));
        let (Some(dependent), Some(needed)) = (dependent, needed) else { continue };
        // That a sequence belongs to a column is an object of its own.
        let is_ownership = dependent.kind == SEQUENCE && needed.kind == Kind::COLUMN;
        if dependent != needed && !is_ownership && !is_part(&wholes, needed, dependent) {
            needs.entry(dependent).or_default().push(needed.clone());
        }
    }
    let needs: Vec<(Identity, Vec<Identity>)> = needs.into_iter().map(|(id, needed)| (id.clone(), needed)).collect();
    for (id, mut needed) in needs {
        let Some(object) = reader.catalog.get_mut(&id) else { continue };
        object.needs.append(&mut needed);
        object.needs.sort();
        object.needs.dedup();
    }
    needs_of_children(reader)
}

/// Is `part` somewhere inside of `whole`?
fn is_part(wholes: &HashMap<&Identity, &Identity>, part: &Identity, whole: &Identity) -> bool {
    wholes.get(part).is_some_and(|of| *of == whole || is_part(wholes, of, whole))
}

/// A column of a child is made with that of its parent, and both are right before one inherits from the other.
fn needs_of_children(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let is_child = |child: &&Relation| child.is_table && !child.parents.is_empty();
    let children: Vec<Relation> = reader.relations.values().filter(is_child).cloned().collect();
    if children.is_empty() {
        return Ok(());
    }
    let mut parts: HashMap<Identity, Vec<Identity>> = HashMap::new();
    for part in reader.catalog.objects() {
        if let (Some(table), Kind::COLUMN | Kind::CONSTRAINT) = (&part.part_of, part.id.kind) {
            parts.entry(table.clone()).or_default().push(part.id.clone());
        }
    }
    let none = Vec::new();
    for child in children {
        let own = parts.get(&child.id).unwrap_or(&none);
        for parent in child.parents.iter().filter_map(|oid| reader.relations.get(oid)) {
            for id in own {
                let above = Identity::new(id.kind, parent.id.names.iter().chain(id.names.last()).cloned());
                let has_above = reader.catalog.contains(&above);
                if let Some(part) = reader.catalog.get_mut(id).filter(|_| has_above)
                    && part.attribute("inherited").is_some()
                {
                    part.needs.push(above);
                }
            }
            let link = match child.is_partition {
                true => Identity::new(PARTITION, child.id.names.clone()),
                false => Identity::new(INHERITANCE, child.id.names.iter().chain(&parent.id.names).cloned()),
            };
            if let Some(link) = reader.catalog.get_mut(&link) {
                let above = parts.get(&parent.id).unwrap_or(&none).iter().filter(|id| id.kind == Kind::COLUMN);
                link.needs.extend(own.iter().chain(above).cloned());
            }
        }
    }
    Ok(())
}

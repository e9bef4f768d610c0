//! In which order partitions come and go with what the tables above them have.
//! <https://www.postgresql.org/docs/current/ddl-partitioning.html>

use std::borrow::Cow;
use std::collections::HashMap;

use super::circle::referenced;
use super::{ATTACHMENT, PARTITION};
use crate::schema::{Catalog, Identity, Kind, Object};

/// The index of a partitioned table is made once its partitions are there; when they go, it is in nobody's way. A
/// foreign key to a table that goes with its partitions is in the way of each of them.
pub(super) fn as_it_goes<'c>(from: &'c Catalog, to: &Catalog) -> Cow<'c, Catalog> {
    let (mut catalog, children) = (Cow::Borrowed(from), children(from));
    let is_gone = |table: &&Identity| !to.contains(table);
    let is_concerned = |object: &&Object| {
        object.needs.iter().any(|id| id.kind == PARTITION) || referenced(object).any(|table| is_gone(&table))
    };
    for object in from.objects().filter(is_concerned) {
        let mut needs: Vec<Identity> = object.needs.iter().filter(|id| id.kind != PARTITION).cloned().collect();
        let gone = referenced(object).filter(is_gone);
        needs.extend(gone.flat_map(|table| partitions(table, &children)));
        if needs != object.needs
            && let Some(object) = catalog.to_mut().get_mut(&object.id)
        {
            object.needs = needs;
        }
    }
    catalog
}

/// A key of a partitioned table can be referred to once those of its partitions are part of it. A partition that has
/// partitions is attached before they are, for what it has from above does not reach them later. A foreign key of a
/// partition is made behind those of the tables above, or it could become part of one that is like it.
pub(super) fn as_it_comes(to: &Catalog) -> Cow<'_, Catalog> {
    let mut attachments: HashMap<&Identity, Vec<&Identity>> = HashMap::new();
    let mut keys: HashMap<&Identity, Vec<&Identity>> = HashMap::new();
    for object in to.objects() {
        if object.id.kind == ATTACHMENT {
            object.needs.iter().for_each(|key| attachments.entry(key).or_default().push(&object.id));
        } else if let (Some("f"), Some(table)) = (object.fact("type"), &object.part_of) {
            keys.entry(table).or_default().push(&object.id);
        }
    }
    let mut catalog = Cow::Borrowed(to);
    let is_foreign_key = |object: &Object| object.fact("type") == Some("f");
    let is_key = |id: &Identity| to.get(id).is_some_and(is_foreign_key);
    for object in to.objects().filter(|object| object.id.kind == PARTITION || is_foreign_key(object)) {
        let Some(table) = &object.part_of else { continue };
        let link = |table: &Identity| Identity::new(PARTITION, table.names.clone());
        let mut needs = object.needs.clone();
        if object.id.kind == PARTITION {
            needs.retain(|id| !is_key(id));
            needs.extend(above(table, to).first().map(|above| link(above)).filter(|link| to.contains(link)));
        } else {
            needs.extend(object.needs.iter().filter_map(|id| attachments.get(id)).flatten().copied().cloned());
            let above = above(table, to);
            needs.extend((!above.is_empty()).then(|| link(table)));
            needs.extend(above.iter().filter_map(|table| keys.get(table)).flatten().copied().cloned());
        }
        if needs != object.needs
            && let Some(object) = catalog.to_mut().get_mut(&object.id)
        {
            object.needs = needs;
        }
    }
    catalog
}

/// The tables that a table is a partition of, from the nearest on.
fn above<'c>(table: &'c Identity, catalog: &'c Catalog) -> Vec<&'c Identity> {
    let (mut all, mut next) = (Vec::new(), Some(table));
    while let Some(table) = next {
        let link = catalog.parts_of(table).find(|part| part.id.kind == PARTITION);
        next = link.and_then(|link| link.needs.iter().find(|id| id.kind == Kind::TABLE && *id != table));
        all.extend(next);
    }
    all
}

type Children<'c> = HashMap<&'c Identity, Vec<&'c Identity>>;

/// The partitions of each table.
fn children(catalog: &Catalog) -> Children<'_> {
    let mut children: Children<'_> = HashMap::new();
    for link in catalog.of_kind(PARTITION) {
        let Some(child) = &link.part_of else { continue };
        for above in link.needs.iter().filter(|id| id.kind == Kind::TABLE && *id != child) {
            children.entry(above).or_default().push(child);
        }
    }
    children
}

/// The partitions of a table, and theirs.
fn partitions(table: &Identity, children: &Children<'_>) -> Vec<Identity> {
    let direct = children.get(table).into_iter().flatten();
    direct.flat_map(|child| [vec![(*child).clone()], partitions(child, children)].concat()).collect()
}

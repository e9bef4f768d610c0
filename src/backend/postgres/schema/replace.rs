//! A table that has to be made anew, because it becomes partitioned or stops to be, keeps its rows.
//!
//! Tables below it that both schemas have stay where they are, and are attached or inherit anew. The other rows are
//! put aside and come back once all partitions are there.
//! <https://www.postgresql.org/docs/current/ddl-partitioning.html>

use std::collections::BTreeSet;

use super::closure::Lookup;
use super::column::{conversion, go_on_counting};
use super::{INHERITANCE, MATERIALIZED_VIEW, PARTITION, RULE, phase, rebuild};
use crate::schema::{Action, Catalog, Hazard, Identity, Kind, Object};

/// The rows of a table, as something that is made.
const ROWS: Kind = Kind("rows");

/// Both schemas have the table, with other words behind `PARTITION BY`.
pub(super) fn changes_key(table: &Identity, from: &Catalog, to: &Catalog) -> bool {
    let key = |catalog: &Catalog| Some(catalog.get(table)?.attribute("partition key").map(str::to_owned));
    matches!((key(from), key(to)), (Some(old), Some(new)) if old != new)
}

/// Does a table that both schemas have get columns from tables that it does not inherit from all the time?
/// <https://www.postgresql.org/docs/current/ddl-inherit.html>
pub(super) fn needs_parents(child: &Identity, from: &Catalog, to: &Catalog) -> bool {
    let keeps_parent = from.parts_of(child).any(|link| link.id.kind == INHERITANCE && to.contains(&link.id));
    let inherits = |part: &Object| part.attribute("inherited").is_some();
    from.contains(child)
        && to
            .parts_of(child)
            .filter(|part| inherits(part))
            .any(|part| !keeps_parent || !from.get(&part.id).is_some_and(inherits))
}

/// A table and all tables that inherit from it or are partitions of it.
pub(super) fn below(table: &Identity, lookup: &Lookup<'_>) -> BTreeSet<Identity> {
    let links = |id: &Identity| {
        lookup.dependants(id).iter().filter(|link| is_link(link)).filter_map(|link| link.part_of.clone()).collect()
    };
    reached(table, links)
}

/// A table and all tables that it inherits from or is a partition of.
pub(super) fn above(table: &Identity, catalog: &Catalog) -> BTreeSet<Identity> {
    let links = |id: &Identity| {
        let needed = catalog.parts_of(id).filter(|link| is_link(link)).flat_map(|link| &link.needs);
        needed.filter(|id| id.kind == Kind::TABLE).cloned().collect()
    };
    reached(table, links)
}

fn is_link(object: &Object) -> bool {
    [PARTITION, INHERITANCE].contains(&object.id.kind)
}

fn reached(table: &Identity, next: impl Fn(&Identity) -> Vec<Identity>) -> BTreeSet<Identity> {
    let (mut all, mut waiting) = (BTreeSet::new(), vec![table.clone()]);
    while let Some(id) = waiting.pop() {
        if all.insert(id.clone()) {
            waiting.extend(next(&id));
        }
    }
    all
}

/// What puts the rows of `table` aside, what brings them back, and what the latter makes. Nothing where no row would
/// go with the table.
pub(super) fn keep(
    table: &Identity,
    removed: &BTreeSet<Identity>,
    from: &Lookup<'_>,
    to: &Lookup<'_>,
) -> Option<(Action, Action, Object)> {
    let (old, new) = (from.catalog.get(table)?, to.catalog.get(table)?);
    let holds_rows =
        |id: &Identity| from.catalog.get(id).is_some_and(|table| table.attribute("partition key").is_none());
    let goes = |id: &&Identity| *id == table || removed.contains(*id);
    let tables = below(table, from);
    let sources: Vec<&Object> =
        tables.iter().filter(goes).filter(|id| holds_rows(id)).filter_map(|id| from.catalog.get(id)).collect();
    let columns = |object: &Object| object.id.kind == Kind::COLUMN && object.attribute("generated").is_none();
    let pairs: Vec<(&Object, &Object)> = to
        .parts(table)
        .iter()
        .filter(|column| columns(column))
        .filter_map(|column| Some((from.catalog.get(&column.id)?, *column)))
        .collect();
    if sources.is_empty() || pairs.is_empty() {
        return None;
    }
    let name = new.fact("sql")?;
    let schema = old.fact("sql")?.strip_suffix(rebuild::quoted_last(old.fact("sql")?))?;
    let aside = format!("{schema}{}", rebuild::quoted(&rebuild::aside(old, from.catalog, to.catalog)));
    let list = |side: fn(&(&Object, &Object)) -> Option<String>| -> String {
        pairs.iter().filter_map(side).collect::<Vec<_>>().join(", ")
    };
    let names = list(|(_, new)| new.fact("sql").map(str::to_owned));
    let selects: Vec<String> = sources
        .iter()
        .map(|source| format!("SELECT {names} FROM ONLY {}", source.fact("sql").unwrap_or_default()))
        .collect();
    let put_aside = Action {
        phase: phase::RENAME,
        title: format!("put the rows of table {} aside", table.path()),
        sql: vec![format!("CREATE TABLE {aside} AS {}", selects.join(" UNION ALL "))],
        hazards: [Hazard::TableRewrite].into(),
        ..Action::default()
    };
    let values = list(|(old, new)| conversion(old, new).or(new.fact("sql").map(str::to_owned)));
    let counts = pairs.iter().filter_map(|(_, column)| {
        column.attribute("identity")?;
        Some(go_on_counting(column.fact("sequence name")?, name, column.fact("sql")?))
    });
    let id = Identity::new(ROWS, table.names.clone());
    let others = sources.iter().map(|source| source.id.clone()).filter(|source| source != table);
    let bring_back = Action {
        phase: phase::ROWS,
        title: format!("bring the rows of table {} back", table.path()),
        sql: [
            vec![
                format!("INSERT INTO {name} ({names}) OVERRIDING SYSTEM VALUE SELECT {values} FROM {aside}"),
                format!("DROP TABLE {aside}"),
            ],
            counts.collect(),
        ]
        .concat(),
        hazards: [Hazard::MayFail, Hazard::TableRewrite].into(),
        // Their rows may not fit either.
        makes: [id.clone()].into_iter().chain(others).collect(),
        ..Action::default()
    };
    let mut rows = super::read::object(id, String::new(), String::new());
    for id in below(table, to) {
        let links = to.parts(&id).iter().filter(|part| is_link(part) || part.id.kind == Kind::COLUMN);
        rows.needs.extend(links.map(|part| part.id.clone()));
        rows.needs.push(id);
    }
    Some((put_aside, bring_back, rows))
}

/// The schema with rows in it: what is made of rows, or looks at each that comes, is behind them.
pub(super) fn with_rows(catalog: &Catalog, rows: Vec<Object>) -> Catalog {
    let mut catalog = catalog.clone();
    let waits = |object: &&Object| {
        let is_behind = |table: &Identity| rows.iter().any(|rows| rows.needs.contains(table));
        match object.id.kind {
            MATERIALIZED_VIEW => !rows.is_empty(),
            Kind::TRIGGER | RULE => object.part_of.as_ref().is_some_and(is_behind),
            _ => false,
        }
    };
    let waiting: Vec<Object> = catalog.objects().filter(waits).cloned().collect();
    for mut object in waiting {
        object.needs.extend(rows.iter().map(|rows| rows.id.clone()));
        catalog.insert(object);
    }
    rows.into_iter().for_each(|rows| catalog.insert(rows));
    catalog
}

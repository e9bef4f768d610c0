//! Types made anew while the columns that have them keep their values, which go through text.

use std::collections::BTreeSet;

use super::{RANGE, default_privileges, grants, phase};
use crate::schema::{Action, Catalog, Hazard, Identity, Kind, Object, order};

/// One action for all types that change: the old ones under other names, the new ones, the columns, the old ones gone.
pub(super) fn rebuild(types: &BTreeSet<Identity>, from: &Catalog, to: &Catalog) -> Option<Action> {
    let pairs: Vec<(&Object, &Object)> = types.iter().filter_map(|id| Some((from.get(id)?, to.get(id)?))).collect();
    if pairs.is_empty() {
        return None;
    }
    let mut sql = Vec::new();
    let mut dropped = Vec::new();
    // The functions of a range type have its name, so it cannot stay under another one.
    let through_text = types.iter().any(|id| id.kind == RANGE);
    let columns = columns(types, from, to);
    if through_text {
        for column in columns.iter().filter(|column| column.attribute("inherited").is_none()) {
            let (table, name, kind) = (column.fact("table")?, column.fact("sql")?, text_of(column));
            sql.push(format!("ALTER TABLE {table} ALTER COLUMN {name} TYPE {kind} USING {name}::{kind}"));
        }
        let drops = pairs.iter().map(|(old, _)| Action {
            removes: vec![old.id.clone()],
            sql: old.fact("drop").map(str::to_owned).into_iter().collect(),
            ..Action::default()
        });
        sql.extend(order(drops.collect(), from, &Catalog::default()).into_iter().flat_map(|action| action.sql));
    }
    for (old, _) in pairs.iter().filter(|_| !through_text) {
        let aside = aside(old, from, to);
        sql.push(format!("ALTER {} RENAME TO {}", old.fact("named")?, quoted(&aside)));
        let name = old.fact("sql")?;
        let schema = name.strip_suffix(&format!(".{}", quoted_last(name))).unwrap_or("public");
        let word = old.fact("named")?.split(' ').next()?;
        dropped.push((old.id.clone(), format!("DROP {word} {schema}.{}", quoted(&aside))));
    }
    let made = |old: &Object, new: &Object| {
        let mut sql = vec![new.definition.clone()];
        sql.extend(new.attribute("comment").map(|_| super::comment::statement(new)));
        sql.extend(default_privileges::taken_back(new, from, &[old, new]));
        let belongings = |kind: Kind| to.parts_of(&new.id).filter(move |part| part.id.kind == kind);
        sql.extend(belongings(Kind::OWNER).map(|owner| owner.definition.clone()));
        sql.extend(belongings(Kind::GRANT).flat_map(|grant| grants::change(None, Some(grant))));
        Action { makes: vec![new.id.clone()], sql, ..Action::default() }
    };
    let creates = order(pairs.iter().map(|(old, new)| made(old, new)).collect(), &Catalog::default(), to);
    sql.extend(creates.iter().flat_map(|action| action.sql.iter().cloned()));
    let mut ids: Vec<Identity> = pairs.iter().map(|(_, new)| new.id.clone()).collect();
    for column in columns {
        let new = to.get(&column.id)?;
        let (table, name, kind) = (new.fact("table")?, new.fact("sql")?, new.attribute("type")?);
        ids.push(column.id.clone());
        if new.attribute("inherited").is_some() {
            continue;
        }
        let text = text_of(new);
        sql.push(format!("ALTER TABLE {table} ALTER COLUMN {name} TYPE {kind} USING {name}::{text}::{kind}"));
    }
    let drops = dropped.iter().map(|(id, sql)| Action {
        removes: vec![id.clone()],
        sql: vec![sql.clone()],
        ..Action::default()
    });
    let drops = order(drops.collect(), from, &Catalog::default());
    sql.extend(drops.iter().flat_map(|action| action.sql.iter().cloned()));
    let names: Vec<String> = pairs.iter().map(|(_, new)| new.id.to_string()).collect();
    Some(Action {
        phase: phase::TYPES,
        title: format!("build anew {}", names.join(", ")),
        sql,
        hazards: [Hazard::MayFail, Hazard::TableRewrite, Hazard::BlockingLock].into(),
        makes: ids.clone(),
        removes: ids,
        ..Action::default()
    })
}

fn text_of(column: &Object) -> &'static str {
    if column.attribute("type").is_some_and(|kind| kind.ends_with("[]")) { "text[]" } else { "text" }
}

/// Columns of these types that stay.
pub(super) fn columns<'c>(types: &BTreeSet<Identity>, from: &'c Catalog, to: &Catalog) -> Vec<&'c Object> {
    from.objects()
        .filter(|object| object.id.kind == Kind::COLUMN && to.contains(&object.id))
        .filter(|column| column.attribute("generated").is_none() && column.needs.iter().any(|id| types.contains(id)))
        .collect()
}

/// A name that neither schema has.
pub(super) fn aside(old: &Object, from: &Catalog, to: &Catalog) -> String {
    let mut name = format!("{}_old", old.name);
    while [from, to].iter().any(|catalog| catalog.objects().any(|object| object.name == name)) {
        name.push('_');
    }
    name
}

pub(super) fn quoted(name: &str) -> String {
    crate::sql::Dialect::PostgreSql.quote_identifier(name)
}

/// The last part of a qualified name, as it stands there.
pub(super) fn quoted_last(name: &str) -> &str {
    match name.strip_suffix('"') {
        Some(rest) => rest.rfind(".\"").map_or(name, |dot| &name[dot + 1..]),
        None => name.rfind('.').map_or(name, |dot| &name[dot + 1..]),
    }
}

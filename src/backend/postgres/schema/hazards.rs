//! What can go wrong with changes, as the manual tells it.
//! <https://www.postgresql.org/docs/current/sql-altertable.html>

use std::collections::BTreeSet;

use super::closure::Lookup;
use super::{COMPOSITE, DEFAULT, DOMAIN, MATERIALIZED_VIEW, PARTITION, SEQUENCE};
use crate::schema::{Hazard, Kind, Object};

use Hazard::{BlockingLock, DataLoss, MayFail, NotReversible, TableRewrite};

/// Of an object that is made; `existing`: is what it belongs to there already, so that there may be rows?
pub(super) fn of_added(object: &Object, to: &Lookup<'_>, existing: bool) -> BTreeSet<Hazard> {
    if !existing {
        return BTreeSet::new();
    }
    let definition = object.attribute("definition").unwrap_or_default();
    match object.id.kind {
        Kind::COLUMN => of_added_column(object, to),
        // It holds for rows to come only, until it is validated.
        Kind::CONSTRAINT if ["NOT VALID", "NOT ENFORCED"].iter().any(|end| definition.ends_with(end)) => [].into(),
        Kind::CONSTRAINT | PARTITION => [MayFail, BlockingLock].into(),
        Kind::INDEX if definition.starts_with("CREATE UNIQUE") => [MayFail, BlockingLock].into(),
        Kind::INDEX => [BlockingLock].into(),
        _ => [].into(),
    }
}

/// A value that is the same for all rows is kept once, for all of them; else every row is written.
fn of_added_column(column: &Object, to: &Lookup<'_>) -> BTreeSet<Hazard> {
    let default = to.parts(&column.id).iter().find(|part| part.id.kind == DEFAULT);
    let domains = column.needs.iter().filter(|id| id.kind == DOMAIN).filter_map(|id| to.catalog.get(id));
    let is_bound = |domain: &Object| {
        domain.attribute("not null").is_some()
            || to.parts(&domain.id).iter().any(|part| part.id.kind == Kind::CONSTRAINT)
    };
    let is_bound = domains.into_iter().any(is_bound);
    let generated = column.attribute("generated");
    let is_written = generated.is_some_and(|text| text.ends_with("STORED"))
        || column.attribute("identity").is_some()
        || default.is_some_and(|default| default.fact("volatile").is_some())
        || (is_bound && generated.is_none());
    let has_value = default.is_some() || column.attribute("identity").is_some();
    let is_demanded = column.attribute("not null").is_some_and(|text| !text.ends_with("NOT VALID"));
    let mut hazards = BTreeSet::new();
    if (is_demanded && !has_value) || is_bound {
        hazards.insert(MayFail);
    }
    if is_written {
        hazards.extend([TableRewrite, BlockingLock]);
    }
    hazards
}

/// Of an object that is dropped and made again, with the rows it had or with those it is made of.
pub(super) fn of_made_again(object: &Object) -> BTreeSet<Hazard> {
    match object.id.kind {
        Kind::TABLE if object.attribute("partition key").is_some() => [MayFail, BlockingLock].into(),
        Kind::TABLE => [MayFail, TableRewrite, BlockingLock].into(),
        MATERIALIZED_VIEW if object.attribute("not populated").is_none() => [TableRewrite, BlockingLock].into(),
        _ => [].into(),
    }
}

/// Of an object that goes.
pub(super) fn of_dropped(object: &Object) -> BTreeSet<Hazard> {
    match object.id.kind {
        Kind::TABLE => [DataLoss, NotReversible].into(),
        Kind::COLUMN if object.attribute("generated").is_none() => [DataLoss, NotReversible].into(),
        // Where it was is forgotten.
        SEQUENCE => [NotReversible].into(),
        _ => [].into(),
    }
}

/// Of an object that is changed in place.
pub(super) fn of_altered(old: &Object, new: &Object, attributes: &[&'static str], sql: &[String]) -> BTreeSet<Hazard> {
    let is_set = |name: &str| attributes.contains(&name) && new.attribute(name).is_some();
    let mut hazards = BTreeSet::new();
    match new.id.kind {
        Kind::COLUMN => {
            if attributes.contains(&"type") {
                hazards.extend(of_type(old, new));
            } else if attributes.contains(&"collation") {
                // Its indexes are made anew.
                hazards.insert(BlockingLock);
            }
            let is_new = is_set("not null") && old.attribute("not null").is_none();
            if is_new && new.attribute("not null").is_some_and(|text| !text.ends_with("NOT VALID")) {
                hazards.extend([MayFail, BlockingLock]);
            }
            if is_set("not null") && old.attribute("not null").is_some_and(|text| text.ends_with("NOT VALID")) {
                hazards.extend([MayFail, BlockingLock]);
            }
        }
        Kind::TABLE if attributes.contains(&"unlogged") => hazards.extend([TableRewrite, BlockingLock]),
        DOMAIN if is_set("not null") => hazards.extend([MayFail, BlockingLock]),
        // Others go on writing while it is validated.
        Kind::CONSTRAINT if attributes.contains(&"definition") => hazards.extend([MayFail]),
        COMPOSITE if sql.iter().any(|sql| sql.contains(" DROP ATTRIBUTE ")) => {
            hazards.extend([DataLoss, NotReversible])
        }
        _ => {}
    }
    hazards
}

fn of_type(old: &Object, new: &Object) -> BTreeSet<Hazard> {
    let (was, is) = (old.attribute("type").unwrap_or_default(), new.attribute("type").unwrap_or_default());
    let mut hazards: BTreeSet<Hazard> =
        if is_same_in_file(was, is) { [].into() } else { [TableRewrite, BlockingLock].into() };
    if !hazards.is_empty() && !holds_all(was, is) {
        hazards.insert(MayFail);
    }
    if is_rounded(was, is) {
        hazards.extend([DataLoss, NotReversible]);
    }
    if old.attribute("collation") != new.attribute("collation") {
        hazards.insert(BlockingLock);
    }
    hazards
}

/// The name of a type and the numbers in its parentheses.
fn parsed(kind: &str) -> (String, Vec<u32>) {
    let (before, rest) = kind.split_once('(').unwrap_or((kind, ""));
    let (numbers, after) = rest.split_once(')').unwrap_or(("", rest));
    let numbers = numbers.split(',').filter_map(|number| number.trim().parse().ok()).collect();
    (format!("{before}{after}"), numbers)
}

/// Is every value of the first type one of the second as it stands, so that the rows stay as they are?
fn is_same_in_file(was: &str, is: &str) -> bool {
    let ((old, limits), (new, new_limits)) = (parsed(was), parsed(is));
    let is_wider = || match (limits.first(), new_limits.first()) {
        (_, None) => true,
        (Some(old), Some(new)) => new >= old,
        (None, Some(_)) => false,
    };
    match (old.as_str(), new.as_str()) {
        // In an array each value is taken to the new limit.
        (old, new) if old.ends_with("[]") => old == new && (new_limits.is_empty() || was == is),
        ("numeric", "numeric") => new_limits.is_empty() || (is_wider() && limits.get(1) == new_limits.get(1)),
        ("character varying", "text" | "character varying") | ("text", "character varying") => is_wider(),
        ("cidr", "inet") => true,
        (old, new) => {
            let has_precision =
                ["timestamp", "time", "interval", "bit varying"].iter().any(|kind| old.starts_with(kind));
            old == new && (was == is || (has_precision && is_wider()))
        }
    }
}

/// Can every value be taken to the other type?
fn holds_all(was: &str, is: &str) -> bool {
    if ["text", "character varying"].contains(&is) {
        return true;
    }
    match (Digits::of(was), Digits::of(is)) {
        (Some(old), Some(new)) => new.whole >= old.whole,
        _ => {
            let is_moment = |kind: &str| kind.starts_with("timestamp") || kind == "date";
            is_moment(was) && is_moment(is)
        }
    }
}

/// Are there values of which a part is silently left out?
fn is_rounded(was: &str, is: &str) -> bool {
    let ((old, limits), (new, new_limits)) = (parsed(was), parsed(is));
    let is_moment = old.starts_with("time") && (new.starts_with("time") || new == "date");
    let precision = |limits: &[u32]| limits.first().copied().unwrap_or(6);
    if is_moment {
        return new == "date"
            || (old.starts_with("timestamp") && !new.starts_with("timestamp"))
            || precision(&new_limits) < precision(&limits);
    }
    matches!((Digits::of(was), Digits::of(is)), (Some(old), Some(new)) if new.fraction < old.fraction
        || new.significant < old.significant.min(old.whole.saturating_add(old.fraction)))
}

/// How many decimal digits a type of numbers has.
/// <https://www.postgresql.org/docs/current/datatype-numeric.html>
struct Digits {
    whole: u32,
    fraction: u32,
    /// Those that are kept of both together.
    significant: u32,
}

impl Digits {
    fn of(kind: &str) -> Option<Self> {
        let (name, numbers) = parsed(kind);
        let any = u32::MAX;
        let (whole, fraction, significant) = match (name.as_str(), &numbers[..]) {
            ("smallint", _) => (5, 0, any),
            ("integer", _) => (10, 0, any),
            ("bigint", _) => (19, 0, any),
            ("numeric", [precision, scale]) => (precision.saturating_sub(*scale), *scale, any),
            ("numeric", _) => (any, any, any),
            ("real", _) => (38, any, 6),
            ("double precision", _) => (308, any, 15),
            _ => return None,
        };
        Some(Self { whole, fraction, significant })
    }
}

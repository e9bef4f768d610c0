//! What runs a function needs what the function's body names, although nothing depends on it.
//!
//! A body that is text is not looked into when the function is made, but it is where an expression with the function is
//! planned or run. Where nobody tries that out, as for a dump, the words of the body tell.
//! <https://www.postgresql.org/docs/current/ddl-depend.html>

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::{AGGREGATE, COMPOSITE, DOMAIN, ENUM, FUNCTION, MATERIALIZED_VIEW, PARTITION, PROCEDURE, RANGE, SEQUENCE};
use crate::schema::{Action, Catalog, Identity, Kind, Object};

/// The catalog with these needs besides, as far as `actions`, which make it from nothing, then do not wait for each
/// other.
pub(super) fn with_mentions<'c>(catalog: Cow<'c, Catalog>, actions: &[Action]) -> Cow<'c, Catalog> {
    if !catalog.objects().any(|object| [FUNCTION, PROCEDURE].contains(&object.id.kind)) {
        return catalog;
    }
    let (names, mut steps) = (names(&catalog), Steps::of(actions, &catalog));
    let mut learnt: Vec<(Identity, Identity)> = Vec::new();
    for runner in catalog.objects().filter(|object| runs(object)) {
        for named in named_by_bodies(runner, &catalog, &names) {
            if steps.put(named, &runner.id) {
                learnt.push((runner.id.clone(), named.clone()));
            }
        }
    }
    let mut catalog = catalog;
    for (runner, named) in learnt {
        catalog.to_mut().learn(&runner, &named);
    }
    catalog
}

/// Are its expressions planned or run when it is made, even without a row?
fn runs(object: &Object) -> bool {
    match object.id.kind {
        Kind::CONSTRAINT | Kind::INDEX => true,
        Kind::COLUMN => object.attribute("generated").is_some(),
        Kind::TABLE => object.attribute("partition key").is_some(),
        MATERIALIZED_VIEW => object.attribute("not populated").is_none(),
        _ => false,
    }
}

type Names<'c> = HashMap<&'c str, Vec<&'c Identity>>;

/// What a body may name, by its last name, which a search path may complete.
fn names(catalog: &Catalog) -> Names<'_> {
    let relations = [Kind::TABLE, Kind::VIEW, MATERIALIZED_VIEW, SEQUENCE];
    let others = [FUNCTION, PROCEDURE, AGGREGATE, ENUM, DOMAIN, RANGE, COMPOSITE];
    let mut names: Names<'_> = HashMap::new();
    for id in catalog.objects().map(|object| &object.id) {
        if relations.contains(&id.kind) || others.contains(&id.kind) {
            let name = id.names.last().and_then(|name| name.split('(').next()).unwrap_or_default();
            names.entry(name).or_default().push(id);
        }
    }
    names
}

/// What the bodies of functions name that `runner` runs, itself or through what it needs.
fn named_by_bodies<'c>(runner: &'c Object, catalog: &'c Catalog, names: &Names<'c>) -> BTreeSet<&'c Identity> {
    let (mut found, mut seen, mut waiting) = (BTreeSet::new(), HashSet::new(), vec![runner]);
    while let Some(object) = waiting.pop() {
        if !seen.insert(&object.id) {
            continue;
        }
        // The rows of tables are not looked at with functions.
        let is_run = |id: &Identity| ![Kind::TABLE, Kind::COLUMN, PARTITION].contains(&id.kind);
        waiting.extend(object.needs.iter().filter(|id| is_run(id)).filter_map(|id| catalog.get(id)));
        if object.id.kind == DOMAIN {
            waiting.extend(catalog.parts_of(&object.id).filter(|part| part.id.kind == Kind::CONSTRAINT));
        }
        if [FUNCTION, PROCEDURE].contains(&object.id.kind) {
            let named: BTreeSet<&Identity> = mentioned(&object.definition, names).collect();
            waiting.extend(named.iter().filter(|id| is_run(id)).filter_map(|id| catalog.get(id)));
            found.extend(named);
        }
    }
    found
}

fn mentioned<'c>(text: &str, names: &Names<'c>) -> impl Iterator<Item = &'c Identity> {
    let plain = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let words: BTreeSet<String> = plain
        .flat_map(|word| [word.to_owned(), word.to_lowercase()])
        .chain(text.split('"').map(str::to_owned))
        .collect();
    words.into_iter().filter_map(|word| names.get(&*word)).flatten().copied()
}

/// Which action waits for which.
struct Steps<'a> {
    makers: HashMap<&'a Identity, usize>,
    before: Vec<BTreeSet<usize>>,
}

impl<'a> Steps<'a> {
    fn of(actions: &'a [Action], catalog: &Catalog) -> Self {
        let made = |(number, action): (usize, &'a Action)| action.makes.iter().map(move |id| (id, number));
        let makers: HashMap<&Identity, usize> = actions.iter().enumerate().flat_map(made).collect();
        let needed = |action: &Action| {
            let objects = action.makes.iter().filter_map(|id| catalog.get(id));
            objects
                .flat_map(|object| object.needs.iter().chain(&object.part_of))
                .filter_map(|id| makers.get(id))
                .copied()
                .collect()
        };
        let before = actions.iter().map(needed).collect();
        Self { makers, before }
    }

    /// Puts what makes `first` before what makes `second`, if that is not the other way round already.
    fn put(&mut self, first: &Identity, second: &Identity) -> bool {
        let (Some(&first), Some(&second)) = (self.makers.get(first), self.makers.get(second)) else { return false };
        !self.waits(first, second) && self.before[second].insert(first)
    }

    /// Does an action wait for another one, or is it the same?
    fn waits(&self, action: usize, other: usize) -> bool {
        let (mut seen, mut waiting) = (HashSet::new(), vec![action]);
        while let Some(next) = waiting.pop() {
            if next == other {
                return true;
            }
            if seen.insert(next) {
                waiting.extend(&self.before[next]);
            }
        }
        false
    }
}

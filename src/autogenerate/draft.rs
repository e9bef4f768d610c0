//! The way from a schema to another and back.

use std::collections::BTreeSet;

use super::printed::pair;
use super::{Comparison, Error, scratch};
use crate::backend::schema::{DraftPart, Schema};
use crate::schema::{Action, Catalog, Hazard, Identity, Kind, Rename, candidates, diff, resolve};
use crate::script::PartMode;

/// What a user says about a draft.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Renames besides those that are declared.
    pub renames: Vec<Rename>,
    /// What looks like a rename is a drop and an add.
    pub no_renames: bool,
    /// Hazards that are errors.
    pub refuse: BTreeSet<Hazard>,
    /// Are objects that are not compared an error?
    pub strict: bool,
}

/// A way there and back.
#[derive(Debug)]
pub struct Draft {
    /// The way there.
    pub upgrade: Vec<DraftPart>,
    /// The way back.
    pub downgrade: Vec<DraftPart>,
    /// What is renamed: the object as it is, and as it shall be.
    pub renamed: Vec<(Identity, Identity)>,
    /// The schema after the renames, before everything else.
    pub(super) renamed_schema: Catalog,
    /// The schema that shall be, with what is not compared as it is in the other.
    pub(super) declared: Catalog,
}

impl Draft {
    /// Is there nothing to do?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.upgrade.is_empty()
    }

    /// Makes the two ways of the schemas.
    pub(super) fn order(&mut self, schema: &dyn Schema) {
        let there = self.renamed.iter().map(|(old, new)| schema.rename(old, new)).collect();
        let back = self.renamed.iter().rev().map(|(old, new)| schema.rename(new, &under_new_table(old, new))).collect();
        let (draft, from, to) = (schema.drafter(), &self.renamed_schema, &self.declared);
        (self.upgrade, self.downgrade) = std::thread::scope(|scope| {
            let upgrade = scope.spawn(|| draft(from, to));
            let downgrade = draft(to, from);
            (upgrade.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), downgrade)
        });
        add(&mut self.upgrade, there, true);
        add(&mut self.downgrade, back, false);
    }

    /// What the upgrade does, in order.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.upgrade.iter().flat_map(|part| &part.actions)
    }
}

/// Drafts what leads from one side of `comparison` to the other.
///
/// # Errors
/// [`Error::AmbiguousRename`], a rename that cannot be, refused hazards, or objects that are not compared under
/// `strict`.
pub fn draft(comparison: &Comparison, options: &Options) -> Result<Draft, Error> {
    let unmodelled = comparison.unmodelled();
    if options.strict && !unmodelled.is_empty() {
        return Err(Error::Unmodelled { objects: unmodelled.into_iter().map(str::to_owned).collect() });
    }
    let renamed = renames(comparison, options)?;
    // The engine itself says what a rename does to everything that has the name.
    let mut database = match renamed.is_empty() {
        true => comparison.workshop.any()?,
        false => scratch::with(&comparison.workshop, &comparison.from)?,
    };
    let schema = database.schema()?;
    let actions: Vec<Action> = renamed.iter().map(|(old, new)| schema.rename(old, new)).collect();
    let (mut renamed_schema, mut declared) = (comparison.from.clone(), comparison.to.clone());
    if !actions.is_empty() {
        scratch::run(database.as_mut(), &actions)?;
        renamed_schema = database.schema()?.catalog()?;
        // What is left alone has followed its table.
        comparison.filter.apply(&mut renamed_schema, &mut declared);
    }
    drop(database);
    if !actions.is_empty() {
        pair(&comparison.workshop, &renamed_schema, &mut declared)?;
    }
    let changes = diff(&renamed_schema, &declared);
    let candidates = candidates(&changes, &renamed_schema, &declared);
    if !options.no_renames && !candidates.is_empty() {
        // Whoever asks people may wait for long.
        comparison.workshop.close();
        return Err(Error::AmbiguousRename { candidates });
    }
    let mut database = comparison.workshop.any()?;
    let schema = database.schema()?;
    let mut draft = Draft { upgrade: Vec::new(), downgrade: Vec::new(), renamed, renamed_schema, declared };
    draft.order(schema);
    refuse(&draft, &options.refuse)?;
    Ok(draft)
}

/// Tables before columns, whose tables then have their new names.
fn renames(comparison: &Comparison, options: &Options) -> Result<Vec<(Identity, Identity)>, Error> {
    let mut all: Vec<&Rename> = options.renames.iter().chain(&comparison.renames).collect();
    all.sort();
    all.dedup();
    let mut pairs = all
        .into_iter()
        .map(|rename| resolve(rename, &comparison.from, &comparison.to))
        .collect::<Result<Vec<_>, _>>()?;
    pairs.sort_by(|(one, _), (other, _)| (one.kind != Kind::TABLE, one).cmp(&(other.kind != Kind::TABLE, other)));
    pairs.dedup();
    Ok(pairs)
}

/// The way back renames columns first, while their table still has its new name.
fn under_new_table(old: &Identity, new: &Identity) -> Identity {
    match (old.kind, old.names.last(), &new.names[..]) {
        (Kind::COLUMN, Some(name), [table @ .., _]) => Identity::new(Kind::COLUMN, table.iter().chain([name]).cloned()),
        _ => old.clone(),
    }
}

fn add(parts: &mut Vec<DraftPart>, actions: Vec<Action>, first: bool) {
    if actions.is_empty() {
        return;
    }
    if parts.is_empty() {
        parts.push(DraftPart { mode: PartMode::Transaction, actions: Vec::new() });
    }
    let part = if first { parts.first_mut() } else { parts.last_mut() };
    if let Some(part) = part {
        let place = if first { 0 } else { part.actions.len() };
        part.actions.splice(place..place, actions);
    }
}

fn refuse(draft: &Draft, refused: &BTreeSet<Hazard>) -> Result<(), Error> {
    let hit: Vec<&Action> = draft.actions().filter(|action| !action.hazards.is_disjoint(refused)).collect();
    if hit.is_empty() {
        return Ok(());
    }
    let hazards: BTreeSet<Hazard> =
        hit.iter().flat_map(|action| action.hazards.intersection(refused)).copied().collect();
    Err(Error::Refused {
        hazards: hazards.into_iter().collect(),
        titles: hit
            .iter()
            .map(|action| [std::slice::from_ref(&action.title), &action.notes].concat().join(", "))
            .collect(),
    })
}

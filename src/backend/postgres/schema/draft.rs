//! From two catalogs to statements.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::circle::{Circles, referenced};
use super::closure::{Disturbed, Lookup, close};
use super::partitions::{as_it_comes, as_it_goes};
use super::replace::with_rows;
use super::{
    ATTACHMENT, COMPOSITE, DOMAIN, ENUM, FUNCTION, INHERITANCE, OWNERSHIP, PARTITION, PROCEDURE, RANGE, SEQUENCE,
    create, default_privileges, hazards, not_null, phase, rebuild, relabel, replace,
};
use crate::backend::schema::DraftPart;
use crate::schema::{Action, Catalog, Change, Hazard, Identity, Kind, Object, diff, order};
use crate::script::PartMode;

/// New values of enums are committed first, because a value cannot be used in the transaction that adds it;
/// everything else is one transaction. <https://www.postgresql.org/docs/current/sql-altertype.html>
pub(super) fn draft(from: &Catalog, to: &Catalog) -> Vec<DraftPart> {
    let (from, renames) = relabel::relabel(&as_it_goes(from, to), to);
    let (from, to) = (&from, not_null::with_names(&from, to));
    let to = &*to;
    let Drafted { values, actions, loose, rows } = actions(from, to);
    let (from, mut to) = (without_parents(from, &loose), without_parents(to, &loose));
    if !rows.is_empty() {
        to = Cow::Owned(with_rows(&to, rows));
    }
    let mut parts = Vec::new();
    let mut rest = with_settings(order(actions, &from, &as_it_comes(&to)));
    rest.splice(0..0, renames);
    for actions in [values, rest] {
        if !actions.is_empty() {
            parts.push(DraftPart { mode: PartMode::Transaction, actions });
        }
    }
    parts
}

/// A column whose table gets other parents is changed on its own.
fn without_parents<'c>(catalog: &'c Catalog, loose: &BTreeSet<Identity>) -> Cow<'c, Catalog> {
    let mut changed = Cow::Borrowed(catalog);
    for id in loose.iter().filter(|id| catalog.contains(id)) {
        if let Some(object) = changed.to_mut().get_mut(id) {
            object.needs.retain(|needed| needed.kind != id.kind);
        }
    }
    changed
}

/// What a draft is made of.
pub(super) struct Drafted {
    /// New values of enums, in order.
    pub(super) values: Vec<Action>,
    /// Everything else, in no order.
    pub(super) actions: Vec<Action>,
    /// Inherited columns and constraints of tables whose parents change.
    loose: BTreeSet<Identity>,
    /// Rows that come back into tables that are made again.
    rows: Vec<Object>,
}

/// Bodies of functions that are text are not looked into: what they name may come later.
/// <https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-CHECK-FUNCTION-BODIES>
fn with_settings(mut actions: Vec<Action>) -> Vec<Action> {
    let has_routine =
        actions.iter().flat_map(|action| &action.makes).any(|id| [FUNCTION, PROCEDURE].contains(&id.kind));
    if has_routine {
        let sql = vec!["SET LOCAL check_function_bodies = off".to_owned()];
        actions.insert(
            0,
            Action { title: "do not look into the bodies of functions yet".to_owned(), sql, ..Action::default() },
        );
    }
    actions
}

/// What leads from a catalog to the other.
pub(super) fn actions(from: &Catalog, to: &Catalog) -> Drafted {
    let changes = diff(from, to);
    let (old, new) = (Lookup::new(from), Lookup::new(to));
    let mut drafting = Drafting {
        old,
        new,
        changed: BTreeMap::new(),
        removed: BTreeSet::new(),
        disturbed: Disturbed::default(),
        gone: BTreeSet::new(),
    };
    drafting.sort_out(&changes);
    let circles = Circles::among(&drafting.removed, &drafting.old);
    let (values, mut actions) = drafting.actions(&changes, &circles);
    let rows = drafting.keep_rows(&mut actions);
    let is_loose = |part: &&Object| part.attribute("inherited").is_some() && !drafting.keeps_parents(part);
    let loose = from.objects().chain(to.objects()).filter(is_loose).map(|part| part.id.clone()).collect();
    Drafted { values, actions, loose, rows }
}

pub(super) struct Drafting<'c> {
    pub(super) old: Lookup<'c>,
    pub(super) new: Lookup<'c>,
    /// What is altered, with the attributes.
    pub(super) changed: BTreeMap<&'c Identity, Vec<&'static str>>,
    /// What goes for good, without its parts.
    pub(super) removed: BTreeSet<Identity>,
    pub(super) disturbed: Disturbed,
    /// What is not there after the drops, parts and all.
    pub(super) gone: BTreeSet<Identity>,
}

impl<'c> Drafting<'c> {
    /// Which changes are made in place, and what has to be dropped and made again.
    fn sort_out(&mut self, changes: &[Change<'c>]) {
        let types = [ENUM, DOMAIN, RANGE, COMPOSITE];
        for change in changes {
            match change {
                // That columns come from above can only be said where a table is made.
                Change::Added(link) if link.id.kind == INHERITANCE => {
                    let child = link.part_of.as_ref();
                    let follows = |child: &&Identity| replace::needs_parents(child, self.old.catalog, self.new.catalog);
                    self.disturbed.again.extend(child.filter(follows).cloned());
                }
                Change::Added(_) => {}
                Change::Removed(object) => {
                    self.removed.insert(object.id.clone());
                    // An index cannot be taken out of that of the partitioned table, but with its partition.
                    let index = object.part_of.as_ref().filter(|_| object.id.kind == ATTACHMENT);
                    let stays =
                        |id: &&Identity| self.old.catalog.get(id).is_some_and(|index| self.keeps_parents(index));
                    self.disturbed.again.extend(index.filter(stays).cloned());
                }
                Change::Altered { from, to, attributes } => {
                    let id = &to.id;
                    let is_in_place = create::alter(from, to, attributes).is_some();
                    if id.kind == Kind::COLUMN
                        && is_in_place
                        && attributes.iter().any(|name| ["type", "collation"].contains(name))
                    {
                        self.disturbed.retyped.insert(id.clone());
                    }
                    match is_in_place {
                        true => {
                            self.changed.insert(id, attributes.clone());
                        }
                        false if types.contains(&id.kind) => {
                            self.disturbed.rebuilt.insert(id.clone());
                        }
                        false if id.kind == ATTACHMENT => self.disturbed.again.extend(to.part_of.clone()),
                        false => {
                            self.disturbed.again.insert(id.clone());
                        }
                    }
                }
            }
        }
        close(&mut self.disturbed, &self.removed, &self.old, self.new.catalog);
        let roots: Vec<&Identity> = self.removed.iter().chain(&self.disturbed.again).collect();
        for object in roots.into_iter().filter_map(|id| self.old.catalog.get(id)) {
            self.gone.extend(self.old.tree(object).into_iter().map(|part| part.id.clone()));
        }
    }

    fn actions(&self, changes: &[Change<'c>], circles: &Circles<'_>) -> (Vec<Action>, Vec<Action>) {
        let (mut values, mut actions) = (Vec::new(), Vec::new());
        let retyped_by_rebuild: BTreeSet<&Identity> =
            rebuild::columns(&self.disturbed.rebuilt, self.old.catalog, self.new.catalog)
                .iter()
                .map(|column| &column.id)
                .collect();
        for id in self.removed.iter().chain(&self.disturbed.again) {
            actions.extend(self.old.catalog.get(id).and_then(|object| self.drop(object, circles)));
        }
        let roots = self.removed.iter().chain(&self.disturbed.again);
        for key in roots.flat_map(|table| self.old.parts(table)).filter(|part| self.is_in_circle(part, circles)) {
            actions.extend(create::drop(key, &self.old));
        }
        actions.extend(rebuild::rebuild(&self.disturbed.rebuilt, self.old.catalog, self.new.catalog));
        for change in changes {
            match change {
                // What belongs to something that is made again comes with it.
                Change::Added(object) if object.part_of.as_ref().is_some_and(|whole| self.gone.contains(whole)) => {}
                Change::Added(object) => self.create(object, &mut actions),
                Change::Altered { from, to, .. } => {
                    let Some(attributes) = self.changed.get(&to.id).filter(|_| !self.gone.contains(&to.id)) else {
                        continue;
                    };
                    let mut attributes = attributes.clone();
                    if retyped_by_rebuild.contains(&to.id) {
                        attributes.retain(|attribute| *attribute != "type");
                    }
                    attributes.retain(|attribute| !self.is_done_above(to, attribute));
                    if attributes.is_empty() || self.disturbed.rebuilt.contains(&to.id) {
                        continue;
                    }
                    let Some(mut action) = create::alter(from, to, &attributes).filter(|action| !action.sql.is_empty())
                    else {
                        continue;
                    };
                    let children = self.below(&to.id);
                    action.makes.extend(children.iter().cloned());
                    action.removes.extend(children);
                    if to.id.kind == ENUM && attributes.contains(&"labels") {
                        values.push(action)
                    } else {
                        actions.push(action)
                    }
                }
                Change::Removed(_) => {}
            }
        }
        for object in self.disturbed.again.iter().filter_map(|id| self.new.catalog.get(id)) {
            // What goes along with something else comes back with it.
            let with_whole = object.part_of.as_ref().is_some_and(|whole| self.gone.contains(whole));
            if !with_whole {
                let first = actions.len();
                self.create(object, &mut actions);
                for action in &mut actions[first..] {
                    tell(action, " again");
                    let is_safe = |hazard: &Hazard| *hazard != Hazard::MayFail || object.id.kind == Kind::COLUMN;
                    let same = self.old.catalog.get(&object.id).is_some_and(|old| old.attributes == object.attributes);
                    action.hazards.retain(|hazard| !same || is_safe(hazard));
                    if action.makes.contains(&object.id) {
                        action.hazards.extend(hazards::of_made_again(object));
                    }
                }
            }
        }
        (order(values, self.old.catalog, self.new.catalog), actions)
    }

    /// Puts the rows of tables that are made again aside and brings them back.
    fn keep_rows(&self, actions: &mut Vec<Action>) -> Vec<Object> {
        let mut all = Vec::new();
        for table in self.disturbed.again.iter().filter(|id| id.kind == Kind::TABLE) {
            let Some((put_aside, bring_back, rows)) = replace::keep(table, &self.removed, &self.old, &self.new) else {
                continue;
            };
            // Partitions that go leave their rows behind.
            let partitions: BTreeSet<Identity> = replace::below(table, &self.old)
                .into_iter()
                .filter(|id| self.old.parts(id).iter().any(|part| part.id.kind == PARTITION))
                .collect();
            let emptied = |action: &&mut Action| action.removes.first().is_some_and(|id| partitions.contains(id));
            actions.iter_mut().filter(emptied).for_each(|action| action.hazards.clear());
            actions.extend([put_aside, bring_back]);
            all.push(rows);
        }
        all
    }

    /// Drops an object, if it does not go along with another one.
    fn drop(&self, object: &'c Object, circles: &Circles<'_>) -> Option<Action> {
        let goes_along = object.part_of.as_ref().is_some_and(|whole| self.gone.contains(whole));
        if goes_along || self.goes_with_other(object) {
            return None;
        }
        let mut action = create::drop(object, &self.old)?;
        if object.id.kind == OWNERSHIP {
            action.sql.extend(self.given_back(object));
        }
        action.sql.splice(0..0, self.detach(object));
        // The index of a partitioned table is not valid as long as a partition lacks one.
        if self.old.parts(&object.id).iter().any(|part| part.id.kind == PARTITION) {
            action.phase = phase::DROP_PARTITION;
        }
        let in_circle = |id: &Identity| self.old.catalog.get(id).is_some_and(|part| self.is_in_circle(part, circles));
        action.removes.retain(|id| !in_circle(id));
        action.removes.extend(self.below(&object.id));
        for part in self.old.tree(object) {
            // Sequences go with their column, and with the index of a partitioned table those of its partitions.
            let goes_along =
                |other: &&&Object| other.id.kind == OWNERSHIP || (other.id.kind == ATTACHMENT && part.id == object.id);
            let along = self.old.dependants(&part.id).iter().filter(goes_along);
            action.removes.extend(along.filter_map(|other| other.part_of.clone()));
        }
        if self.disturbed.again.contains(&object.id) {
            tell(&mut action, " to make it again");
            let comes_back = match object.id.kind {
                Kind::COLUMN => object.attribute("generated").is_some(),
                // Its rows are kept, in as many columns as it has then.
                Kind::TABLE => self
                    .old
                    .parts(&object.id)
                    .iter()
                    .all(|part| self.new.catalog.contains(&part.id) || part.id.kind != Kind::COLUMN),
                _ => false,
            };
            if comes_back {
                action.hazards.clear();
            }
        }
        Some(action)
    }

    /// A partition that a foreign key refers to cannot be dropped while it is one.
    fn detach(&self, table: &Object) -> Option<String> {
        let link = self.old.parts(&table.id).iter().find(|part| part.id.kind == PARTITION)?;
        let mut above = link.needs.iter().filter(|id| id.kind == Kind::TABLE && **id != table.id);
        let is_referred_to = |above: &Identity| {
            !self.gone.contains(above)
                && self.old.dependants(above).iter().any(|key| referenced(key).any(|id| id == above))
        };
        above.any(is_referred_to).then(|| link.fact("drop").map(str::to_owned)).flatten()
    }

    /// Does something else that goes take it along?
    fn goes_with_other(&self, object: &Object) -> bool {
        let parts = self.old.parts(&object.id);
        let leads = |kind: Kind| parts.iter().filter(move |part| part.id.kind == kind).flat_map(|part| &part.needs);
        let goes = match object.id.kind {
            Kind::COLUMN | Kind::CONSTRAINT if object.attribute("inherited").is_some() => {
                let above = |id: &&Identity| id.kind == object.id.kind && self.gone.contains(*id);
                object.needs.iter().filter(above).any(|id| self.keeps_parent(object, id))
            }
            SEQUENCE => leads(OWNERSHIP).any(|id| id.kind == Kind::COLUMN && self.gone.contains(id)),
            _ => false,
        };
        goes || self.keeps_parents(object)
            && leads(ATTACHMENT).any(|id| id.kind == object.id.kind && self.gone.contains(id))
    }

    /// Makes an object with everything that belongs to it.
    fn create(&self, object: &'c Object, actions: &mut Vec<Action>) {
        let mut made = BTreeSet::new();
        if object.id.kind == Kind::TABLE {
            let action = create::table(object, &self.new, self.gone.contains(&object.id));
            made.extend(action.makes.iter().cloned());
            actions.push(action);
        }
        for part in self.new.tree(object) {
            if made.contains(&part.id) || self.is_made_above(part) {
                continue;
            }
            let whole = part.part_of.as_ref();
            let existing = whole.is_some_and(|whole| self.old.catalog.contains(whole) && !self.gone.contains(whole));
            // A sequence is new; the column it counts may be an old one.
            let counts = part.id.kind == OWNERSHIP
                && part
                    .needs
                    .iter()
                    .any(|id| id.kind == Kind::COLUMN && self.old.catalog.contains(id) && !self.gone.contains(id));
            // One that is only given back to its column counts on by itself.
            let is_known = part.id.kind == OWNERSHIP && self.old.catalog.contains(&part.id);
            let mut action = create::create(part, &self.new, (existing || counts) && !is_known);
            if part.id.kind == OWNERSHIP {
                action.sql.splice(0..0, self.given_to_owner_of_table(part));
            }
            let below = self.below(&part.id);
            let with_it =
                below.iter().filter_map(|id| self.new.catalog.get(id)).filter(|child| self.is_made_above(child));
            action.sql.extend(with_it.flat_map(create::satellites));
            action.makes.extend(below);
            made.extend(action.makes.iter().cloned());
            if !action.sql.is_empty() {
                actions.push(action);
            }
        }
        for part in self.new.tree(object) {
            let maker = actions.iter_mut().rfind(|action| action.makes.contains(&part.id));
            maker.into_iter().for_each(|action| action.sql.extend(self.without_default_privileges(part)));
        }
    }

    /// What is made gets the privileges it has in the new schema, and no others.
    fn without_default_privileges(&self, object: &Object) -> Vec<String> {
        let known: Vec<&Object> = match self.gone.contains(&object.id) {
            true => [self.old.catalog, self.new.catalog].iter().filter_map(|catalog| catalog.get(&object.id)).collect(),
            false => Vec::new(),
        };
        default_privileges::taken_back(object, self.old.catalog, &known)
    }
}

/// Says something more of what is made or dropped, which is a part of what the title names where there are notes.
fn tell(action: &mut Action, more: &str) {
    match action.notes.last_mut() {
        Some(note) => note.push_str(more),
        None => action.title.push_str(more),
    }
}

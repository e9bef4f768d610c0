//! The order of changes.

use std::collections::{BTreeSet, HashMap};

use super::{Action, Catalog, Identity, Object};

/// Puts `actions`, which lead from `from` to `to`, in an order in which they can be done.
///
/// What is made comes after what it needs in the new schema, what is removed before what it needed in the old
/// one, and a name is free before it is taken again. Where none of that decides, phase, kind and names do, so
/// the same changes are always in the same order. A circle of needs is cut at its first action by those.
#[must_use]
pub fn order(actions: Vec<Action>, from: &Catalog, to: &Catalog) -> Vec<Action> {
    order_grouped(actions, from, to, |_| None::<()>)
}

/// Like [`order`], but an action of the same `group` as the one before comes first where it can be done.
#[must_use]
pub fn order_grouped<G: Eq>(
    actions: Vec<Action>,
    from: &Catalog,
    to: &Catalog,
    group: impl Fn(&Action) -> Option<G>,
) -> Vec<Action> {
    let groups: Vec<Option<G>> = actions.iter().map(group).collect();
    let before = edges(&actions, from, to);
    let mut waiting: Vec<BTreeSet<usize>> = before;
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); actions.len()];
    for (action, needed) in waiting.iter().enumerate() {
        for &other in needed {
            followers[other].push(action);
        }
    }
    let keys: Vec<Key<'_>> = actions.iter().map(key).collect();
    let mut ready = BTreeSet::new();
    let mut left: BTreeSet<(Key<'_>, usize)> = (0..actions.len()).map(|action| (keys[action], action)).collect();
    ready.extend(left.iter().filter(|(_, action)| waiting[*action].is_empty()).copied());
    let mut sorted = Vec::with_capacity(actions.len());
    let mut last: Option<usize> = None;
    loop {
        let group = last.and_then(|last| groups[last].as_ref());
        let same = ready.iter().find(|(_, action)| group.is_some() && groups[*action].as_ref() == group);
        let circle = || first_in_circle(&left, &waiting, &keys);
        let Some((_, next)) = same.or(ready.first()).copied().or_else(circle) else { break };
        ready.remove(&(keys[next], next));
        left.remove(&(keys[next], next));
        last = Some(next);
        sorted.push(next);
        for &follower in &followers[next] {
            let waits = &mut waiting[follower];
            waits.remove(&next);
            if waits.is_empty() && left.contains(&(keys[follower], follower)) {
                ready.insert((keys[follower], follower));
            }
        }
    }
    let mut places = vec![0; actions.len()];
    for (place, &action) in sorted.iter().enumerate() {
        places[action] = place;
    }
    let mut placed: Vec<(usize, Action)> = places.into_iter().zip(actions).collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, action)| action).collect()
}

/// The first action, by its key, of a circle of actions that wait for each other.
fn first_in_circle<'a>(
    left: &BTreeSet<(Key<'a>, usize)>,
    waiting: &[BTreeSet<usize>],
    keys: &[Key<'a>],
) -> Option<(Key<'a>, usize)> {
    let (_, mut action) = *left.first()?;
    let mut path: Vec<usize> = Vec::new();
    // Whoever waits has somebody to wait for, so the path comes back to itself.
    while !path.contains(&action) {
        path.push(action);
        action = *waiting[action].first()?;
    }
    let start = path.iter().position(|other| *other == action)?;
    path[start..].iter().map(|&action| (keys[action], action)).min()
}

type Key<'a> = (u8, Option<&'a Identity>);

fn key(action: &Action) -> Key<'_> {
    (action.phase, action.makes.first().or(action.removes.first()))
}

/// For each action, those that have to come before it.
fn edges(actions: &[Action], from: &Catalog, to: &Catalog) -> Vec<BTreeSet<usize>> {
    let by = |ids: fn(&Action) -> &Vec<Identity>| {
        let pairs =
            actions.iter().enumerate().flat_map(move |(number, action)| ids(action).iter().map(move |id| (id, number)));
        pairs.collect::<HashMap<&Identity, usize>>()
    };
    let (makers, removers) = (by(|action| &action.makes), by(|action| &action.removes));
    let freed: HashMap<&[String], usize> = removers.iter().map(|(id, action)| (&id.names[..], *action)).collect();
    let mut before = vec![BTreeSet::new(); actions.len()];
    for (number, action) in actions.iter().enumerate() {
        let mut put = |first: usize, second: usize| {
            if first != second {
                before[second].insert(first);
            }
        };
        for made in &action.makes {
            for needed in to.get(made).into_iter().flat_map(needs) {
                makers.get(needed).into_iter().for_each(|&maker| put(maker, number));
            }
            for &remover in freed.get(&made.names[..]).into_iter().chain(removers.get(made)) {
                put(remover, number);
            }
        }
        for removed in &action.removes {
            for needed in from.get(removed).into_iter().flat_map(needs) {
                removers.get(needed).into_iter().for_each(|&remover| put(number, remover));
            }
        }
    }
    before
}

fn needs(object: &Object) -> impl Iterator<Item = &Identity> {
    object.needs.iter().chain(&object.part_of)
}

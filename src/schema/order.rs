//! The order of changes.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

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
pub fn order_grouped<G: Eq + Hash>(
    actions: Vec<Action>,
    from: &Catalog,
    to: &Catalog,
    group: impl Fn(&Action) -> Option<G>,
) -> Vec<Action> {
    let mut numbers: HashMap<G, usize> = HashMap::new();
    let mut number = |group: G| {
        let next = numbers.len();
        *numbers.entry(group).or_insert(next)
    };
    let groups: Vec<Option<usize>> = actions.iter().map(|action| group(action).map(&mut number)).collect();
    let mut ready_of: Vec<BTreeSet<(Key<'_>, usize)>> = vec![BTreeSet::new(); numbers.len()];
    let mut waiting: Vec<BTreeSet<usize>> = edges(&actions, from, to);
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); actions.len()];
    for (action, needed) in waiting.iter().enumerate() {
        for &other in needed {
            followers[other].push(action);
        }
    }
    let keys: Vec<Key<'_>> = actions.iter().map(key).collect();
    let mut ready = BTreeSet::new();
    let mut left: BTreeSet<(Key<'_>, usize)> = (0..actions.len()).map(|action| (keys[action], action)).collect();
    for &(key, action) in left.iter().filter(|(_, action)| waiting[*action].is_empty()) {
        ready.insert((key, action));
        if let Some(group) = groups[action] {
            ready_of[group].insert((key, action));
        }
    }
    let mut sorted = Vec::with_capacity(actions.len());
    let mut last: Option<usize> = None;
    loop {
        let same = last.and_then(|last| ready_of[groups[last]?].first());
        let circle = || first_in_circle(&left, &waiting, &keys);
        let Some((_, next)) = same.or(ready.first()).copied().or_else(circle) else { break };
        ready.remove(&(keys[next], next));
        left.remove(&(keys[next], next));
        if let Some(group) = groups[next] {
            ready_of[group].remove(&(keys[next], next));
        }
        last = Some(next);
        sorted.push(next);
        for &follower in &followers[next] {
            let waits = &mut waiting[follower];
            waits.remove(&next);
            if waits.is_empty() && left.contains(&(keys[follower], follower)) {
                ready.insert((keys[follower], follower));
                if let Some(group) = groups[follower] {
                    ready_of[group].insert((keys[follower], follower));
                }
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
    let (mut path, mut places) = (Vec::new(), HashMap::new());
    // Whoever waits has somebody to wait for, so the path comes back to itself.
    while !places.contains_key(&action) {
        places.insert(action, path.len());
        path.push(action);
        action = *waiting[action].first()?;
    }
    let start = *places.get(&action)?;
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

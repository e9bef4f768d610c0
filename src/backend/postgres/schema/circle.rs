//! Foreign keys that lead in a circle: no table of it can be dropped before them.

use std::collections::{BTreeSet, HashMap};

use super::RULE;
use super::closure::Lookup;
use super::draft::Drafting;
use crate::schema::{Identity, Kind, Object};

/// The circles among tables: those with the same number can be reached from each other by foreign keys.
pub(super) struct Circles<'t>(HashMap<&'t Identity, usize>);

impl<'t> Circles<'t> {
    /// Kosaraju's algorithm, without recursion: a chain of references may be long.
    pub(super) fn among(tables: &'t BTreeSet<Identity>, lookup: &Lookup<'_>) -> Self {
        let tables: Vec<&Identity> = tables.iter().filter(|id| id.kind == Kind::TABLE).collect();
        let numbers: HashMap<&Identity, usize> = tables.iter().copied().zip(0..).collect();
        let (mut to, mut from) = (vec![Vec::new(); tables.len()], vec![Vec::new(); tables.len()]);
        for (number, table) in tables.iter().enumerate() {
            for other in lookup.parts(table).iter().flat_map(|part| referenced(part)).filter_map(|id| numbers.get(id)) {
                to[number].push(*other);
                from[*other].push(number);
            }
        }
        let mut circles: Vec<Option<usize>> = vec![None; tables.len()];
        for start in finished(&to).into_iter().rev() {
            let mut waiting = vec![start];
            while let Some(table) = waiting.pop() {
                if circles[table].is_none() {
                    circles[table] = Some(start);
                    waiting.extend(&from[table]);
                }
            }
        }
        Self(tables.into_iter().zip(circles.into_iter().flatten()).collect())
    }

    /// Is this a foreign key to another table of a circle that its own table is part of?
    pub(super) fn closes(&self, key: &Object) -> bool {
        let Some(table) = &key.part_of else { return false };
        let circle = self.0.get(table);
        circle.is_some() && referenced(key).any(|other| other != table && self.0.get(other) == circle)
    }
}

impl Drafting<'_> {
    /// Does it go before its table, because it leads to another one that goes?
    pub(super) fn is_in_circle(&self, part: &Object, circles: &Circles<'_>) -> bool {
        if part.id.kind == RULE {
            return self.leads_to_other_table_that_goes(part);
        }
        // The partitions of a table that refers to itself refer to each other.
        let is_partitioned_circle =
            part.part_of.as_ref().filter(|table| self.removed.contains(table)).is_some_and(|table| {
                let whole = self.old.catalog.get(table);
                whole.is_some_and(|whole| whole.attribute("partition key").is_some())
                    && referenced(part).any(|other| other == table)
            });
        is_partitioned_circle || circles.closes(part)
    }

    /// A rule goes before its table where it names another one, which may have to go before the table itself.
    fn leads_to_other_table_that_goes(&self, rule: &Object) -> bool {
        let Some(table) = rule.part_of.as_ref().filter(|table| self.gone.contains(table)) else { return false };
        let is_other = |id: &Identity| {
            let whole = self.old.catalog.get(id).and_then(|object| object.part_of.as_ref()).unwrap_or(id);
            whole.kind == Kind::TABLE && whole != table && self.gone.contains(whole)
        };
        rule.needs.iter().any(is_other)
    }
}

/// All places, each behind those that can be reached from it and were not reached before.
fn finished(to: &[Vec<usize>]) -> Vec<usize> {
    let (mut order, mut seen) = (Vec::new(), vec![false; to.len()]);
    for start in 0..to.len() {
        let mut path = if seen[start] { Vec::new() } else { vec![(start, 0)] };
        seen[start] = true;
        while let Some((place, next)) = path.pop() {
            match to[place].get(next) {
                Some(&other) => {
                    path.push((place, next + 1));
                    if !seen[other] {
                        seen[other] = true;
                        path.push((other, 0));
                    }
                }
                None => order.push(place),
            }
        }
    }
    order
}

/// The tables that a foreign key refers to.
pub(super) fn referenced(part: &Object) -> impl Iterator<Item = &Identity> {
    let is_key = part.fact("type") == Some("f");
    part.needs.iter().filter(move |id| is_key && id.kind == Kind::TABLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Catalog;

    fn id(number: usize) -> Identity {
        Identity::new(Kind::TABLE, [format!("t{number}")])
    }

    fn object(id: Identity) -> Object {
        Object {
            name: id.path(),
            id,
            attributes: [].into(),
            facts: [].into(),
            definition: String::new(),
            part_of: None,
            needs: Vec::new(),
        }
    }

    /// Tables with a foreign key for each pair, and those of the keys that close a circle.
    fn closing(tables: usize, keys: impl Iterator<Item = (usize, usize)>) -> Vec<(usize, usize)> {
        let mut catalog = Catalog::default();
        (0..tables).for_each(|number| catalog.insert(object(id(number))));
        let keys: Vec<(usize, usize)> = keys.collect();
        let key = |&(from, to): &(usize, usize)| {
            let mut key = object(Identity::new(Kind::CONSTRAINT, [format!("t{from}"), format!("to_{to}")]));
            key.facts.insert("type", "f".to_owned());
            key.part_of = Some(id(from));
            key.needs.push(id(to));
            key
        };
        keys.iter().for_each(|pair| catalog.insert(key(pair)));
        let removed: BTreeSet<Identity> = (0..tables).map(id).collect();
        let circles = Circles::among(&removed, &Lookup::new(&catalog));
        keys.into_iter().filter(|pair| circles.closes(&key(pair))).collect()
    }

    #[test]
    fn keys_of_circles_are_found() {
        // 0 and 1 refer to each other, 2 to itself and to them; 3, 4 and 5 are another circle.
        let keys = [(0, 1), (1, 0), (2, 2), (2, 0), (3, 4), (4, 5), (5, 3), (5, 0)];
        assert_eq!(closing(6, keys.into_iter()), [(0, 1), (1, 0), (3, 4), (4, 5), (5, 3)]);
    }

    #[test]
    fn a_long_chain_is_no_circle_and_a_long_circle_is_one() {
        let chain = (1..50_000).map(|number| (number, number - 1));
        assert_eq!(closing(50_000, chain.clone()), []);
        assert_eq!(closing(50_000, chain.chain([(0, 49_999)])).len(), 50_000);
    }
}

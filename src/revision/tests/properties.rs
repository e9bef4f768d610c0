//! What holds for every graph.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::revision::{Graph, Node, NodeSet, Offset, Range, Revision, Symbol, Target};

/// One revision of a random graph: what it names among those before it.
#[derive(Debug, Clone)]
struct Choice {
    parents: Vec<Index>,
    dependencies: Vec<Index>,
    label: bool,
    load: u32,
}

fn choice() -> impl Strategy<Value = Choice> {
    let parents = prop_oneof![1 => Just(0..=0), 8 => Just(1..=1), 3 => Just(2..=3)];
    let parents = parents.prop_flat_map(|count| vec(any::<Index>(), count));
    let dependencies = prop_oneof![3 => Just(0..=0), 1 => Just(1..=2)];
    let dependencies = dependencies.prop_flat_map(|count| vec(any::<Index>(), count));
    (parents, dependencies, prop::bool::weighted(0.2), any::<u32>())
        .prop_map(|(parents, dependencies, label, load)| Choice { parents, dependencies, label, load })
}

/// A name that lies within the last few revisions, so that lines grow long.
fn below(number: usize, index: &Index) -> usize {
    number - 1 - index.index(number.min(4))
}

/// A graph of up to 16 revisions with forks, merges, several bases, dependencies (by id or label) and
/// labels, in any load order.
fn any_graph() -> impl Strategy<Value = Graph> {
    vec(choice(), 0..16).prop_map(|choices| {
        let id = |number: usize| format!("r{number}");
        let name = |number: usize| if choices[number].label { format!("l{number}") } else { id(number) };
        let mut revisions: Vec<(u32, Revision)> = Vec::new();
        for (number, choice) in choices.iter().enumerate() {
            let named = |indices: &[Index]| -> BTreeSet<usize> {
                if number == 0 {
                    return BTreeSet::new();
                }
                indices.iter().map(|index| below(number, index)).collect()
            };
            let parents = named(&choice.parents);
            let dependencies = &named(&choice.dependencies) - &parents;
            let revision = Revision {
                id: id(number),
                parents: parents.into_iter().map(id).collect(),
                depends_on: dependencies.into_iter().map(name).collect(),
                branch_labels: choice.label.then(|| format!("l{number}")).into_iter().collect(),
            };
            revisions.push((choice.load, revision));
        }
        revisions.sort_by_key(|(load, _)| *load);
        Graph::new(revisions.into_iter().map(|(_, revision)| revision).collect()).unwrap()
    })
}

/// A graph and a part of it that can have been applied.
fn graph_and_applied() -> impl Strategy<Value = (Graph, NodeSet)> {
    (any_graph(), vec(any::<Index>(), 0..4)).prop_map(|(graph, indices)| {
        let applied = some(&graph, &indices);
        (graph, applied)
    })
}

fn some(graph: &Graph, indices: &[Index]) -> NodeSet {
    let nodes: Vec<Node> =
        if graph.is_empty() { Vec::new() } else { indices.iter().map(|index| index.index(graph.len())).collect() };
    graph.closure(nodes)
}

fn is_name(name: &str) -> bool {
    !["head", "heads", "base", "current"].contains(&name)
}

fn any_target() -> impl Strategy<Value = Target> {
    let symbol = prop_oneof![
        Just(Symbol::Head),
        Just(Symbol::Heads),
        Just(Symbol::Base),
        Just(Symbol::Current),
        "[rl][0-9]{1,2}|[a-z0-9_.]{1,8}".prop_filter("a name", |name| is_name(name)).prop_map(Symbol::Named),
    ];
    let offset = prop_oneof![
        (0..20_u32).prop_map(Offset::Up),
        (0..20_u32).prop_map(Offset::Down),
        any::<u32>().prop_map(Offset::Up)
    ];
    let branch = option::of("[rl][0-9]{1,2}|[a-z-]{1,8}");
    let both = (option::of(symbol), option::of(offset));
    (branch, both.prop_filter("something", |(symbol, offset)| symbol.is_some() || offset.is_some()))
        .prop_map(|(branch, (symbol, offset))| Target { branch, symbol, offset })
}

/// Targets that mean something in a random graph, and some that do not parse.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => any_target().prop_map(|target| target.to_string()),
        1 => "[a-z0-9@+:-]{0,12}",
        1 => any::<String>(),
    ]
}

/// All that must be applied before a revision.
fn needs(graph: &Graph, node: Node) -> impl Iterator<Item = Node> + '_ {
    graph.parents(node).iter().chain(graph.dependencies(node)).copied()
}

fn is_closed(graph: &Graph, set: &NodeSet) -> bool {
    set.iter().all(|node| needs(graph, node).all(|below| set.contains(below)))
}

/// The rule of the order, word for word and slowly.
fn newest_first_by_the_rule(graph: &Graph, set: &NodeSet) -> Vec<Node> {
    let mut lines = graph.maximal(set);
    let mut todo = set.clone();
    let mut output = Vec::new();
    let mut here = 0;
    while !lines.is_empty() {
        let candidate = lines[here];
        let still_needs = |line: &Node| *line != candidate && graph.closure([*line]).contains(candidate);
        if let Some(other) = lines.iter().position(still_needs) {
            here = other;
            continue;
        }
        output.push(candidate);
        todo.remove(candidate);
        let next = needs(graph, candidate).filter(|&node| todo.contains(node) && !lines.contains(&node));
        let next: Vec<Node> = next.collect();
        match next.split_first() {
            Some((&first, rest)) => {
                lines[here] = first;
                lines.extend(rest);
            }
            None => {
                lines.remove(here);
                here = here.saturating_sub(1);
            }
        }
    }
    output
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_upgrade_applies_what_is_needed_first((graph, applied) in graph_and_applied()) {
        let steps = graph.upgrade(&"heads".parse().unwrap(), &applied).unwrap();
        let mut now = applied;
        for node in steps {
            prop_assert!(needs(&graph, node).all(|below| now.contains(below)), "{}", graph.id(node));
            prop_assert!(now.insert(node));
            prop_assert_eq!(graph.closure(graph.maximal(&now)), now.clone());
        }
        prop_assert_eq!(graph.maximal(&now), graph.effective_heads());
        prop_assert_eq!(now.len(), graph.len());
    }

    #[test]
    fn an_upgrade_to_a_revision_applies_it_and_no_more(
        (graph, applied) in graph_and_applied(),
        index in any::<Index>(),
    ) {
        if !graph.is_empty() {
            let node = index.index(graph.len());
            let steps = graph.upgrade(&graph.id(node).parse().unwrap(), &applied).unwrap();
            let after = graph.set(applied.iter().chain(steps.iter().copied()));
            prop_assert_eq!(after, graph.closure(applied.iter().chain([node])));
            prop_assert!(steps.iter().all(|step| graph.closure([node]).contains(*step)));
        }
    }

    #[test]
    fn there_and_back_again(graph in any_graph()) {
        let up = graph.upgrade(&"heads".parse().unwrap(), &graph.no_nodes()).unwrap();
        let mut now = graph.set(up);
        for node in graph.downgrade(&"base".parse().unwrap(), &now).unwrap() {
            prop_assert!(now.remove(node));
            prop_assert!(is_closed(&graph, &now), "something still needed {}", graph.id(node));
        }
        prop_assert!(now.is_empty());
    }

    #[test]
    fn a_downgrade_leaves_what_can_stand((graph, applied) in graph_and_applied(), text in any_text()) {
        let Ok(target) = text.parse::<Target>() else { return Ok(()) };
        let Ok(steps) = graph.downgrade(&target, &applied) else { return Ok(()) };
        let mut now = applied;
        for node in steps {
            prop_assert!(now.remove(node));
            prop_assert!(is_closed(&graph, &now), "something still needed {}", graph.id(node));
        }
        if let Ok(Some(node)) = graph.resolve_one(&target, &now)
            && target.symbol.is_some()
        {
            prop_assert!(now.contains(node) || target.symbol == Some(Symbol::Current), "the target itself went");
        }
    }

    #[test]
    fn a_stamp_records_what_an_upgrade_would_apply(graph in any_graph(), index in any::<Index>()) {
        if !graph.is_empty() {
            let target: Target = graph.id(index.index(graph.len())).parse().unwrap();
            let upgraded = graph.set(graph.upgrade(&target, &graph.no_nodes()).unwrap());
            prop_assert_eq!(graph.stamp(&[target], &graph.no_nodes()).unwrap(), upgraded);
        }
    }

    #[test]
    fn a_stamp_leaves_what_can_stand((graph, applied) in graph_and_applied(), texts in vec(any_text(), 1..3)) {
        let parsed: Result<Vec<Target>, _> = texts.iter().map(|text| text.parse()).collect();
        let Ok(targets) = parsed else { return Ok(()) };
        if let Ok(after) = graph.stamp(&targets, &applied) {
            prop_assert!(is_closed(&graph, &after));
            for target in &targets {
                let named = graph.resolve(target, &applied).unwrap();
                prop_assert!(named.into_iter().all(|node| after.contains(node)), "{} was not kept", target);
            }
        }
    }

    #[test]
    fn the_order_follows_the_rule((graph, applied) in graph_and_applied(), wanted in vec(any::<Index>(), 0..4)) {
        let part = some(&graph, &wanted).difference(&applied);
        let order = graph.newest_first(&part);
        prop_assert_eq!(graph.set(order.iter().copied()), part.clone());
        prop_assert_eq!(order.len(), part.len());
        for (place, &node) in order.iter().enumerate() {
            prop_assert!(needs(&graph, node).all(|below| !order[..place].contains(&below)));
        }
        prop_assert_eq!(order, newest_first_by_the_rule(&graph, &part));
    }

    #[test]
    fn the_heads_of_everything_are_the_effective_heads(graph in any_graph()) {
        let all = graph.set(0..graph.len());
        prop_assert_eq!(graph.maximal(&all), graph.effective_heads());
        prop_assert_eq!(graph.closure(graph.heads()), all);
    }

    #[test]
    fn a_label_is_carried_by_all_descendants(graph in any_graph()) {
        for node in 0..graph.len() {
            for &parent in graph.parents(node) {
                for label in graph.branch_labels(parent) {
                    prop_assert!(graph.branch_labels(node).contains(label));
                }
            }
            for label in &graph.revision(node).branch_labels {
                prop_assert!(graph.branch_labels(node).contains(label));
            }
        }
    }

    #[test]
    fn a_history_range_lies_between_its_ends(
        (graph, applied) in graph_and_applied(),
        from in any_text(),
        to in any_text(),
    ) {
        let (Ok(from), Ok(to)) = (from.parse::<Target>(), to.parse::<Target>()) else { return Ok(()) };
        let range = Range { from: Some(from.clone()), to: Some(to.clone()) };
        let Ok(listed) = graph.history(&range, &applied) else { return Ok(()) };
        let set = graph.set(listed.iter().copied());
        prop_assert_eq!(graph.newest_first(&set), listed.clone());
        let lower = graph.resolve(&from, &applied).unwrap();
        prop_assert!(lower.iter().all(|&node| set.contains(node)));
        let above = graph.descendants(lower.iter().copied());
        prop_assert!(lower.is_empty() || listed.iter().all(|&node| above.contains(node)));
    }

    #[test]
    fn out_of_order_is_pending_below_applied(graph in any_graph(), flags in vec(any::<bool>(), 16)) {
        let (applied, pending): (Vec<Node>, Vec<Node>) = (0..graph.len()).partition(|&node| flags[node]);
        let applied = graph.set(applied);
        let found = graph.out_of_order(&pending, &applied);
        for (node, above) in &found {
            prop_assert!(applied.contains(*above) && graph.descendants([*node]).contains(*above));
        }
        let below_applied = graph.closure(applied.iter());
        let expected: Vec<Node> = pending.into_iter().filter(|&node| below_applied.contains(node)).collect();
        prop_assert_eq!(found.into_iter().map(|(node, _)| node).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_target_is_printed_as_it_is_read(target in any_target()) {
        prop_assert_eq!(target.to_string().parse(), Ok(target));
    }

    #[test]
    fn a_range_is_printed_as_it_is_read(ends in (option::of(any_target()), option::of(any_target()))) {
        let range = Range { from: ends.0, to: ends.1 };
        prop_assert_eq!(range.to_string().parse(), Ok(range));
    }

    #[test]
    fn no_text_is_too_odd_for_a_target((graph, applied) in graph_and_applied(), text in any_text()) {
        if let Ok(target) = text.parse::<Target>() {
            let one = graph.resolve(&target, &applied);
            let _ = graph.upgrade(&target, &applied);
            let _ = graph.downgrade(&target, &applied);
            if let Err(error) = one {
                prop_assert!(!error.kind().is_empty() && !error.to_string().is_empty());
            }
        }
        if let Ok(range) = text.parse::<Range>() {
            let _ = graph.history(&range, &applied);
        }
    }
}

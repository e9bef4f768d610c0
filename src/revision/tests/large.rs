//! Graphs of a size at which anything quadratic would not come to an end in a test.

use std::time::{Duration, Instant};

use crate::revision::{Graph, Node, Revision, Target};

fn revision(id: String, parents: Vec<String>) -> Revision {
    Revision { id, parents, ..Revision::default() }
}

/// Does everything that a command may do, in a time that allows for a slow machine without optimisation.
fn is_quick(revisions: Vec<Revision>) {
    let started = Instant::now();
    let graph = Graph::new(revisions).unwrap();
    let all = graph.set(0..graph.len());
    let order = graph.oldest_first(&all);
    assert_eq!(order.len(), graph.len());
    let pending: Vec<Node> = order.iter().copied().step_by(2).collect();
    let applied = graph.set(order.iter().copied().skip(1).step_by(2));
    assert!(graph.out_of_order(&pending, &applied).len() <= pending.len());
    let heads: Target = "heads".parse().unwrap();
    assert_eq!(graph.upgrade(&heads, &graph.no_nodes()).unwrap(), order);
    assert_eq!(graph.downgrade(&"base".parse().unwrap(), &all).unwrap().len(), graph.len());
    assert_eq!(graph.stamp(&[heads], &graph.no_nodes()).unwrap(), all);
    assert_eq!(graph.maximal(&all), graph.effective_heads());
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[test]
fn a_long_line() {
    let parents = |number: usize| number.checked_sub(1).map(|below| format!("r{below}")).into_iter().collect();
    is_quick((0..20_000).map(|number| revision(format!("r{number}"), parents(number))).collect());
}

#[test]
fn a_long_line_with_a_label_on_every_revision() {
    let parents = |number: usize| number.checked_sub(1).map(|below| format!("r{below}")).into_iter().collect();
    let labelled = |number| Revision {
        branch_labels: vec![format!("label{number}")],
        ..revision(format!("r{number}"), parents(number))
    };
    is_quick((0..20_000).map(labelled).collect());
}

#[test]
fn a_wide_fan_of_labelled_branches() {
    let branch = |number: usize| Revision {
        branch_labels: vec![format!("label{number}")],
        ..revision(format!("r{number}"), vec!["base0".to_owned()])
    };
    let base = revision("base0".to_owned(), Vec::new());
    is_quick([base].into_iter().chain((0..5_000).map(branch)).collect());
}

#[test]
fn a_ladder_of_merges() {
    let mut revisions = vec![revision("m0".to_owned(), Vec::new())];
    for number in 1..=2_000 {
        let below = format!("m{}", number - 1);
        let (left, right) = (format!("a{number}"), format!("b{number}"));
        revisions.push(revision(left.clone(), vec![below.clone()]));
        revisions.push(revision(right.clone(), vec![below]));
        revisions.push(revision(format!("m{number}"), vec![left, right]));
    }
    is_quick(revisions);
}

#[test]
fn two_lines_that_depend_on_each_other() {
    let mut revisions = Vec::new();
    for number in 0..10_000_usize {
        let below = |line: &str| number.checked_sub(1).map(|below| format!("{line}{below}")).into_iter().collect();
        let mut one = revision(format!("a{number}"), below("a"));
        let mut other = revision(format!("b{number}"), below("b"));
        one.depends_on = (0..number).rev().step_by(7).take(5).map(|number| format!("b{number}")).collect();
        other.depends_on = (0..=number).rev().step_by(11).take(5).map(|number| format!("a{number}")).collect();
        revisions.extend([one, other]);
    }
    is_quick(revisions);
}

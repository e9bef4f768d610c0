//! Large graphs: nothing a command does may take time that grows with the square of their size.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::revision::{Graph, Node, Revision, Target};

fn revision(id: String, parents: Vec<String>) -> Revision {
    Revision { id, parents, ..Revision::default() }
}

/// Does everything that a command may do.
fn work(revisions: Vec<Revision>) {
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
}

/// The processor's time this thread has had: what else the machine does is not in it.
fn processor_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap()
}

/// Four times the revisions take about four times the work, and not sixteen times.
fn does_not_grow_quadratically(graph_of: impl Fn(usize) -> Vec<Revision>, size: usize) {
    let least_of_two = |size: usize| {
        let once = || {
            let revisions = graph_of(size);
            let started = processor_time();
            work(revisions);
            processor_time() - started
        };
        once().min(once())
    };
    let (small, large) = (least_of_two(size / 4), least_of_two(size));
    assert!(large < small * 10, "{small:?} for {}, {large:?} for {size}", size / 4);
}

#[test]
fn a_long_line() {
    let parents = |number: usize| number.checked_sub(1).map(|below| format!("r{below}")).into_iter().collect();
    let line = |size| (0..size).map(|number| revision(format!("r{number}"), parents(number))).collect();
    does_not_grow_quadratically(line, 20_000);
}

#[test]
fn a_long_line_with_a_label_on_every_revision() {
    let parents = |number: usize| number.checked_sub(1).map(|below| format!("r{below}")).into_iter().collect();
    let labelled = |number| Revision {
        branch_labels: vec![format!("label{number}")],
        ..revision(format!("r{number}"), parents(number))
    };
    does_not_grow_quadratically(|size| (0..size).map(labelled).collect(), 20_000);
}

#[test]
fn a_wide_fan_of_labelled_branches() {
    let branch = |number: usize| Revision {
        branch_labels: vec![format!("label{number}")],
        ..revision(format!("r{number}"), vec!["base0".to_owned()])
    };
    let base = || revision("base0".to_owned(), Vec::new());
    does_not_grow_quadratically(|size| [base()].into_iter().chain((0..size).map(branch)).collect(), 5_000);
}

#[test]
fn a_ladder_of_merges() {
    let rung = |number: usize| {
        let below = format!("m{}", number - 1);
        let (left, right) = (format!("a{number}"), format!("b{number}"));
        let merge = revision(format!("m{number}"), vec![left.clone(), right.clone()]);
        [revision(left, vec![below.clone()]), revision(right, vec![below]), merge]
    };
    let base = || revision("m0".to_owned(), Vec::new());
    does_not_grow_quadratically(|size| [base()].into_iter().chain((1..=size).flat_map(rung)).collect(), 2_000);
}

#[test]
fn two_lines_that_depend_on_each_other() {
    let pair = |number: usize| {
        let below = |line: &str| number.checked_sub(1).map(|below| format!("{line}{below}")).into_iter().collect();
        let mut one = revision(format!("a{number}"), below("a"));
        let mut other = revision(format!("b{number}"), below("b"));
        one.depends_on = (0..number).rev().step_by(7).take(5).map(|number| format!("b{number}")).collect();
        other.depends_on = (0..=number).rev().step_by(11).take(5).map(|number| format!("a{number}")).collect();
        [one, other]
    };
    does_not_grow_quadratically(|size| (0..size).flat_map(pair).collect(), 10_000);
}

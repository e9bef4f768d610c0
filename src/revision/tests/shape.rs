//! Heads, bases, branch points, and the labels that revisions carry.

use super::{applied, graph, shown};

/// A trunk with two branches that are merged again, and a line on which one of them depends.
const DIAMOND: &str = "a; b <- a; c <- a needs x; m <- b, c; x";

#[test]
fn the_ends_of_a_graph() {
    let graph = graph(DIAMOND);
    assert_eq!(shown(&graph, graph.heads()), "m x");
    assert_eq!(shown(&graph, graph.effective_heads()), "m");
    assert_eq!(shown(&graph, graph.branch_points()), "a");
    let all = || 0..graph.len();
    assert_eq!(shown(&graph, all().filter(|&node| graph.is_base(node))), "a x");
    assert_eq!(shown(&graph, all().filter(|&node| graph.is_merge_point(node))), "m");
}

#[test]
fn an_empty_graph_has_no_ends() {
    let graph = graph("");
    assert!(graph.is_empty() && graph.heads().is_empty() && graph.effective_heads().is_empty());
    assert!(graph.newest_first(&graph.no_nodes()).is_empty());
}

#[test]
fn neighbours_are_in_load_order() {
    let graph = graph("d <- a; c <- a needs x; b <- a, x; a; x");
    let node = |id| graph.find(id).unwrap();
    assert_eq!(shown(&graph, graph.children(node("a")).iter().copied()), "d c b");
    assert_eq!(shown(&graph, graph.parents(node("b")).iter().copied()), "a x");
    assert_eq!(shown(&graph, graph.dependencies(node("c")).iter().copied()), "x");
    assert_eq!(shown(&graph, graph.dependents(node("x")).iter().copied()), "c");
}

#[test]
fn a_dependency_may_be_a_label() {
    let graph = graph("a needs lib; b; c <- b label lib; d <- c");
    assert_eq!(shown(&graph, graph.dependencies(0).iter().copied()), "c");
    assert_eq!(graph.revision(0).depends_on, ["lib"], "shown as the file has it");
}

#[test]
fn a_parent_named_twice_makes_no_merge_point() {
    let graph = graph("a; b <- a, a needs a");
    assert!(!graph.is_merge_point(1) && !graph.is_branch_point(0));
    assert_eq!(shown(&graph, graph.effective_heads()), "b");
}

#[test]
fn the_maximal_elements_see_through_what_is_missing_between() {
    let graph = graph(DIAMOND);
    let maximal = |ids: &str| {
        let set = graph.set(ids.split_whitespace().map(|id| graph.find(id).unwrap()));
        shown(&graph, graph.maximal(&set))
    };
    assert_eq!(maximal(""), "");
    assert_eq!(maximal("a b c"), "b c");
    assert_eq!(maximal("a m"), "m", "b and c are between");
    assert_eq!(maximal("c x"), "c", "dependencies count");
    assert_eq!(maximal("b x"), "b x");
    assert_eq!(shown(&graph, applied(&graph, "c").iter()), "a c x");
}

/// Every revision with its labels.
fn labels(text: &str) -> String {
    let graph = graph(text);
    let one = |node| format!("{}:{}", graph.id(node), graph.branch_labels(node).join("+"));
    (0..graph.len()).map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_label_passes_up_to_all_descendants() {
    assert_eq!(labels("a label x; b <- a; c <- b; d <- b; m <- c, d"), "a:x b:x c:x d:x m:x");
    assert_eq!(labels("a label x; b label y; m <- a, b"), "a:x b:y m:x+y");
    assert_eq!(labels("a label x; b needs a"), "a:x b:", "dependents are not descendants");
}

#[test]
fn a_label_passes_down_to_the_next_branch_or_merge_point() {
    assert_eq!(labels("a; b <- a; c <- b label x; d <- c"), "a:x b:x c:x d:x");
    assert_eq!(labels("a; b <- a; c <- a; d <- b label x"), "a: b:x c: d:x", "a is a branch point");
    assert_eq!(labels("a; b; m <- a, b; n <- m label x"), "a: b: m: n:x", "m is a merge point");
    assert_eq!(labels("a; b; m <- a, b label x"), "a: b: m:x", "the ways part below a merge point");
    assert_eq!(labels("a; b <- a label x; c needs a"), "a: b:x c:", "a dependent makes a branch point too");
    assert_eq!(labels("a; b <- a label x; c <- b; d <- b"), "a:x b:x c:x d:x", "down from a branch point");
}

#[test]
fn labels_are_in_load_order_each_once() {
    assert_eq!(labels("c <- b label z; b <- a label y, w; a label x"), "c:z+y+w+x b:z+y+w+x a:z+y+w+x");
    assert_eq!(labels("a label x; b <- a; c <- a; m <- c, b label y"), "a:x b:x c:x m:x+y");
}

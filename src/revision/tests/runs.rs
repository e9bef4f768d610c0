//! What upgrades, downgrades and history ranges are made of.

use super::{answer, applied, graph, shown};
use crate::revision::GraphError;

/// A trunk `a b` with two branches, and an application whose `q` depends on the library's `y`.
const FORK: &str = "a; b <- a; c <- b label left; d <- c; e <- b label right; f <- e";
const LIBRARY: &str = "p label app; q <- p needs y; r <- q; x label lib; y <- x; z <- y";

#[track_caller]
fn upgrades(text: &str, applied_ids: &str, target: &str, expected: &str) {
    let graph = graph(text);
    let steps = graph.upgrade(&target.parse().unwrap(), &applied(&graph, applied_ids));
    assert_eq!(answer(&graph, steps), expected, "{target} with {applied_ids:?} applied");
}

#[track_caller]
fn downgrades(text: &str, applied_ids: &str, target: &str, expected: &str) {
    let graph = graph(text);
    let steps = graph.downgrade(&target.parse().unwrap(), &applied(&graph, applied_ids));
    assert_eq!(answer(&graph, steps), expected, "{target} with {applied_ids:?} applied");
}

#[test]
fn an_upgrade_applies_what_the_target_needs() {
    upgrades(FORK, "", "d", "a b c d");
    upgrades(FORK, "b", "right@head", "e f");
    upgrades(FORK, "d", "heads", "e f");
    upgrades(FORK, "d", "d", "");
    upgrades(FORK, "d", "b", "");
    upgrades(FORK, "d", "base", "");
    upgrades(LIBRARY, "", "app@head", "x y p q r");
    upgrades(LIBRARY, "x", "q", "y p q");
    upgrades(LIBRARY, "", "heads", "x y z p q r");
}

#[test]
fn an_upgrade_goes_no_steps_or_some_up() {
    upgrades(FORK, "", "+2", "a b");
    upgrades(FORK, "a", "+0", "");
    upgrades(FORK, "e", "left@+2", "c d");
    upgrades(FORK, "d", "-1", "relative_too_far: `-1` goes beyond the head");
    upgrades(FORK, "a", "d-1", "b c");
}

#[test]
fn a_downgrade_reverts_all_that_is_above_the_target() {
    downgrades(FORK, "d f", "b", "d c f e");
    downgrades(FORK, "d f", "base", "d c f e b a");
    downgrades(FORK, "d f", "c", "d");
    downgrades(FORK, "d", "d", "");
    downgrades(FORK, "", "base", "");
    downgrades(LIBRARY, "r z", "x", "r q z y");
}

#[test]
fn a_downgrade_of_a_branch_keeps_the_others() {
    downgrades(FORK, "d f", "left@b", "d c");
    downgrades(FORK, "d f", "left@-2", "d c");
    downgrades(FORK, "d f", "left@c", "d");
    downgrades(FORK, "d f", "left@d", "");
    downgrades(FORK, "d f", "left@head", "");
    downgrades(LIBRARY, "r z", "app@base", "r q p");
    downgrades(LIBRARY, "r z", "lib@base", "r q z y x");
    downgrades(FORK, "d f", "left@base", "d c f e b a");
}

#[test]
fn a_downgrade_counts_on_the_line_of_what_is_current() {
    downgrades(FORK, "d", "-1", "d");
    downgrades(FORK, "d", "-4", "d c b a");
    downgrades(FORK, "d", "d-2", "d c");
    downgrades(FORK, "d", "-0", "");
    downgrades(LIBRARY, "r", "-1", "r");
    downgrades(LIBRARY, "r", "-3", "r q p");
    downgrades(LIBRARY, "r", "lib@-1", "r q y");
    downgrades(LIBRARY, "p z", "lib@-3", "z y x");
}

#[test]
fn a_downgrade_that_cannot_be() {
    downgrades(FORK, "b", "d", "not_reachable: cannot downgrade to `d`: it is not applied");
    downgrades(LIBRARY, "r", "y", "not_reachable: cannot downgrade to `y`: nothing that follows it is applied");
    downgrades(
        FORK,
        "d",
        "right@b",
        "not_reachable: cannot downgrade to `right@b`: nothing that follows it on that branch is applied",
    );
    downgrades(FORK, "d f", "-1", "ambiguous_relative: `-1` is ambiguous: several revisions are current: d, f");
    downgrades(FORK, "d", "right@-1", "relative_too_far: `right@-1` goes beyond the base");
    downgrades(FORK, "d", "+1", "relative_too_far: `+1` goes beyond the head");
    downgrades(FORK, "d", "-5", "relative_too_far: `-5` goes beyond the base");
    downgrades(FORK, "d f", "heads", "multiple_heads: `heads` stands for several heads: d, f");
    downgrades(FORK, "d f", "nope@base", "unknown_branch: no branch `nope`");
}

#[test]
fn nothing_current_on_a_branch_is_not_its_base() {
    let refused = |target| {
        format!("not_reachable: cannot downgrade to `{target}`: nothing that follows it on that branch is applied")
    };
    downgrades(FORK, "f", "left@current", &refused("left@current"));
    downgrades(LIBRARY, "r", "lib@current", &refused("lib@current"));
}

#[test]
fn what_is_pending_below_something_applied() {
    let graph = graph("a; b <- a; c <- b; d <- c; x; e <- d needs x");
    let found = |pending: &[usize], applied: &[usize]| {
        let pairs = graph.out_of_order(pending, &graph.set(applied.iter().copied()));
        pairs.into_iter().map(|(node, above)| shown(&graph, [node, above])).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(found(&[1, 3], &[0, 2]), "b c");
    assert_eq!(found(&[0, 1], &[2, 3]), "a c, b c");
    assert_eq!(found(&[4], &[5]), "x e", "dependencies count");
    assert_eq!(found(&[3, 4, 5], &[0, 1, 2]), "");
}

#[track_caller]
fn lists(text: &str, applied_ids: &str, range: &str, expected: &str) {
    let graph = graph(text);
    let nodes = graph.history(&range.parse().unwrap(), &applied(&graph, applied_ids));
    assert_eq!(answer(&graph, nodes), expected, "{range} with {applied_ids:?} applied");
}

#[test]
fn a_history_range_holds_both_ends() {
    lists(FORK, "", ":", "d c f e b a");
    lists(FORK, "", "base:heads", "d c f e b a");
    lists(FORK, "", "b:d", "d c b");
    lists(FORK, "", "b:", "d c f e b");
    lists(FORK, "", ":c", "c b a");
    lists(FORK, "", "c:c", "c");
    lists(FORK, "", "left@base:", "d c b a");
    lists(FORK, "", "right@head:right@head", "f");
    lists(LIBRARY, "", ":r", "r q p y x");
    lists(LIBRARY, "", "y:r", "r q y");
    lists("", "", ":", "");
}

#[test]
fn a_history_range_may_count() {
    lists(FORK, "d", "-1:current", "d c");
    lists(FORK, "d", "current:current", "d");
    lists(FORK, "c", "current:", "d c");
    lists(FORK, "", ":current", "");
    lists(FORK, "", "b:left@+1", "c b");
    lists(FORK, "", "a:+1", "b a");
    lists(FORK, "", ":d-1", "c b a");
    lists(FORK, "", "c-1:c+1", "d c b");
}

#[test]
fn a_history_range_goes_from_old_to_new() {
    lists(FORK, "", "d:b", "range_not_ancestor: `d:b` is not a range: `d` is not below `b`");
    lists(FORK, "", "c:f", "range_not_ancestor: `c:f` is not a range: `c` is not below `f`");
    lists(FORK, "", "c:base", "range_not_ancestor: `c:base` is not a range: `c` is not below `base`");
    let graph = graph(FORK);
    let error = graph.history(&"d:b".parse().unwrap(), &graph.no_nodes()).unwrap_err();
    assert!(matches!(error, GraphError::RangeNotAncestor { .. }));
    assert_eq!(error.hint().unwrap(), "write the older revision first");
}

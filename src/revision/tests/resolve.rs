//! Which revisions a target names.

use super::{answer, applied, graph};

/// A trunk `a b`, from which `c d` (label left) and `e f` (label right) go on; `lib` apart.
const FORK: &str = "a; b <- a; c <- b label left; d <- c; e <- b label right; f <- e; x label lib; y <- x";

#[track_caller]
fn names(applied_ids: &str, target: &str, expected: &str) {
    let graph = graph(FORK);
    let found = graph.resolve(&target.parse().unwrap(), &applied(&graph, applied_ids));
    assert_eq!(answer(&graph, found), expected, "{target} with {applied_ids:?} applied");
}

#[test]
fn the_words() {
    names("", "heads", "d f y");
    names("", "head", "multiple_heads: `head` stands for several heads: d, f, y");
    names("", "base", "");
    names("d", "base", "");
    names("", "current", "");
    names("d e", "current", "d e");
    names("d", "d", "d");
    names("", "lib", "x");
    names("", "left", "c");
}

#[test]
fn heads_without_a_branch_are_the_effective_ones() {
    let graph = graph("a label x; b label y needs a");
    let heads = |target: &str| answer(&graph, graph.resolve(&target.parse().unwrap(), &graph.no_nodes()));
    assert_eq!(heads("heads"), "b");
    assert_eq!(heads("x@heads"), "a");
    assert_eq!(heads("head"), "multiple_heads: `head` stands for several heads: a, b");
}

#[test]
fn a_branch_narrows() {
    names("", "left@head", "d");
    names("", "left@heads", "d");
    names("", "b@heads", "d f");
    names("", "b@head", "multiple_heads: `b@head` stands for several heads: d, f");
    names("", "left@a", "a");
    names("", "left@d", "d");
    names("", "left@lib", "not_in_branch: revision `x` is not on branch `left`");
    names("", "left@f", "not_in_branch: revision `f` is not on branch `left`");
    names("", "nope@head", "unknown_branch: no branch `nope`");
    names("", "nope@base", "unknown_branch: no branch `nope`");
    names("", "left@nope", "unknown_revision: no revision or branch label `nope`");
    names("", "lib@base", "");
}

#[test]
fn a_beginning_is_looked_for_on_the_branch_first() {
    let graph = graph("a; ab1 <- a label left; ab2 <- a label right");
    let found = |target: &str| answer(&graph, graph.resolve(&target.parse().unwrap(), &graph.no_nodes()));
    assert_eq!(found("left@ab"), "ab1");
    assert_eq!(found("l@head"), "ab1", "a branch may be a beginning too");
    assert_eq!(found("right@ab1"), "not_in_branch: revision `ab1` is not on branch `right`");
    assert_eq!(found("ab"), "ambiguous_partial: `ab` is the beginning of several revisions: ab1, ab2");
    assert_eq!(found("ab@head"), "ambiguous_partial: `ab` is the beginning of several revisions: ab1, ab2");
}

#[test]
fn what_is_current_on_a_branch() {
    names("d e", "left@current", "d");
    names("e", "left@current", "b");
    names("y", "left@current", "");
}

#[test]
fn steps_from_what_is_applied() {
    names("a", "+1", "b");
    names("a", "+0", "a");
    names("d", "-1", "c");
    names("d", "-4", "");
    names("d", "-5", "relative_too_far: `-5` goes beyond the base");
    names("", "-1", "relative_too_far: `-1` goes beyond the base");
    names("d", "+1", "relative_too_far: `+1` goes beyond the head");
    names("b", "+1", "ambiguous_walk: `+1` is ambiguous: at revision `b` the way up leads to c, e");
    names("", "+1", "ambiguous_walk: `+1` is ambiguous: from revision `base` the way up leads to a, x");
    names("d y", "+1", "ambiguous_relative: `+1` is ambiguous: several revisions are current: d, y");
}

#[test]
fn steps_on_a_branch() {
    names("", "left@+3", "c");
    names("b", "left@+1", "c");
    names("c y", "left@+1", "d");
    names("f", "left@+1", "c");
    names("c y", "lib@-1", "x");
    names("f", "left@-1", "relative_too_far: `left@-1` goes beyond the base");
    names("c e", "b@+1", "ambiguous_relative: `b@+1` is ambiguous: several revisions are current: c, e");
}

#[test]
fn steps_from_a_revision() {
    names("", "a+1", "b");
    names("", "d-2", "b");
    names("", "x-1", "");
    names("", "x-2", "relative_too_far: `x-2` goes beyond the base");
    names("", "left@b+1", "c");
    names("", "b+1", "ambiguous_walk: `b+1` is ambiguous: at revision `b` the way up leads to c, e");
    names("", "lib@head-1", "x");
    names("", "head-1", "multiple_heads: `head-1` stands for several heads: d, f, y");
    names("", "left@base+3", "c");
    names("", "base-1", "relative_too_far: `base-1` goes beyond the base");
}

#[test]
fn a_merge_on_the_way_down_is_ambiguous_on_any_branch() {
    let graph = graph("a; b <- a label left; c <- a; m <- b, c");
    let all = applied(&graph, "m");
    let found = |target: &str| answer(&graph, graph.resolve(&target.parse().unwrap(), &all));
    assert_eq!(found("-1"), "ambiguous_walk: `-1` is ambiguous: at revision `m` the way down leads to b, c");
    assert_eq!(found("left@-1"), "ambiguous_walk: `left@-1` is ambiguous: at revision `m` the way down leads to b, c");
}

#[test]
fn one_revision_where_one_is_wanted() {
    let graph = graph(FORK);
    let one = |target: &str| graph.resolve_one(&target.parse().unwrap(), &graph.no_nodes());
    assert_eq!(one("base"), Ok(None));
    assert_eq!(one("c"), Ok(Some(2)));
    assert_eq!(one("heads").unwrap_err().kind(), "multiple_heads");
}

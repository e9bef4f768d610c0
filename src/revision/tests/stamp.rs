//! What counts as applied after a stamp.

use super::{applied, graph, shown};
use crate::revision::Target;

const FORK: &str = "a; b <- a; c <- b label left; d <- c; e <- b label right; f <- e; m <- d, f";
const LIBRARY: &str = "p label app; q <- p needs y; r <- q; x label lib; y <- x; z <- y";

/// The heads after the stamp; the applied set must be their closure.
#[track_caller]
fn leaves(text: &str, applied_ids: &str, targets: &str, expected: &str) {
    let graph = graph(text);
    let targets: Vec<Target> = targets.split_whitespace().map(|target| target.parse().unwrap()).collect();
    match graph.stamp(&targets, &applied(&graph, applied_ids)) {
        Ok(after) => {
            let heads = graph.maximal(&after);
            assert_eq!(shown(&graph, heads.iter().copied()), expected, "{targets:?} onto {applied_ids:?}");
            assert_eq!(after, graph.closure(heads));
        }
        Err(error) => assert_eq!(error.kind(), expected, "{targets:?} onto {applied_ids:?}"),
    }
}

#[test]
fn a_stamp_takes_the_place_of_its_line() {
    leaves(FORK, "", "d", "d");
    leaves(FORK, "d", "b", "b");
    leaves(FORK, "b", "d", "d");
    leaves(FORK, "d", "d", "d");
    leaves(FORK, "m", "c", "c");
    leaves(FORK, "d f", "m", "m");
}

#[test]
fn a_stamp_keeps_the_other_lines() {
    leaves(FORK, "d", "f", "d f");
    leaves(FORK, "d f", "c", "c f");
    leaves(FORK, "d f", "b", "b");
    leaves(LIBRARY, "r", "lib@head", "r z");
    leaves(LIBRARY, "r", "y", "y");
    leaves(LIBRARY, "p", "lib@head", "p z");
    leaves(LIBRARY, "z", "app@head", "r z");
}

#[test]
fn several_targets() {
    leaves(FORK, "", "d f", "d f");
    leaves(FORK, "", "c d", "d");
    leaves(FORK, "", "d c", "d");
    leaves(LIBRARY, "", "heads", "r z");
    leaves(FORK, "d", "base f", "f");
}

#[test]
fn base_takes_off() {
    leaves(FORK, "d f", "base", "");
    leaves(FORK, "d f", "left@base", "f");
    leaves(FORK, "d", "left@base", "");
    leaves(LIBRARY, "p z", "lib@base", "p");
    leaves(LIBRARY, "r z", "app@base", "z");
}

#[test]
fn a_stamp_may_count() {
    leaves(FORK, "d", "-1", "c");
    leaves(FORK, "d", "-4", "");
    leaves(FORK, "a", "+1", "b");
    leaves(FORK, "d", "current", "d");
    leaves(LIBRARY, "r", "app@current", "r");
    leaves(FORK, "", "left@current", "");
    leaves(LIBRARY, "p", "lib@current", "p");
}

#[test]
fn what_cannot_be_stamped() {
    leaves(FORK, "d", "nope", "unknown_revision");
    leaves(FORK, "d", "nope@base", "unknown_branch");
    leaves(FORK, "d f", "-1", "ambiguous_relative");
    leaves(LIBRARY, "", "head", "multiple_heads");
}

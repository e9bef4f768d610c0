//! The order of a list of revisions.

use super::{graph, shown};

#[track_caller]
fn newest_first(text: &str, expected: &str) {
    let graph = graph(text);
    let all = graph.set(0..graph.len());
    assert_eq!(shown(&graph, graph.newest_first(&all)), expected);
    let mut backwards: Vec<&str> = expected.split_whitespace().collect();
    backwards.reverse();
    assert_eq!(shown(&graph, graph.oldest_first(&all)), backwards.join(" "));
}

#[test]
fn a_line_is_followed_whatever_the_load_order() {
    newest_first("a; b <- a; c <- b", "c b a");
    newest_first("c <- b; b <- a; a", "c b a");
}

#[test]
fn ties_are_broken_by_load_order() {
    newest_first("a; b; c", "a b c");
    newest_first("c; b; a", "c b a");
    newest_first("a; b <- a; c <- a", "b c a");
    newest_first("a; c <- a; b <- a", "c b a");
    newest_first("a; b; m <- b, a", "m b a");
}

#[test]
fn one_line_is_followed_as_far_as_it_goes() {
    newest_first("a; b <- a; x; y <- x", "b a y x");
    newest_first("a; b <- a; d <- b; c <- a; e <- c", "d b e c a");
    newest_first("a; b <- a; c <- a; m <- b, c; n <- m", "n m b c a");
}

#[test]
fn where_a_line_is_needed_the_first_that_needs_it_goes_on() {
    newest_first("x; a needs x; b needs x", "a b x");
    newest_first("x; y <- x; a; b <- a needs x", "y b a x");
    newest_first("a; b <- a; x needs a; z needs x; c <- a", "b z x c a");
}

#[test]
fn a_part_of_the_graph_is_ordered_alike() {
    let graph = graph("a; b <- a; c <- a; m <- b, c; n <- m");
    let part = graph.set([0, 2, 3]);
    assert_eq!(shown(&graph, graph.newest_first(&part)), "m c a");
}

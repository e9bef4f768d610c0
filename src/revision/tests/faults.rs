//! Graphs that do not hold together.

use super::fault;
use crate::revision::{GraphError, illegal_characters};

#[track_caller]
fn refused(graph: &str, kind: &str, message: &str, hint: &str) {
    let error = fault(graph);
    assert_eq!((error.kind(), error.to_string().as_str()), (kind, message));
    assert_eq!(error.hint().unwrap_or_default(), hint);
}

#[test]
fn ids_are_letters_digits_underscore_and_dot() {
    let hint = "use letters, digits, `_` and `.` only, and no word such as `head`";
    let illegal = |id, message| refused(id, "illegal_revision_id", message, hint);
    illegal("a@b", "revision id `a@b` is not legal: `@` not allowed");
    illegal("a-b+c-d:", "revision id `a-b+c-d:` is not legal: `-`, `+`, `:` not allowed");
    illegal("größe", "revision id `größe` is not legal: `ö`, `ß` not allowed");
    illegal("a\u{1b}[2J", "revision id `a\\u{1b}[2J` is not legal: `\\u{1b}`, `[` not allowed");
    illegal("a; base <- a", "revision id `base` is not legal: the word has a meaning of its own");
    let empty = GraphError::IllegalRevisionId { revision: String::new(), illegal: Vec::new() };
    assert_eq!(empty.to_string(), "revision id `` is not legal: it is empty");
    assert_eq!(illegal_characters("A_z.09"), []);
}

#[test]
fn ids_are_unique() {
    refused(
        "a; b; a",
        "duplicate_revision",
        "revision `a` exists more than once",
        "ids are unique; choose another one",
    );
}

#[test]
fn labels_are_unique_and_no_ids() {
    let hint = "choose another label; labels and ids share one space of names";
    let taken = |graph, message| refused(graph, "duplicate_label", message, hint);
    taken("a label x; b label x", "branch label `x` of revision `b` is already used by revision `a`");
    taken("a; b label a", "branch label `a` of revision `b` is already the id of a revision");
    taken("b label a; a", "branch label `a` of revision `b` is already the id of a revision");
    taken("a label a", "branch label `a` of revision `a` is already the id of a revision");
    taken("a label x, x", "branch label `x` of revision `a` is already used by revision `a`");
}

#[test]
fn labels_leave_the_grammar_of_targets_alone() {
    let illegal =
        |graph, message| refused(graph, "illegal_revision_id", message, "choose another label, such as `accounts`");
    illegal("a label x@y", "branch label `x@y` of revision `a` is not legal: `@` not allowed");
    illegal("a label x+1", "branch label `x+1` of revision `a` is not legal: `+` not allowed");
    illegal("a label heads", "branch label `heads` of revision `a` is not legal: the word has a meaning of its own");
    super::graph("a label my-feature, grün");
}

#[test]
fn parents_exist() {
    let missing = |graph, message, hint| refused(graph, "missing_parent", message, hint);
    let lost = "is a file missing, for example from another git branch, or is there a misspelling?";
    missing("a; b <- z", "revision `b` revises `z`, which does not exist", lost);
    missing("abc; b <- ab", "revision `b` revises `ab`, which does not exist", "did you mean `abc`?");
    missing("abc; abd; b <- ab", "revision `b` revises `ab`, which does not exist", lost);
    missing("a label x; b <- x", "revision `b` revises `x`, which does not exist", "did you mean `a`?");
}

#[test]
fn dependencies_exist() {
    let hint = "`depends-on` takes full revision ids or branch labels";
    refused("abc; b needs z", "missing_parent", "revision `b` depends on `z`, which does not exist", hint);
    refused("abc; b needs ab", "missing_parent", "revision `b` depends on `ab`, which does not exist", hint);
}

#[test]
fn revisions_do_not_need_each_other() {
    let cycle = |graph, ids| {
        let message = format!("revisions need each other in a circle: {ids}");
        refused(graph, "cycle", &message, "change a `revises` or `depends-on` line of one of them");
    };
    cycle("a <- c; b <- a; c <- b", "a -> c -> b -> a");
    cycle("a <- a", "a -> a");
    cycle("a; b <- a needs b", "b -> b");
    cycle("a needs b; b <- a; c", "a -> b -> a");
    cycle("a; b <- a, d; c <- b; d <- c; e <- d", "b -> d -> c -> b");
    cycle("a; b <- a; c <- d; d <- c", "c -> d -> c");
    cycle("h <- g; g <- f; f <- g", "g -> f -> g");
    cycle("a needs x; b <- a label x", "a -> b -> a");
}

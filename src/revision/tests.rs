#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on should panic")]

//! Graphs are written as `a; b <- a; m <- b, c needs x label left`, in load order. An answer is the ids
//! in order, or `kind: message` of the error.

mod errors;
mod faults;
mod large;
mod lookup;
mod order;
mod properties;
mod resolve;
mod runs;
mod shape;
mod stamp;
mod targets;

use super::{Graph, GraphError, Node, NodeSet, Revision};

/// Reads the revisions of a graph in the notation above.
fn revisions(text: &str) -> Vec<Revision> {
    let statements = text.split([';', '\n']).map(str::trim).filter(|statement| !statement.is_empty());
    statements
        .map(|statement| {
            let mut words = statement.split([' ', ',']).filter(|word| !word.is_empty());
            let mut revision = Revision { id: words.next().unwrap_or_default().to_owned(), ..Revision::default() };
            let mut key = "";
            for word in words {
                match (word, key) {
                    ("<-" | "needs" | "label", _) => key = word,
                    (_, "<-") => revision.parents.push(word.to_owned()),
                    (_, "needs") => revision.depends_on.push(word.to_owned()),
                    (_, "label") => revision.branch_labels.push(word.to_owned()),
                    _ => panic!("{statement}: what is {word}?"),
                }
            }
            revision
        })
        .collect()
}

fn graph(text: &str) -> Graph {
    Graph::new(revisions(text)).unwrap()
}

/// The error of a graph that does not hold together.
fn fault(text: &str) -> GraphError {
    Graph::new(revisions(text)).unwrap_err()
}

/// The applied set after these were applied: they and all they need.
fn applied(graph: &Graph, ids: &str) -> NodeSet {
    graph.closure(ids.split_whitespace().map(|id| graph.find(id).unwrap()))
}

fn shown(graph: &Graph, nodes: impl IntoIterator<Item = Node>) -> String {
    graph.ids(nodes).join(" ")
}

/// The ids, or `kind: message`.
fn answer(graph: &Graph, result: Result<Vec<Node>, GraphError>) -> String {
    match result {
        Ok(nodes) => shown(graph, nodes),
        Err(error) => format!("{}: {error}", error.kind()),
    }
}

//! The graph as JSON, for other programs.

use serde_json::{Value, json};

use super::Drawing;
use crate::cli::revision_view;

/// Revisions newest first, and the edges between them: `{"revisions":[…],"edges":[{"from","to","kind"}]}`.
pub fn document(drawing: &Drawing<'_>) -> Value {
    let graph = drawing.project.graph();
    let revisions: Vec<Value> = drawing
        .order
        .iter()
        .map(|&node| {
            let current = drawing.applied.as_ref().map(|_| drawing.state(node) == Some("current"));
            let mut object = revision_view::object(drawing.project, node, current);
            object["state"] = json!(drawing.state(node));
            object
        })
        .collect();
    let mut edges = Vec::new();
    for &node in &drawing.order {
        let parents = graph.parents(node).iter().map(|&below| (below, "revises"));
        let dependencies = graph.dependencies(node).iter().map(|&below| (below, "depends-on"));
        edges.extend(
            parents
                .chain(dependencies)
                .map(|(below, kind)| json!({"from": graph.id(node), "to": graph.id(below), "kind": kind})),
        );
    }
    json!({"revisions": revisions, "edges": edges})
}

//! Branch labels: unique names for lines of revisions, inherited along the line.

use std::collections::HashMap;

use super::{Graph, GraphError, Node, Revision};

/// Adds every label to `names`, which holds the ids already.
pub(super) fn index(revisions: &[Revision], names: &mut HashMap<String, Node>) -> Result<(), GraphError> {
    for (node, revision) in revisions.iter().enumerate() {
        for label in &revision.branch_labels {
            if let Some(other) = names.insert(label.clone(), node) {
                return Err(GraphError::DuplicateLabel {
                    label: label.clone(),
                    revision: revision.id.clone(),
                    other: revisions[other].id.clone(),
                    is_id: revisions[other].id == *label,
                });
            }
        }
    }
    Ok(())
}

/// The labels of every node: a label belongs to its revision and passes to all descendants, and to
/// ancestors down to (not including) a branch point or merge point.
pub(super) fn inherited(graph: &Graph) -> Vec<Vec<String>> {
    let mut labels = vec![Vec::new(); graph.len()];
    for node in 0..graph.len() {
        for label in &graph.revisions[node].branch_labels {
            for above in graph.line_above([node]).iter() {
                labels[above].push(label.clone());
            }
            let mut below = node;
            while let [parent] = graph.parents[below][..] {
                if graph.needed_by(parent).nth(1).is_some() || graph.parents[parent].len() > 1 {
                    break;
                }
                labels[parent].push(label.clone());
                below = parent;
            }
        }
    }
    labels
}

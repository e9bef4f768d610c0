//! Branch labels: unique names for lines of revisions, inherited along the line.

use std::collections::HashMap;
use std::sync::Arc;

use super::id::{illegal_in_label, is_reserved};
use super::{Graph, GraphError, Node, Revision};

/// The labels that revisions carry, stored once for each stretch of the graph.
///
/// A label belongs to its revision and passes to all descendants, and to ancestors down to (not
/// including) a branch point or merge point. So all revisions between two such points carry the
/// same labels.
#[derive(Debug, Default)]
pub(super) struct Labels {
    /// The stretch every node is on.
    stretch: Vec<usize>,
    /// The labels of every stretch, in load order.
    names: Vec<Vec<String>>,
}

impl Labels {
    /// The labels of all revisions.
    pub(super) fn inherited(graph: &Graph) -> Self {
        let mut stretch = vec![0; graph.len()];
        let mut bottoms: Vec<Node> = Vec::new();
        for &node in &graph.oldest_first {
            stretch[node] = match graph.parents[node][..] {
                [parent] if goes_straight_on(graph, parent, node) => stretch[parent],
                _ => {
                    bottoms.push(node);
                    bottoms.len() - 1
                }
            };
        }
        let owners = (0..graph.len()).filter(|&node| !graph.revisions[node].branch_labels.is_empty());
        let mut carried: Vec<Vec<Node>> = vec![Vec::new(); bottoms.len()];
        owners.for_each(|owner| carried[stretch[owner]].push(owner));
        // A stretch comes after those below it.
        for (here, &bottom) in bottoms.iter().enumerate() {
            for &parent in &graph.parents[bottom] {
                let below = carried[stretch[parent]].clone();
                carried[here].extend(below);
            }
            carried[here].sort_unstable();
            carried[here].dedup();
        }
        let labels = |owner: Node| graph.revisions[owner].branch_labels.iter().cloned();
        let names = carried.into_iter().map(|owners| owners.into_iter().flat_map(labels).collect()).collect();
        Self { stretch, names }
    }

    /// The labels of the revision at `node`.
    pub(super) fn of(&self, node: Node) -> &[String] {
        &self.names[self.stretch[node]]
    }
}

/// Is `node` all that needs `parent`, and `parent` no merge point?
fn goes_straight_on(graph: &Graph, parent: Node, node: Node) -> bool {
    graph.needed_by(parent).all(|above| above == node) && !graph.is_merge_point(parent)
}

/// Adds every label to `names`, which holds the ids already.
pub(super) fn index(revisions: &[Arc<Revision>], names: &mut HashMap<String, Node>) -> Result<(), GraphError> {
    for (node, revision) in revisions.iter().enumerate() {
        for label in &revision.branch_labels {
            let illegal = illegal_in_label(label);
            if !illegal.is_empty() || is_reserved(label) {
                return Err(GraphError::IllegalBranchLabel {
                    label: label.clone(),
                    revision: revision.id.clone(),
                    illegal,
                });
            }
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

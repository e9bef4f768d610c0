//! The applied set: the version table's rows, matched with the files.

use std::collections::HashSet;

use crate::backend::AppliedRevision;
use crate::revision::{Graph, Node, NodeSet};

/// What is applied to a database.
#[derive(Debug)]
pub struct Applied {
    /// The applied revisions that have a file.
    pub nodes: NodeSet,
    /// Their rows, by node.
    rows: Vec<Option<AppliedRevision>>,
    /// The rows whose file is gone, sorted by id.
    pub missing: Vec<AppliedRevision>,
}

impl Applied {
    /// Matches `rows` with the revisions of `graph`.
    #[must_use]
    pub fn new(graph: &Graph, rows: Vec<AppliedRevision>) -> Self {
        let mut applied = Self { nodes: graph.no_nodes(), rows: vec![None; graph.len()], missing: Vec::new() };
        for row in rows {
            match graph.find(&row.revision) {
                Some(node) => {
                    applied.nodes.insert(node);
                    applied.rows[node] = Some(row);
                }
                None => applied.missing.push(row),
            }
        }
        applied.missing.sort_unstable_by(|a, b| a.revision.cmp(&b.revision));
        applied
    }

    /// The applied set of a database that is taken to be at `nodes`, for a script written without it.
    #[must_use]
    pub fn assumed(graph: &Graph, nodes: impl IntoIterator<Item = Node>) -> Self {
        Self { nodes: graph.closure(nodes), rows: vec![None; graph.len()], missing: Vec::new() }
    }

    /// The ids in `nodes` that nothing else in it needs, sorted.
    pub(super) fn heads_of(graph: &Graph, nodes: &NodeSet) -> Vec<String> {
        let mut heads = graph.ids(graph.maximal(nodes));
        heads.sort_unstable();
        heads
    }

    /// The row of an applied revision.
    #[must_use]
    pub fn row(&self, node: Node) -> Option<&AppliedRevision> {
        self.rows[node].as_ref()
    }

    /// The ids that nothing else applied needs, sorted: what `current` shows.
    ///
    /// For revisions whose file is gone, the parents of their row count.
    #[must_use]
    pub fn heads(&self, graph: &Graph) -> Vec<String> {
        let needed: HashSet<&str> =
            self.missing.iter().flat_map(|row| row.parents.iter().chain(&row.depends_on)).map(String::as_str).collect();
        let needs_missing =
            |row: &AppliedRevision| row.parents.iter().chain(&row.depends_on).cloned().collect::<Vec<_>>();
        let below_present: HashSet<String> = if self.missing.is_empty() {
            HashSet::new()
        } else {
            self.rows.iter().flatten().flat_map(needs_missing).collect()
        };
        let present = graph.maximal(&self.nodes).into_iter().map(|node| graph.id(node));
        let missing = self.missing.iter().map(|row| row.revision.as_str());
        let mut heads: Vec<String> = present
            .chain(missing)
            .filter(|id| !needed.contains(id) && !below_present.contains(*id))
            .map(str::to_owned)
            .collect();
        heads.sort_unstable();
        heads
    }
}

//! The applied set: the version table's rows, matched with the files.

use std::collections::HashSet;

use super::Error;
use crate::backend::{AppliedDetails, AppliedRevision, Connection, LedgerEntry, Recorded};
use crate::revision::{Graph, Node, NodeSet};

/// What is applied to a database.
#[derive(Debug)]
pub struct Applied {
    /// The applied revisions that have a file.
    pub nodes: NodeSet,
    /// Their rows, by node.
    rows: Vec<Option<AppliedRevision>>,
    /// The rows whose file is gone, sorted by id.
    pub missing: Vec<AppliedDetails>,
    /// How far revisions got that were interrupted, in the order of parts and statements.
    pub ledger: Vec<LedgerEntry>,
}

impl Applied {
    /// Matches the rows of `recorded` with the revisions of `graph`; asks for the details of those without a file.
    pub(super) fn new(graph: &Graph, recorded: Recorded, connection: &mut dyn Connection) -> Result<Self, Error> {
        let (nodes, rows) = (graph.no_nodes(), vec![None; graph.len()]);
        let mut applied = Self { nodes, rows, missing: Vec::new(), ledger: recorded.ledger };
        let mut any_missing = false;
        for row in recorded.applied {
            match graph.find(&row.revision) {
                Some(node) => {
                    applied.nodes.insert(node);
                    applied.rows[node] = Some(row);
                }
                None => any_missing = true,
            }
        }
        if any_missing {
            applied.missing = connection.applied_details()?;
            applied.missing.retain(|row| graph.find(&row.revision).is_none());
            applied.missing.sort_unstable_by(|a, b| a.revision.cmp(&b.revision));
        }
        Ok(applied)
    }

    /// The applied set of a database that is taken to be at `nodes`, for a script written without it.
    #[must_use]
    pub fn assumed(graph: &Graph, nodes: impl IntoIterator<Item = Node>) -> Self {
        let rows = vec![None; graph.len()];
        Self { nodes: graph.closure(nodes), rows, missing: Vec::new(), ledger: Vec::new() }
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
        let mut heads = Self::heads_of(graph, &self.nodes);
        let needs = |row: &'_ AppliedDetails| row.parents.iter().chain(&row.depends_on).cloned().collect::<Vec<_>>();
        let needed: HashSet<String> = self.missing.iter().flat_map(needs).collect();
        heads.extend(self.missing.iter().map(|row| row.revision.clone()));
        heads.retain(|id| !needed.contains(id));
        heads.sort_unstable();
        heads
    }
}

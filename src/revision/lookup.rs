//! Finding one revision by id, label or unique prefix.

use super::{Graph, GraphError, Node, NodeSet, Target};

impl Graph {
    /// The revision with exactly this id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Node> {
        self.names.get(id).copied().filter(|&node| self.id(node) == id)
    }

    /// Is `name` a branch label?
    #[must_use]
    pub fn is_label(&self, name: &str) -> bool {
        self.names.get(name).is_some_and(|&node| self.id(node) != name)
    }

    /// The revision with this id, label, or unique prefix of either; an exact match wins.
    ///
    /// # Errors
    /// `unknown_revision` with the nearest name, or `ambiguous_partial` with the candidates.
    pub fn lookup(&self, name: &str) -> Result<Node, GraphError> {
        self.lookup_within(name, None)
    }

    /// As [`Graph::lookup`]; with a line, a prefix matches only revisions on that line.
    pub(super) fn lookup_within(&self, name: &str, line: Option<&NodeSet>) -> Result<Node, GraphError> {
        if let Some(&node) = self.names.get(name) {
            return Ok(node);
        }
        let mut matches: Vec<(&String, Node)> = self
            .names
            .iter()
            .map(|(other, &node)| (other, node))
            .filter(|(other, _)| !name.is_empty() && other.starts_with(name))
            .filter(|(_, node)| line.is_none_or(|line| line.contains(*node)))
            .collect();
        matches.sort_unstable();
        matches.dedup_by_key(|(_, node)| *node);
        match matches[..] {
            [] => Err(GraphError::UnknownRevision { name: name.to_owned(), suggestion: self.nearest_name(name) }),
            [(_, node)] => Ok(node),
            _ => Err(GraphError::AmbiguousPartial {
                partial: name.to_owned(),
                candidates: matches.iter().map(|(other, _)| (*other).clone()).collect(),
            }),
        }
    }

    /// The branch that `name` stands for in `name@…`, as the revision that carries it.
    pub(super) fn lookup_branch(&self, name: &str) -> Result<Node, GraphError> {
        self.lookup(name).map_err(|error| match error {
            GraphError::UnknownRevision { name, suggestion } => GraphError::UnknownBranch { name, suggestion },
            other => other,
        })
    }

    /// The members of `nodes` that are not on the branch that `target` names; none if it names none.
    ///
    /// # Errors
    /// A branch that does not exist.
    pub fn outside_branch(&self, target: &Target, nodes: &[Node]) -> Result<Vec<Node>, GraphError> {
        let Some(branch) = self.branch_of(target)? else { return Ok(Vec::new()) };
        Ok(nodes.iter().copied().filter(|&node| !branch.line.contains(node)).collect())
    }

    /// All revisions that share the line of `node`: its ancestors and descendants by `revises`.
    pub(super) fn lineage(&self, node: Node) -> NodeSet {
        self.set(self.line_above([node]).iter().chain(self.line_below([node]).iter()))
    }

    fn nearest_name(&self, name: &str) -> Option<String> {
        let words = ["head", "heads", "base", "current"].into_iter();
        words
            .chain(self.names.keys().map(String::as_str))
            .map(|other| (strsim::jaro_winkler(name, other), other))
            .filter(|(similarity, _)| *similarity > 0.85)
            // Of names that are equally near the first in the alphabet, so that the answer is always the same.
            .max_by(|(a, first), (b, second)| a.total_cmp(b).then(second.cmp(first)))
            .map(|(_, other)| other.to_owned())
    }
}

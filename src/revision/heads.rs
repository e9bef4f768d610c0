//! Heads, bases, branch points and the maximal elements of a set.

use super::{Graph, Node, NodeSet};

impl Graph {
    /// Revisions without children, in load order. `depends_on` does not matter here.
    #[must_use]
    pub fn heads(&self) -> Vec<Node> {
        (0..self.len()).filter(|&node| self.is_head(node)).collect()
    }

    /// Heads that no other revision depends on either: upgrading to these applies everything.
    #[must_use]
    pub fn effective_heads(&self) -> Vec<Node> {
        (0..self.len()).filter(|&node| self.needed_by(node).next().is_none()).collect()
    }

    /// Revisions that more than one revision follows, in load order.
    #[must_use]
    pub fn branch_points(&self) -> Vec<Node> {
        (0..self.len()).filter(|&node| self.is_branch_point(node)).collect()
    }

    /// Has this revision no children?
    #[must_use]
    pub fn is_head(&self, node: Node) -> bool {
        self.children[node].is_empty()
    }

    /// Has this revision no parents?
    #[must_use]
    pub fn is_base(&self, node: Node) -> bool {
        self.parents[node].is_empty()
    }

    /// Does more than one revision follow this one?
    #[must_use]
    pub fn is_branch_point(&self, node: Node) -> bool {
        self.children[node].len() > 1
    }

    /// Does this revision follow more than one?
    #[must_use]
    pub fn is_merge_point(&self, node: Node) -> bool {
        self.parents[node].len() > 1
    }

    /// The members of `set` that no other member needs, however far apart they are, in load order.
    ///
    /// Of the applied revisions these are what `current` shows.
    #[must_use]
    pub fn maximal(&self, set: &NodeSet) -> Vec<Node> {
        let below = self.closure(set.iter().flat_map(|node| self.needs(node)));
        set.iter().filter(|&node| !below.contains(node)).collect()
    }
}

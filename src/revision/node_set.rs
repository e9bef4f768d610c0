//! A set of nodes, as one flag for each node of the graph.

use super::Node;

/// A set of a graph's nodes with constant-time membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeSet {
    flags: Vec<bool>,
    length: usize,
}

impl NodeSet {
    /// An empty set for a graph of `nodes` nodes.
    #[must_use]
    pub fn empty(nodes: usize) -> Self {
        Self { flags: vec![false; nodes], length: 0 }
    }

    /// Adds `node`; says whether it was new.
    pub fn insert(&mut self, node: Node) -> bool {
        let new = !std::mem::replace(&mut self.flags[node], true);
        self.length += usize::from(new);
        new
    }

    /// Takes `node` out; says whether it was there.
    pub fn remove(&mut self, node: Node) -> bool {
        let there = std::mem::replace(&mut self.flags[node], false);
        self.length -= usize::from(there);
        there
    }

    /// Is `node` a member?
    #[must_use]
    pub fn contains(&self, node: Node) -> bool {
        self.flags[node]
    }

    /// The members in load order.
    pub fn iter(&self) -> impl Iterator<Item = Node> + '_ {
        self.flags.iter().enumerate().filter_map(|(node, member)| member.then_some(node))
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.length
    }

    /// Are there no members?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The members of `self` that are not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.filtered(|node| !other.contains(node))
    }

    /// The members of both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.filtered(|node| other.contains(node))
    }

    fn filtered(&self, keep: impl Fn(Node) -> bool) -> Self {
        let mut result = Self::empty(self.flags.len());
        for node in self.iter().filter(|&node| keep(node)) {
            result.insert(node);
        }
        result
    }
}

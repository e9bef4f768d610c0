//! Building and validating the graph.

use std::collections::HashMap;
use std::sync::Arc;

use super::id::is_reserved;
use super::labels::{self, Labels};
use super::{GraphError, NodeSet, Revision, illegal_characters};

/// A revision's place in the graph: its index in load order.
///
/// Load order is the order in which the revisions were given (for files: by version location, then
/// by file name), and breaks every tie.
pub type Node = usize;

/// A validated directed acyclic graph of revisions.
#[derive(Debug)]
pub struct Graph {
    pub(super) revisions: Vec<Arc<Revision>>,
    /// Ids and branch labels alike.
    pub(super) names: HashMap<String, Node>,
    pub(super) parents: Vec<Vec<Node>>,
    pub(super) children: Vec<Vec<Node>>,
    pub(super) dependencies: Vec<Vec<Node>>,
    pub(super) dependents: Vec<Vec<Node>>,
    /// All nodes, each after everything it needs.
    pub(super) oldest_first: Vec<Node>,
    labels: Labels,
}

impl Graph {
    /// Builds the graph from revisions in load order.
    ///
    /// # Errors
    /// An illegal or duplicate id, an illegal or duplicate label, a label equal to an id, a parent or
    /// dependency that does not exist, or a cycle: the first one found, in this order.
    pub fn new<R: Into<Arc<Revision>>>(revisions: Vec<R>) -> Result<Self, GraphError> {
        let revisions: Vec<Arc<Revision>> = revisions.into_iter().map(Into::into).collect();
        let mut names = index_ids(&revisions)?;
        labels::index(&revisions, &mut names)?;
        let parents = edges(
            &revisions,
            |revision| &revision.parents,
            |revision, parent| resolve_parent(&revisions, &names, revision, parent),
        )?;
        let dependencies = edges(
            &revisions,
            |revision| &revision.depends_on,
            |revision, name| {
                names.get(name).copied().ok_or_else(|| GraphError::MissingDependency {
                    revision: revision.id.clone(),
                    dependency: name.to_owned(),
                })
            },
        )?;
        let mut graph = Self {
            names,
            children: reversed(&parents),
            dependents: reversed(&dependencies),
            parents,
            dependencies,
            oldest_first: Vec::new(),
            labels: Labels::default(),
            revisions,
        };
        graph.oldest_first = graph.topological()?;
        graph.labels = Labels::inherited(&graph);
        Ok(graph)
    }

    /// The revision at `node`.
    #[must_use]
    pub fn revision(&self, node: Node) -> &Revision {
        &self.revisions[node]
    }

    /// The id of the revision at `node`.
    #[must_use]
    pub fn id(&self, node: Node) -> &str {
        &self.revisions[node].id
    }

    /// The ids of `nodes`, in their order.
    pub fn ids(&self, nodes: impl IntoIterator<Item = Node>) -> Vec<String> {
        nodes.into_iter().map(|node| self.id(node).to_owned()).collect()
    }

    /// How many revisions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.revisions.len()
    }

    /// Are there no revisions at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.revisions.is_empty()
    }

    /// The nodes this one follows (`revises`), in the file's order.
    #[must_use]
    pub fn parents(&self, node: Node) -> &[Node] {
        &self.parents[node]
    }

    /// The nodes that follow this one, in load order.
    #[must_use]
    pub fn children(&self, node: Node) -> &[Node] {
        &self.children[node]
    }

    /// The nodes this one depends on, in the file's order.
    #[must_use]
    pub fn dependencies(&self, node: Node) -> &[Node] {
        &self.dependencies[node]
    }

    /// The nodes that depend on this one, in load order.
    #[must_use]
    pub fn dependents(&self, node: Node) -> &[Node] {
        &self.dependents[node]
    }

    /// All labels of the line this revision stands on: its own and those it inherits.
    #[must_use]
    pub fn branch_labels(&self, node: Node) -> &[String] {
        self.labels.of(node)
    }

    /// An empty set of this graph's nodes.
    #[must_use]
    pub fn no_nodes(&self) -> NodeSet {
        NodeSet::empty(self.len())
    }

    /// The set of `nodes`.
    pub fn set(&self, nodes: impl IntoIterator<Item = Node>) -> NodeSet {
        let mut set = self.no_nodes();
        for node in nodes {
            set.insert(node);
        }
        set
    }

    /// Parents, then dependencies: all that must be applied before `node`.
    pub fn needs(&self, node: Node) -> impl Iterator<Item = Node> + '_ {
        self.parents[node].iter().chain(&self.dependencies[node]).copied()
    }

    /// Children, then dependents: all that must be reverted before `node`.
    pub(super) fn needed_by(&self, node: Node) -> impl Iterator<Item = Node> + '_ {
        self.children[node].iter().chain(&self.dependents[node]).copied()
    }

    /// `nodes` and everything they need, through parents and dependencies.
    pub fn closure(&self, nodes: impl IntoIterator<Item = Node>) -> NodeSet {
        self.reach(nodes, |node, push| self.needs(node).for_each(push))
    }

    /// `nodes` and everything above them that needs them, through children and dependents.
    pub fn descendants(&self, nodes: impl IntoIterator<Item = Node>) -> NodeSet {
        self.reach(nodes, |node, push| self.needed_by(node).for_each(push))
    }

    /// `nodes` and their line downwards, through parents only.
    pub(super) fn line_below(&self, nodes: impl IntoIterator<Item = Node>) -> NodeSet {
        self.reach(nodes, |node, push| self.parents[node].iter().copied().for_each(push))
    }

    /// `nodes` and their line upwards, through children only.
    pub(super) fn line_above(&self, nodes: impl IntoIterator<Item = Node>) -> NodeSet {
        self.reach(nodes, |node, push| self.children[node].iter().copied().for_each(push))
    }

    fn reach(&self, nodes: impl IntoIterator<Item = Node>, next: impl Fn(Node, &mut dyn FnMut(Node))) -> NodeSet {
        let mut reached = self.no_nodes();
        let mut todo: Vec<Node> = Vec::new();
        for start in nodes {
            if reached.insert(start) {
                todo.push(start);
            }
            while let Some(node) = todo.pop() {
                next(node, &mut |other| {
                    if reached.insert(other) {
                        todo.push(other);
                    }
                });
            }
        }
        reached
    }

    /// All nodes, each after everything it needs.
    ///
    /// Takes away, again and again, what needs nothing that is left; what stays is in or above a cycle.
    fn topological(&self) -> Result<Vec<Node>, GraphError> {
        let mut waiting: Vec<usize> = (0..self.len()).map(|node| self.needs(node).count()).collect();
        let mut free: Vec<Node> = (0..self.len()).filter(|&node| waiting[node] == 0).collect();
        let mut order = Vec::with_capacity(self.len());
        while let Some(node) = free.pop() {
            order.push(node);
            for above in self.needed_by(node) {
                waiting[above] -= 1;
                if waiting[above] == 0 {
                    free.push(above);
                }
            }
        }
        if order.len() == self.len() {
            return Ok(order);
        }
        // Every node left needs another node left, so walking down must come round again.
        let mut path: Vec<Node> = Vec::new();
        let mut next = (0..self.len()).find(|&node| waiting[node] > 0);
        while let Some(node) = next {
            if let Some(start) = path.iter().position(|&seen| seen == node) {
                path.drain(..start);
                break;
            }
            path.push(node);
            next = self.needs(node).find(|&below| waiting[below] > 0);
        }
        Err(GraphError::Cycle { revisions: self.ids(path) })
    }
}

fn index_ids(revisions: &[Arc<Revision>]) -> Result<HashMap<String, Node>, GraphError> {
    let mut names = HashMap::with_capacity(revisions.len());
    for (node, revision) in revisions.iter().enumerate() {
        let illegal = illegal_characters(&revision.id);
        if revision.id.is_empty() || !illegal.is_empty() || is_reserved(&revision.id) {
            return Err(GraphError::IllegalRevisionId { revision: revision.id.clone(), illegal });
        }
        if names.insert(revision.id.clone(), node).is_some() {
            return Err(GraphError::DuplicateRevision { revision: revision.id.clone() });
        }
    }
    Ok(names)
}

fn resolve_parent(
    revisions: &[Arc<Revision>],
    names: &HashMap<String, Node>,
    revision: &Revision,
    parent: &str,
) -> Result<Node, GraphError> {
    let missing = |suggestion: Option<&Revision>| GraphError::MissingParent {
        revision: revision.id.clone(),
        parent: parent.to_owned(),
        suggestion: suggestion.map(|found| found.id.clone()),
    };
    match names.get(parent) {
        Some(&node) if revisions[node].id == parent => Ok(node),
        Some(&node) => Err(missing(Some(&*revisions[node]))),
        None => {
            let mut partial =
                revisions.iter().map(Arc::as_ref).filter(|other: &&Revision| other.id.starts_with(parent));
            Err(missing(partial.next().filter(|_| partial.next().is_none())))
        }
    }
}

fn edges(
    revisions: &[Arc<Revision>],
    names: impl Fn(&Revision) -> &Vec<String>,
    resolve: impl Fn(&Revision, &str) -> Result<Node, GraphError>,
) -> Result<Vec<Vec<Node>>, GraphError> {
    let resolved = |revision: &Arc<Revision>| {
        let mut nodes: Vec<Node> = Vec::with_capacity(names(revision).len());
        for name in names(revision) {
            let node = resolve(revision, name)?;
            // Named twice is needed once, and neither a branch point nor a merge point.
            if !nodes.contains(&node) {
                nodes.push(node);
            }
        }
        Ok(nodes)
    };
    revisions.iter().map(resolved).collect()
}

fn reversed(edges: &[Vec<Node>]) -> Vec<Vec<Node>> {
    let mut reversed = vec![Vec::new(); edges.len()];
    for (from, targets) in edges.iter().enumerate() {
        for &to in targets {
            reversed[to].push(from);
        }
    }
    reversed
}

//! Drawings of the graph: one file per format.

pub mod dot;
pub mod json;
pub mod mermaid;
pub mod svg;
pub mod terminal;

use std::collections::HashSet;

use crate::migrate::{Applied, Project};
use crate::revision::Node;

/// What is drawn: some revisions of a project, and what the database says of them if it was asked.
pub struct Drawing<'p> {
    pub project: &'p Project,
    /// Newest first.
    pub order: Vec<Node>,
    pub applied: Option<Applied>,
    current: HashSet<Node>,
}

impl<'p> Drawing<'p> {
    pub fn new(project: &'p Project, order: Vec<Node>, applied: Option<Applied>) -> Self {
        let maximal = |applied: &Applied| project.graph().maximal(&applied.nodes).into_iter().collect();
        let current = applied.as_ref().map(maximal).unwrap_or_default();
        Self { project, order, applied, current }
    }

    /// `current`, `applied` or `pending`; nothing if the database was not asked.
    pub fn state(&self, node: Node) -> Option<&'static str> {
        let applied = self.applied.as_ref()?;
        Some(match (self.current.contains(&node), applied.nodes.contains(node)) {
            (true, _) => "current",
            (false, true) => "applied",
            (false, false) => "pending",
        })
    }

    /// Is this revision known not to be applied?
    pub fn is_pending(&self, node: Node) -> bool {
        self.state(node) == Some("pending")
    }

    /// The message of a revision.
    pub fn message(&self, node: Node) -> &'p str {
        &self.project.scripts().script(node).header.message
    }

    /// Labels that begin at this revision, then head and the state.
    pub fn marks(&self, node: Node) -> Vec<String> {
        let graph = self.project.graph();
        let mut marks = graph.revision(node).branch_labels.clone();
        if graph.is_head(node) {
            marks.push("head".to_owned());
        }
        marks.extend(self.state(node).map(str::to_owned));
        marks
    }
}

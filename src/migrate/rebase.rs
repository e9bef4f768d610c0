//! Rebasing: giving revisions that are not applied yet another parent.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Error, Project};
use crate::revision::{Graph, GraphError, Node, NodeSet, Symbol, Target};

/// What a rebase did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RebaseReport {
    /// The revision that was moved; those above it come along.
    pub revision: String,
    /// Its file.
    pub path: PathBuf,
    /// The parents it had.
    pub from: Vec<String>,
    /// The parents it has now.
    pub onto: Vec<String>,
}

impl Project {
    /// Puts `revision`, with everything above it, on top of `onto`: by default the one head that is not
    /// above it. Only the `revises` line of its file changes. `applied` is what the database has; nothing
    /// that moves may be in it.
    ///
    /// # Errors
    /// A target that names nothing or several, a move that makes a cycle, or an applied revision.
    pub fn rebase(
        &self,
        revision: &Target,
        onto: Option<&Target>,
        applied: Option<&NodeSet>,
    ) -> Result<RebaseReport, Error> {
        let graph = self.graph();
        let nothing = graph.no_nodes();
        let node = graph
            .resolve_one(revision, applied.unwrap_or(&nothing))?
            .ok_or_else(|| Error::NothingToMove { target: revision.to_string() })?;
        let moved = graph.descendants([node]);
        if let Some(node) = applied.and_then(|applied| moved.intersection(applied).iter().next()) {
            return Err(Error::AppliedAlready { revision: graph.id(node).to_owned() });
        }
        let onto = match onto {
            Some(onto) => graph.resolve_one(onto, applied.unwrap_or(&nothing))?,
            None => Some(only_other_head(graph, &moved)?),
        };
        let script = self.scripts().script(node);
        let parents = graph.ids(onto);
        let report = RebaseReport {
            revision: script.id().to_owned(),
            path: script.path.clone(),
            from: script.header.revision.parents.clone(),
            onto: parents.clone(),
        };
        if report.from == report.onto {
            return Ok(report);
        }
        let mut revisions: Vec<_> =
            self.scripts().scripts().iter().map(|script| script.header.revision.clone()).collect();
        Arc::make_mut(&mut revisions[node]).parents.clone_from(&parents);
        Graph::new(revisions)?;
        script.rewrite_parents(&parents)?;
        Ok(report)
    }
}

fn only_other_head(graph: &Graph, moved: &NodeSet) -> Result<Node, Error> {
    let others: Vec<Node> = graph.heads().into_iter().filter(|&head| !moved.contains(head)).collect();
    match others[..] {
        [head] => Ok(head),
        [] => Err(Error::NothingToMove { target: Symbol::Head.to_string() }),
        _ => Err(GraphError::MultipleHeads { target: Symbol::Head.to_string(), heads: graph.ids(others) }.into()),
    }
}

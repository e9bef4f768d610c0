//! The revision graph: pure values and algorithms over ids, parents and dependencies.
//!
//! Nothing here knows of files or databases, so a test can feed it a graph of two lines. The words
//! are Alembic's: *revision*, *head*, *base*, *branch point*, *merge point*, *branch label*,
//! *depends on*, *partial id*.

mod error;
mod graph;
mod heads;
mod id;
mod labels;
pub mod layout;
mod lookup;
mod node_set;
mod order;
mod resolve;
mod steps;
mod target;

#[cfg(test)]
mod tests;

pub use error::GraphError;
pub use graph::{Graph, Node};
pub use id::illegal_characters;
pub use node_set::NodeSet;
pub use target::{Offset, Range, Symbol, Target, TargetSyntaxError};

/// What the graph knows of one revision.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Revision {
    /// The id, unique in the graph; see [`illegal_characters`].
    pub id: String,
    /// The ids this revision follows (`revises`); empty for a base.
    pub parents: Vec<String>,
    /// Ids or branch labels that must be applied first without being parents, as the file has them.
    pub depends_on: Vec<String>,
    /// The branch labels given to this very revision.
    pub branch_labels: Vec<String>,
}

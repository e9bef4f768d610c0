use anyhow::Result;
use chrono::Utc;
use serde_json::Map;

use crate::cli::commands::revision::{heads, write};
use crate::cli::context::{self, Context};
use crate::migrate::Error;
use crate::revision::Target;
use crate::script::create::NewRevision;

/// Make a revision that joins several heads
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// What to join: `heads`, or ids and labels
    #[arg(required = true)]
    targets: Vec<String>,
    /// What the revision does, in a line
    #[arg(short, long)]
    message: Option<String>,
    /// A label for the joined branch (repeatable)
    #[arg(long, alias = "branch_label", value_name = "LABEL")]
    branch_label: Vec<String>,
    /// The id, instead of a random one
    #[arg(long, alias = "rev_id", value_name = "ID")]
    rev_id: Option<String>,
    /// Allow joining revisions that are no heads
    #[arg(long)]
    splice: bool,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { targets, message, branch_label, rev_id, splice } = args;
    let targets: Vec<Target> = targets.iter().map(|text| context::target(text)).collect::<Result<_>>()?;
    let project = context.project()?;
    let nodes = heads(&project, &targets, splice)?;
    project.graph().refuse_overlap(&nodes).map_err(Error::from)?;
    let parents = project.graph().ids(nodes);
    let message = message.unwrap_or_else(|| format!("merge {}", parents.join(" and ")));
    let new = NewRevision {
        id: rev_id.as_deref(),
        parents,
        depends_on: Vec::new(),
        branch_labels: branch_label,
        message: &message,
        location: None,
        created: Utc::now(),
        upgrade: "",
        downgrade: "",
    };
    if new.parents.len() > 1 {
        context
            .output
            .story("a revision that is applied nowhere yet can also be moved: `migrator rebase REV` needs no merge")?;
    }
    write(&project, &new, Map::new(), context)
}

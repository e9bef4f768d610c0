use anyhow::Result;
use serde_json::json;

use crate::backend::Purpose;
use crate::cli::context::Context;
use crate::cli::exit_code::{DONE, FOUND};
use crate::cli::output::Paint;
use crate::cli::revision_view;
use crate::migrate::Project;
use crate::revision::Node;

/// Show the current revisions of the database
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Exit with 3 unless everything is applied
    #[arg(long, alias = "check_heads")]
    check_heads: bool,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { check_heads } = args;
    let (project, opening) = context.project_and_database(Purpose::Read)?;
    let applied = opening.of(&project)?.applied()?;
    let graph = project.graph();
    let heads = applied.heads(graph);
    let at_head = applied.missing.is_empty() && graph.closure(graph.heads()).difference(&applied.nodes).is_empty();
    let code = if check_heads && !at_head { FOUND } else { DONE };
    if context.output.json {
        context.output.document(&json!({"heads": heads, "at_head": at_head}))?;
        return Ok(code);
    }
    for id in &heads {
        match graph.find(id) {
            Some(node) => show(&project, node, context)?,
            None => {
                let id = context.output.paint(Paint::Revision, id);
                context.output.answer(&format!("{id} (missing: its file is not here)"))?;
            }
        }
    }
    if heads.is_empty() {
        context.output.story("nothing is applied")?;
    }
    if check_heads && !at_head {
        let pending = graph.len() - applied.nodes.len();
        context.output.story(&format!("not at head: {pending} of {} revisions are not applied", graph.len()))?;
    }
    Ok(code)
}

fn show(project: &Project, node: Node, context: &mut Context<'_, '_>) -> Result<()> {
    if context.output.verbose {
        for line in revision_view::full(project, node, true, context.output) {
            context.output.answer(&line)?;
        }
        return context.output.answer("");
    }
    let line = revision_view::name(project, node, context.output);
    context.output.answer(&line)
}

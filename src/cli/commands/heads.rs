use anyhow::Result;
use serde_json::{Value, json};

use crate::cli::context::Context;
use crate::cli::exit_code::{DONE, FOUND};
use crate::cli::revision_view;

/// Show the revisions that no other follows
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Leave out heads that another revision depends on
    #[arg(long, alias = "resolve_dependencies")]
    resolve_dependencies: bool,
    /// Exit with 3 if there is more than one
    #[arg(long)]
    check: bool,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { resolve_dependencies, check } = args;
    let project = context.project()?;
    let graph = project.graph();
    let heads = if resolve_dependencies { graph.effective_heads() } else { graph.heads() };
    let code = if check && heads.len() > 1 { FOUND } else { DONE };
    if context.output.json {
        let heads: Vec<Value> = heads.iter().map(|&node| revision_view::object(&project, node, None)).collect();
        context.output.document(&json!({"heads": heads}))?;
        return Ok(code);
    }
    for &node in &heads {
        if context.output.verbose {
            for line in revision_view::full(&project, node, false, context.output) {
                context.output.answer(&line)?;
            }
            context.output.answer("")?;
        } else {
            let line = revision_view::name(&project, node, context.output);
            context.output.answer(&line)?;
        }
    }
    if heads.is_empty() {
        context.output.story("there are no revisions yet; make one with `migrator revision -m \"message\"`")?;
    }
    Ok(code)
}

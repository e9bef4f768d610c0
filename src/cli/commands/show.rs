use anyhow::Result;
use serde_json::{Value, json};

use crate::cli::context::{self, Context};
use crate::cli::exit_code::DONE;
use crate::cli::revision_view;
use crate::migrate::{Error, Project};
use crate::revision::{Node, Symbol, Target};

/// Show a revision
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Which: head, heads, current, an id or its beginning, id+N; -N counts from the head
    #[arg(default_value = "head", allow_hyphen_values = true, value_parser = context::target_text)]
    target: String,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { target } = args;
    let target = context::target(&target)?;
    let project = context.project()?;
    let nodes = resolve(&project, &target)?;
    if context.output.json {
        let revisions: Vec<Value> = nodes.iter().map(|&node| revision_view::object(&project, node, None)).collect();
        context.output.document(&json!({"revisions": revisions}))?;
        return Ok(DONE);
    }
    for (index, &node) in nodes.iter().enumerate() {
        if index > 0 {
            context.output.answer("")?;
        }
        for line in revision_view::full(&project, node, false, context.output) {
            context.output.answer(&line)?;
        }
        let script = project.scripts().script(node);
        if context.output.verbose {
            context.output.answer("")?;
            context.output.raw(script.text())?;
        }
    }
    if nodes.is_empty() {
        context.output.story("that is base: there is no revision there")?;
    }
    Ok(DONE)
}

/// The revisions of `target`; steps without a revision count from the heads.
pub fn resolve(project: &Project, target: &Target) -> Result<Vec<Node>> {
    let graph = project.graph();
    let from = match target.symbol {
        Some(Symbol::Current) => project.connect_to_read()?.applied()?.nodes,
        _ => graph.closure(graph.heads()),
    };
    Ok(graph.resolve(target, &from).map_err(Error::from)?)
}

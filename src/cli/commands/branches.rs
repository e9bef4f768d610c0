use anyhow::Result;
use serde_json::{Value, json};

use crate::cli::context::Context;
use crate::cli::exit_code::DONE;
use crate::cli::revision_view;

/// Show the revisions from which several others go on
#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args {} = args;
    let project = context.project()?;
    let graph = project.graph();
    let points = graph.branch_points();
    if context.output.json {
        let branches: Vec<Value> = points
            .iter()
            .map(|&node| {
                let children = graph.ids(graph.children(node).iter().copied());
                json!({"revision": graph.id(node), "children": children})
            })
            .collect();
        context.output.document(&json!({"branches": branches}))?;
        return Ok(DONE);
    }
    for node in points {
        let line = revision_view::line(&project, node, false, context.output);
        context.output.answer(&line)?;
        for &child in graph.children(node) {
            let line = revision_view::line(&project, child, false, context.output);
            context.output.answer(&format!("    {line}"))?;
        }
    }
    Ok(DONE)
}

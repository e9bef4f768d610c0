use anyhow::Result;
use clap::ValueEnum;

use crate::cli::context::Context;
use crate::cli::drawing::{Drawing, dot, json, mermaid, svg};
use crate::cli::exit_code::DONE;

/// Draw the revisions as a picture
///
/// With --indicate-current, what is applied and what is pending is told apart.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The format of the picture
    #[arg(short, long, value_enum, default_value_t = Format::Svg)]
    format: Format,
    /// Ask the database what is applied
    #[arg(short, long, alias = "indicate_current")]
    indicate_current: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For Graphviz
    Dot,
    /// For Markdown on code hosts
    Mermaid,
    /// For browsers
    Svg,
    /// For programs
    Json,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { format, indicate_current } = args;
    let project = context.project()?;
    let applied = match indicate_current {
        true => Some(project.connect_to_read()?.applied()?),
        false => None,
    };
    let graph = project.graph();
    if graph.is_empty() {
        context.output.story("there are no revisions yet; make one with `migrator revision -m \"message\"`")?;
    }
    let order = graph.newest_first(&graph.set(0..graph.len()));
    let drawing = Drawing::new(&project, order, applied);
    if format == Format::Json || context.output.json {
        context.output.document(&json::document(&drawing))?;
        return Ok(DONE);
    }
    context.output.raw(&match format {
        Format::Dot => dot::text(&drawing),
        Format::Mermaid => mermaid::text(&drawing),
        Format::Svg | Format::Json => svg::text(&drawing),
    })?;
    Ok(DONE)
}

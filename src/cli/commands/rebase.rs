use anyhow::Result;
use serde_json::json;

use crate::cli::context::{self, Context, shown};
use crate::cli::exit_code::DONE;
use crate::cli::output::{Paint, clean};
use crate::revision::Target;

/// Put a revision that is not applied yet on top of another
///
/// For the revision you made while a colleague's landed first: it, and those above it, follow ONTO from now
/// on. Only the `revises` line of its file changes.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The revision to move, the lowest of yours
    revision: String,
    /// What it shall follow; by default the one head that is not above it
    #[arg(long, value_name = "TARGET")]
    onto: Option<String>,
    /// Do not ask the database whether the revision is applied
    #[arg(long)]
    force: bool,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { revision, onto, force } = args;
    let revision = context::target(&revision)?;
    let onto: Option<Target> = onto.as_deref().map(context::target).transpose()?;
    let project = context.project()?;
    let applied = match force {
        true => None,
        false => Some(project.connect_to_read()?.applied()?.nodes),
    };
    let report = project.rebase(&revision, onto.as_ref(), applied.as_ref())?;
    if context.output.json {
        let path = shown(&report.path);
        context
            .output
            .document(&json!({"revision": report.revision, "path": path, "from": report.from, "onto": report.onto}))?;
        return Ok(DONE);
    }
    let id = context.output.paint(Paint::Revision, &report.revision);
    let name = |ids: &[String]| if ids.is_empty() { "<base>".to_owned() } else { ids.join(", ") };
    let line = if report.from == report.onto {
        format!("{id} follows {} already", name(&report.onto))
    } else {
        format!("{id} follows {} now, no longer {}", name(&report.onto), name(&report.from))
    };
    context.output.answer(&line)?;
    if report.from != report.onto {
        context.output.story(&format!("rewrote the header of {}", clean(&shown(&report.path))))?;
    }
    Ok(DONE)
}

use anyhow::Result;
use serde_json::json;

use crate::cli::context::{self, Context};
use crate::cli::exit_code::DONE;
use crate::cli::output::Paint;
use crate::revision::Target;

/// Record revisions as applied without running them
///
/// TARGET takes the place of the current revisions on its line; everything it needs counts as applied.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What the database is at: head, heads, base, an id or its beginning, label@base
    #[arg(required = true, allow_hyphen_values = true)]
    targets: Vec<String>,
    /// Forget everything recorded before
    #[arg(long)]
    purge: bool,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { targets, purge } = args;
    let targets: Vec<Target> = targets.iter().map(|text| context::target(text)).collect::<Result<_>>()?;
    let project = context.project()?;
    let report = project.connect()?.stamp(&targets, purge)?;
    if context.output.json {
        context
            .output
            .document(&json!({"stamped": report.stamped, "removed": report.removed, "heads": report.heads}))?;
        return Ok(DONE);
    }
    for (verb, ids) in [("removed", &report.removed), ("stamped", &report.stamped)] {
        for id in ids {
            let id = context.output.paint_story(Paint::Revision, id);
            context.output.story(&format!("{verb} {id}"))?;
        }
    }
    let at = if report.heads.is_empty() { "base".to_owned() } else { report.heads.join(", ") };
    context.output.answer(&format!("at {at}"))?;
    Ok(DONE)
}

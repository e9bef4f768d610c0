use anyhow::Result;
use serde_json::json;

use crate::cli::context::Context;
use crate::cli::exit_code::DONE;
use crate::cli::progress::Progress;

/// Make the version table if it does not exist
#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args {} = args;
    let project = context.project()?;
    let (mut progress, output) = (Progress::default(), &mut *context.output);
    let created = project.connect()?.ensure_version_table(&mut |event| progress.tell(event, output))?;
    if context.output.json {
        context.output.document(&json!({"created": created}))?;
    } else {
        let table = &project.config().version_table;
        let what = if created { "made" } else { "exists already" };
        context.output.answer(&format!("version table `{table}` {what}"))?;
    }
    Ok(DONE)
}

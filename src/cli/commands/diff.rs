use anyhow::Result;
use serde_json::json;

use crate::autogenerate::{Aim, Source, compare, script};
use crate::cli::context::Context;
use crate::cli::drafting::{DraftArgs, action_objects, drafted, leave, told};
use crate::cli::exit_code::{DONE, FOUND};

/// Print the SQL that makes one schema into another
///
/// A side is `database`, `schema` (the declared one), `migrations` (all revisions, run on a scratch database), a
/// URL, or a file, directory or glob of SQL. Nothing is changed.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// What there is
    #[arg(long, default_value = "database", value_name = "SIDE")]
    from: String,
    /// What there shall be
    #[arg(long, default_value = "schema", value_name = "SIDE")]
    to: String,
    /// Exit with 3 if there is a difference
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    draft: DraftArgs,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { from, to, exit_code, draft } = args;
    let project = context.project()?;
    let side = |text: &str| Source::parse(text, project.config()).map_err(told);
    let comparison = compare(&project, &side(&from)?, &side(&to)?, Aim::Difference).map_err(told)?;
    let draft = drafted(&comparison, draft, context)?;
    let code = if exit_code && !draft.is_empty() { FOUND } else { DONE };
    if context.output.json {
        context.output.document(&json!({"sql": script(&draft), "changes": action_objects(&draft)}))?;
        return Ok(code);
    }
    if draft.is_empty() {
        context.output.story("no difference")?;
    }
    context.output.raw(&script(&draft))?;
    leave(comparison, Some(draft));
    Ok(code)
}

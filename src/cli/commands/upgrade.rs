use anyhow::Result;
use serde_json::json;

use crate::cli::commands::downgrade::{finish, planned, script};
use crate::cli::context::{self, Context};
use crate::cli::failure::UsageError;
use crate::cli::progress::Progress;

/// Apply revisions
///
/// Applies every revision that TARGET needs and that is not applied yet, each in a transaction of its own
/// together with its row in the version table.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to upgrade to: head, heads, an id or its beginning, +N, id+N
    #[arg(default_value = "head", allow_hyphen_values = true)]
    target: String,
    /// Print the SQL script instead of running it
    #[arg(long)]
    sql: bool,
    /// Say what would be run
    #[arg(long)]
    dry_run: bool,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { target, sql, dry_run } = args;
    if sql && dry_run {
        return Err(UsageError::combination("--sql and --dry-run do not go together: --sql runs nothing either"));
    }
    let target = context::target(&target)?;
    let project = context.project()?;
    project.sections()?;
    if sql || dry_run {
        let mut database = project.connect_to_read()?;
        let plan = database.plan_upgrade(&target)?;
        return if sql { script(&database, &plan, context) } else { planned(&plan, context) };
    }
    let mut database = project.connect()?;
    let mut progress = Progress::default();
    let output = &mut *context.output;
    let report = database.upgrade(&target, &mut |event| progress.tell(event, output))?;
    finish(&report, "upgrade", &json!(false), context)
}

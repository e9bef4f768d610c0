use std::mem::ManuallyDrop;

use anyhow::Result;

use crate::cli::context::{self, Context};
use crate::cli::exit_code::FAILED;
use crate::cli::progress::Progress;
use crate::cli::run_view::{finish, planned, script};
use crate::cli::schema_dump;
use crate::migrate::{Error, Plan};
use crate::revision::GraphError;
use crate::script::Direction;

/// Revert revisions
///
/// Reverts everything that is applied above TARGET, newest first. `-1` reverts the last one, `base` all.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// What to go back to: base, an id or its beginning, label@base, -N, id-N; with --sql from:to
    #[arg(allow_hyphen_values = true, value_parser = context::target_text)]
    target: String,
    /// Print the SQL script instead of running it
    #[arg(long)]
    pub(super) sql: bool,
    /// Say what would be run
    #[arg(long, conflicts_with = "sql")]
    dry_run: bool,
    /// Revert applied revisions whose file is gone too, with the SQL kept in the version table
    #[arg(long, conflicts_with = "sql")]
    from_database: bool,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { target, sql, dry_run, from_database } = args;
    if sql {
        let (Some(from), to) = context::sql_range(&target)? else {
            return Err(Error::from(GraphError::RangeRequired { target }).into());
        };
        let project = context.project()?;
        let offline = project.offline(&from)?;
        return script(&offline.plan_downgrade(&to)?, &offline, context);
    }
    let target = context::target(&target)?;
    let mut project = context.project()?;
    project.sections()?;
    if from_database {
        project = ManuallyDrop::new(ManuallyDrop::into_inner(project).with_kept_revisions()?);
    }
    project.check_target(&target)?;
    if dry_run {
        return planned(&project.connect_to_read()?.plan_downgrade(&target)?, context);
    }
    let mut database = project.connect()?;
    if target.branch.is_some() && !goes_on(&database.plan_downgrade(&target)?, context)? {
        return Ok(FAILED);
    }
    let mut progress = Progress::default();
    let output = &mut *context.output;
    let report = database.downgrade(&target, &mut |event| progress.tell(event, output))?;
    drop(database);
    finish(&report, Direction::Downgrade, context)?;
    schema_dump::write(&project, context.output)
}

/// Warns where a downgrade of one branch takes others with it, as it does on a shared trunk.
fn goes_on(plan: &Plan<'_>, context: &mut Context<'_, '_>) -> Result<bool> {
    if plan.beyond_branch.is_empty() {
        return Ok(true);
    }
    let others = plan.beyond_branch.join(", ");
    context.output.story(&format!("warning: this reverts revisions of other branches too: {others}"))?;
    context.confirm("go on?")
}

use anyhow::Result;

use crate::backend::Purpose;
use crate::cli::context::{self, Context};
use crate::cli::failure::UsageError;
use crate::cli::progress::Progress;
use crate::cli::run_view::{finish, planned, script};
use crate::cli::schema_dump;
use crate::revision::{Symbol, Target};
use crate::script::Direction;

/// Apply revisions
///
/// Applies every revision that TARGET needs and that is not applied yet, each in a transaction of its own
/// together with its row in the version table.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// What to upgrade to: head, heads, an id or its beginning, label@head, +N, id+N; with --sql also from:to
    #[arg(default_value = "head", allow_hyphen_values = true, value_parser = context::target_text)]
    target: String,
    /// Print the SQL script instead of running it; it starts from what the database has
    #[arg(long)]
    pub(super) sql: bool,
    /// With --sql: do not connect, start at base
    #[arg(long, requires = "sql")]
    offline: bool,
    /// Say what would be run
    #[arg(long, conflicts_with = "sql")]
    dry_run: bool,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { target, sql, offline, dry_run } = args;
    if sql {
        let (from, to) = context::sql_range(&target)?;
        if offline && from.is_some() {
            return Err(UsageError::combination("--offline starts at base, so it does not go with from:to"));
        }
        let from = from.or_else(|| offline.then(|| Target::symbol(Symbol::Base)));
        let project = context.project()?;
        project.sections()?;
        let offline = match from {
            Some(from) => project.offline(&from)?,
            None => project.connect_to_read()?.offline()?,
        };
        return script(&offline.plan_upgrade(&to)?, &offline, context);
    }
    let target = context::target(&target)?;
    let purpose = if dry_run { Purpose::Read } else { Purpose::Write };
    let (project, opening) = context.project_and_database(purpose)?;
    project.sections()?;
    project.check_target(&target)?;
    let mut database = opening.of(&project)?;
    if dry_run {
        return planned(&database.plan_upgrade(&target)?, context);
    }
    let mut progress = Progress::default();
    let output = &mut *context.output;
    let report = database.upgrade(&target, &mut |event| progress.tell(event, output))?;
    drop(database);
    finish(&report, Direction::Upgrade, context)?;
    schema_dump::write(&project, context.output)
}

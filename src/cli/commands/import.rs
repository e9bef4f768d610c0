mod alembic;
mod tools;

use anyhow::Result;

use crate::cli::context::Context;
use crate::cli::failure::UsageError;

/// Take over the migrations of another tool as revisions
///
/// Their SQL stays as it is, and so do their versions. Nothing is written before all of it was read back.
#[derive(Debug, Clone, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    project: Option<Project>,
    #[command(flatten)]
    tools: Option<tools::Args>,
}

/// A tool whose migrations are not SQL, so that it has to be asked itself.
#[derive(Debug, Clone, clap::Subcommand)]
enum Project {
    Alembic(alembic::Args),
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { project, tools } = args;
    match (project, tools) {
        (Some(Project::Alembic(args)), _) => alembic::run(args, context),
        (None, Some(tools)) => tools::run(tools, context),
        // clap asks for one of them.
        (None, None) => Err(UsageError::combination("name the tool with --from, or `alembic`")),
    }
}

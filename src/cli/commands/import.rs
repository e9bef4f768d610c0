mod tools;

use anyhow::Result;

use crate::cli::context::Context;

/// Take over the migrations of another tool as revisions
///
/// Their SQL stays as it is, and so do their versions. Nothing is written before all of it was read back.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    tools: tools::Args,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { tools } = args;
    tools::run(tools, context)
}

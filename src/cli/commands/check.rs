use anyhow::Result;
use serde_json::{Value, json};

use crate::autogenerate::{Aim, Source, compare};
use crate::cli::context::Context;
use crate::cli::drafting::{change_object, leave, tell_what_is_left_out, told};
use crate::cli::exit_code::{DONE, FOUND};
use crate::cli::output::clean;

/// Check whether the database has the declared schema
///
/// Exits with 3 and lists what differs if `migrator revision --autogenerate` would have something to write, or
/// if the database is not at head.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// What is compared with the declared schema: the database, or `migrations` on a scratch database
    #[arg(long, default_value = "database", value_parser = ["database", "migrations"])]
    from: String,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { from } = args;
    let project = context.project()?;
    let from = Source::parse(&from, project.config()).map_err(told)?;
    let comparison = compare(&project, &from, &Source::Schema, Aim::Check).map_err(told)?;
    let changes = comparison.changes();
    let code = if changes.is_empty() { DONE } else { FOUND };
    if context.output.json {
        let differences: Vec<Value> = changes.iter().map(change_object).collect();
        let document =
            json!({"in_sync": changes.is_empty(), "differences": differences, "not_compared": comparison.unmodelled()});
        context.output.document(&document)?;
        return Ok(code);
    }
    tell_what_is_left_out(&comparison, context.output)?;
    for change in &changes {
        context.output.answer(&clean(&change.to_string()))?;
    }
    for rename in &comparison.renames {
        context.output.story(&clean(&format!("declared as renamed: {rename}")))?;
    }
    match changes.len() {
        0 => context.output.answer("the declared schema is what there is")?,
        1 => context.output.story("1 difference; `migrator revision --autogenerate` writes it")?,
        count => {
            context.output.story(&format!("{count} differences; `migrator revision --autogenerate` writes them"))?
        }
    }
    leave(comparison, None);
    Ok(code)
}

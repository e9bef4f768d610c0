use anyhow::Result;
use serde_json::json;

use crate::cli::context::{self, Context};
use crate::cli::exit_code::DONE;
use crate::cli::output::Paint;
use crate::cli::progress::Progress;
use crate::migrate::Resolution;

/// Say how far an interrupted revision got
///
/// For a revision that is not one transaction and was cut off where nobody can tell whether a statement ran:
/// look into the database, then say so.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The revision: its id or the beginning of it
    #[arg(allow_negative_numbers = true)]
    revision: String,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, Clone, clap::Args)]
#[group(required = true, multiple = false)]
struct How {
    /// All of it is in the database
    #[arg(long)]
    applied: bool,
    /// Nothing of it is in the database
    #[arg(long)]
    pending: bool,
    /// The interrupted part still has to run from statement N on, counted from 1
    #[arg(long, value_name = "N")]
    resume_from: Option<usize>,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { revision, how: How { applied, pending: _, resume_from } } = args;
    let resolution = match (applied, resume_from) {
        (true, _) => Resolution::Applied,
        (false, Some(statement)) => Resolution::ResumeFrom(statement),
        (false, None) => Resolution::Pending,
    };
    let revision = context::target(&revision)?;
    let project = context.project()?;
    let (mut progress, output) = (Progress::default(), &mut *context.output);
    let id = project.connect()?.resolve(&revision, resolution, &mut |event| progress.tell(event, output))?;
    let word = match resolution {
        Resolution::Applied => "applied".to_owned(),
        Resolution::Pending => "pending".to_owned(),
        Resolution::ResumeFrom(statement) => format!("to be gone on with from statement {statement}"),
    };
    if context.output.json {
        context.output.document(&json!({"revision": id, "resolved": word}))?;
        return Ok(DONE);
    }
    let id = context.output.paint(Paint::Revision, &id);
    context.output.answer(&format!("{id} is {word}"))?;
    Ok(DONE)
}

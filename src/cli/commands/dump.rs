use std::path::PathBuf;

use anyhow::Result;
use serde_json::json;

use crate::autogenerate::{Dump, dump};
use crate::cli::context::{Context, shown};
use crate::cli::drafting::told;
use crate::cli::exit_code::DONE;
use crate::cli::output::clean;
use crate::migrate::Error;
use crate::script::ScriptError;
use crate::script::new_file::write_or_replace;

/// Print the schema of the database as a file of SQL
///
/// Each table with its indexes and triggers, then the views; without the tables of migration tools. The same
/// schema always gives the same bytes, and the file can be loaded in one go.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Write it to a file, which is replaced if it is there
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { output } = args;
    let project = context.project()?;
    let Dump { sql: text, left_out } = dump(&project).map_err(told)?;
    for name in left_out {
        context.output.story(&format!("not in the dump: {}", clean(&name)))?;
    }
    let Some(path) = output else {
        if context.output.json {
            context.output.document(&json!({"sql": text}))?;
        } else {
            context.output.raw(&text)?;
        }
        return Ok(DONE);
    };
    write_or_replace(&path, &text).map_err(|error| Error::from(ScriptError::from(error)))?;
    if context.output.json {
        context.output.document(&json!({"path": shown(&path)}))?;
    } else {
        context.output.answer(&clean(&shown(&path)))?;
    }
    Ok(DONE)
}

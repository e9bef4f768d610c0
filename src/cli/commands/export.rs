use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use serde_json::json;

use crate::cli::context::{Context, shown};
use crate::cli::exit_code::DONE;
use crate::cli::output::clean;
use crate::export::{Export, Tool, export};
use crate::migrate::Error;
use crate::script::ScriptError;
use crate::script::new_file::write_all_new;

/// Write the revisions as the files of another tool
///
/// They are written as they run on the configured database. Nothing is written over, and no database is asked.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The tool to write for
    #[arg(long, value_name = "TOOL")]
    to: To,
    /// The folder for the files [default: db/migrations for dbmate, alembic/versions for alembic]
    #[arg(long, value_name = "DIRECTORY")]
    out: Option<PathBuf>,
}

/// The tools, as they are asked for.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum To {
    Dbmate,
    Alembic,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { to, out } = args;
    let (tool, folder) = match to {
        To::Dbmate => (Tool::Dbmate, "db/migrations"),
        To::Alembic => (Tool::Alembic, "alembic/versions"),
    };
    let here = std::env::current_dir().context("there is no working directory")?;
    let folder = here.join(out.unwrap_or_else(|| folder.into()));
    let project = context.project()?;
    let dialect = project.config().database_url().map_err(Error::from)?.dialect();
    let Export { files, notes } = export(tool, project.scripts(), project.sections()?, dialect)?;
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.join(name)).collect();
    let written: Vec<(&Path, &str)> =
        paths.iter().zip(&files).map(|(path, (_, text))| (path.as_path(), text.as_str())).collect();
    write_all_new(&written).map_err(|error| Error::from(ScriptError::from(error)))?;
    let shown: Vec<String> = paths.iter().map(|path| shown(path)).collect();
    if context.output.json {
        context.output.document(&json!({"files": shown, "notes": notes}))?;
        return Ok(DONE);
    }
    for note in &notes {
        context.output.story(&clean(note))?;
    }
    for path in &shown {
        context.output.answer(&clean(path))?;
    }
    Ok(DONE)
}

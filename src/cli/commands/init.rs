use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::cli::context::{Context, shown};
use crate::cli::exit_code::DONE;
use crate::cli::output::clean;
use crate::migrate::Error;
use crate::script::project::{Created, find, initialize};
use crate::script::{ScriptError, TemplateError};

/// Make migrator.toml and a directory for revisions
///
/// Never writes over a file that exists.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The directory for revisions and their template
    #[arg(default_value = "migrations")]
    directory: String,
    /// What to start from; `migrator list-templates` lists them
    #[arg(short, long, default_value = "generic", value_name = "NAME")]
    template: String,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { directory, template } = args;
    let template = find(&template).map_err(into_error)?;
    let root = root(context)?;
    let created = initialize(&root, &directory, template).map_err(into_error)?;
    let paths = created.iter().map(|created| match created {
        Created::Directory(path) => format!("{}/", shown(path)),
        Created::File(path) => shown(path),
    });
    if context.output.json {
        let paths: Vec<Value> = paths.map(Value::from).collect();
        context.output.document(&json!({"created": paths}))?;
        return Ok(DONE);
    }
    for path in paths {
        context.output.answer(&format!("created {}", clean(&path)))?;
    }
    context.output.story(&format!("next: {}", template.next))?;
    Ok(DONE)
}

fn into_error(error: TemplateError) -> Error {
    ScriptError::from(error).into()
}

/// Where `migrator.toml` goes: the folder of `--config`, or the working directory.
fn root(context: &Context<'_, '_>) -> Result<PathBuf> {
    let here = std::env::current_dir().context("there is no working directory")?;
    Ok(match context.global.config.as_deref().and_then(std::path::Path::parent) {
        Some(parent) => here.join(parent),
        None => here,
    })
}

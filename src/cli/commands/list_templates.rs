use anyhow::Result;
use serde_json::{Value, json};

use crate::cli::context::Context;
use crate::cli::exit_code::DONE;
use crate::cli::output::Paint;
use crate::script::project::templates;

/// List the templates of `init`
#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args {} = args;
    if context.output.json {
        let templates: Vec<Value> = templates()
            .iter()
            .map(|template| json!({"name": template.name, "description": template.description}))
            .collect();
        context.output.document(&json!({"templates": templates}))?;
        return Ok(DONE);
    }
    for template in templates() {
        let name = context.output.paint(Paint::Bold, &format!("{:<10}", template.name));
        context.output.answer(&format!("{name} {}", template.description))?;
    }
    context.output.story("use one with `migrator init --template NAME`")?;
    Ok(DONE)
}

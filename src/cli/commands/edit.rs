use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use crate::cli::commands::show::resolve;
use crate::cli::context::{self, Context, shown};
use crate::cli::exit_code::DONE;
use crate::cli::failure::UsageError;

/// Open a revision file in the editor
///
/// The editor is $VISUAL or $EDITOR, which may hold arguments.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Which: head, current, an id or its beginning; -N counts from the head
    #[arg(default_value = "head", allow_hyphen_values = true, value_parser = context::target_text)]
    target: String,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { target } = args;
    let target = context::target(&target)?;
    let project = context.project()?;
    let nodes = resolve(&project, &target)?;
    let [node] = nodes[..] else {
        return Err(UsageError {
            message: format!("`{target}` stands for {} revisions, and one can be edited at a time", nodes.len()),
            kind: "usage",
            hint: Some("name one revision".to_owned()),
        }
        .into());
    };
    let path = &project.scripts().script(node).path;
    let environment = &project.config().environment;
    let editor = ["VISUAL", "EDITOR"].into_iter().filter_map(|name| environment.get(name));
    let editor = editor.clone().find(|editor| !editor.trim().is_empty()).unwrap_or("vi");
    let words = shlex::split(editor).filter(|words| !words.is_empty());
    let Some((program, arguments)) = words.as_deref().and_then(<[String]>::split_first) else {
        return Err(UsageError {
            message: "$VISUAL or $EDITOR is not a command".to_owned(),
            kind: "usage",
            hint: Some("for example EDITOR=vi or EDITOR=\"code --wait\"".to_owned()),
        }
        .into());
    };
    let status = Command::new(program)
        .args(arguments)
        .arg(path)
        .status()
        .with_context(|| format!("cannot start the editor `{program}`"))?;
    if !status.success() {
        bail!("the editor `{program}` failed ({status})");
    }
    if context.output.json {
        context.output.document(&json!({"revision": project.graph().id(node), "path": shown(path)}))?;
    }
    Ok(DONE)
}

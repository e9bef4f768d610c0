use anyhow::Result;
use serde_json::{Value, json};

use crate::cli::context::{self, Context, shown};
use crate::cli::exit_code::{DONE, FAILED};
use crate::cli::failure::UsageError;
use crate::cli::output::{Paint, clean};
use crate::cli::progress::Progress;
use crate::migrate::{ChangedRevision, Difference};
use crate::revision::Target;

/// Accept that files of applied revisions were changed
///
/// Shows what differs from what ran, asks, and records that the file as it is now counts as what ran: nothing
/// is run. The reason goes to the log.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The revisions: ids or their beginnings
    #[arg(required = true, value_name = "REVISION", allow_negative_numbers = true)]
    revisions: Vec<String>,
    /// Why: for the log
    #[arg(long, value_name = "TEXT", value_parser = reason_text)]
    reason: String,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { revisions, reason } = args;
    let targets: Vec<Target> = revisions.iter().map(|text| context::target(text)).collect::<Result<_>>()?;
    let project = context.project()?;
    let mut database = project.connect()?;
    let changed = database.changed_revisions(&targets)?;
    if !context.output.json {
        for change in &changed {
            show(change, context)?;
        }
    }
    if !context.global.yes && !context.output.can_ask() {
        return Err(UsageError {
            message: "there is no terminal to ask on whether the difference is meant".to_owned(),
            kind: "usage",
            hint: Some("look at the difference, then say --yes".to_owned()),
        }
        .into());
    }
    let question = match changed.len() {
        1 => "does the file count as it is now?",
        _ => "do the files count as they are now?",
    };
    if !context.confirm(question)? {
        context.output.story("nothing was accepted")?;
        return Ok(FAILED);
    }
    let (mut progress, output) = (Progress::default(), &mut *context.output);
    database.accept(&changed, &reason, &mut |event| progress.tell(event, output))?;
    if context.output.json {
        let accepted: Vec<Value> = changed.iter().map(object).collect();
        context.output.document(&json!({"accepted": accepted, "reason": reason}))?;
        return Ok(DONE);
    }
    for change in &changed {
        let id = context.output.paint(Paint::Revision, &change.revision);
        context.output.answer(&format!("accepted {id} as it is now"))?;
    }
    Ok(DONE)
}

fn show(change: &ChangedRevision, context: &mut Context<'_, '_>) -> Result<()> {
    for difference in &change.differences {
        let Some(text) = unified(change, difference) else {
            let line = format!(
                "{} of {}: the text that ran was not kept, so only the checksums can be compared, and they differ",
                difference.direction.as_str(),
                change.revision
            );
            context.output.answer(&line)?;
            continue;
        };
        for line in text.lines() {
            let line = match line.chars().next() {
                Some('+') => context.output.paint(Paint::Good, line),
                Some('-') => context.output.paint(Paint::Error, line),
                Some('@') => context.output.paint(Paint::Notice, line),
                _ => clean(line).into_owned(),
            };
            context.output.answer(&line)?;
        }
    }
    Ok(())
}

/// The difference with the names of both sides in front, as a patch has it.
fn unified(change: &ChangedRevision, difference: &Difference) -> Option<String> {
    let hunks = difference.hunks.as_ref()?;
    let direction = difference.direction.as_str();
    Some(format!("--- {direction} of {} as it ran\n+++ {}\n{hunks}", change.revision, shown(&change.path)))
}

fn object(change: &ChangedRevision) -> Value {
    let difference = |difference: &Difference| json!({"direction": difference.direction.as_str(), "difference": unified(change, difference)});
    let differences: Vec<Value> = change.differences.iter().map(difference).collect();
    json!({"revision": change.revision, "path": shown(&change.path), "differences": differences})
}

fn reason_text(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("say why".to_owned()),
        reason => Ok(reason.to_owned()),
    }
}

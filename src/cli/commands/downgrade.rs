use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use crate::cli::context::{self, Context};
use crate::cli::exit_code::DONE;
use crate::cli::failure::UsageError;
use crate::cli::output::Paint;
use crate::cli::progress::{Progress, shown_duration};
use crate::migrate::{Database, Plan, Report};

/// Revert revisions
///
/// Reverts everything that is applied above TARGET, newest first. `-1` reverts the last one, `base` all.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to go back to: base, an id or its beginning, -N, id-N
    #[arg(allow_hyphen_values = true)]
    target: String,
    /// Print the SQL script instead of running it
    #[arg(long)]
    sql: bool,
    /// Say what would be run
    #[arg(long)]
    dry_run: bool,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { target, sql, dry_run } = args;
    if sql && dry_run {
        return Err(UsageError::combination("--sql and --dry-run do not go together: --sql runs nothing either"));
    }
    let target = context::target(&target)?;
    let project = context.project()?;
    project.sections()?;
    if sql || dry_run {
        let mut database = project.connect_to_read()?;
        let plan = database.plan_downgrade(&target)?;
        return if sql { script(&database, &plan, context) } else { planned(&plan, context) };
    }
    let mut database = project.connect()?;
    let mut progress = Progress::default();
    let output = &mut *context.output;
    let report = database.downgrade(&target, &mut |event| progress.tell(event, output))?;
    finish(&report, "downgrade", &json!(false), context)
}

/// The answer of `--dry-run`.
pub fn planned(plan: &Plan<'_>, context: &mut Context<'_, '_>) -> Result<u8> {
    if context.output.json {
        let steps = plan_steps(plan);
        context.output.document(&json!({"steps": steps, "heads": plan.heads_after, "dry_run": true}))?;
        return Ok(DONE);
    }
    for step in &plan.steps {
        let line = format!(
            "would {} {} {}",
            step.direction.as_str(),
            context.output.paint(Paint::Revision, step.script.id()),
            crate::cli::output::clean(&step.script.header.message)
        );
        context.output.answer(line.trim_end())?;
    }
    if plan.steps.is_empty() {
        context.output.answer(&format!("nothing to do: {}", at(&plan.heads_before)))?;
    }
    Ok(DONE)
}

/// The answer of `--sql`.
pub fn script(database: &Database<'_>, plan: &Plan<'_>, context: &mut Context<'_, '_>) -> Result<u8> {
    let sql = database.script(plan)?;
    if context.output.json {
        context.output.document(&json!({"sql": sql, "steps": plan_steps(plan)}))?;
    } else {
        context.output.raw(&sql)?;
    }
    Ok(DONE)
}

fn plan_steps(plan: &Plan<'_>) -> Vec<Value> {
    let step = |step: &crate::migrate::Step<'_>| {
        json!({
            "revision": step.script.id(),
            "direction": step.direction.as_str(),
            "message": step.script.header.message,
            "duration_ms": Value::Null,
        })
    };
    plan.steps.iter().map(step).collect()
}

/// The answer after a run.
pub fn finish(report: &Report, verb: &str, dry_run: &Value, context: &mut Context<'_, '_>) -> Result<u8> {
    if context.output.json {
        let steps: Vec<Value> = report
            .steps
            .iter()
            .map(|step| {
                json!({
                    "revision": step.revision,
                    "direction": step.direction.as_str(),
                    "message": step.message,
                    "duration_ms": u64::try_from(step.duration.as_millis()).unwrap_or(u64::MAX),
                })
            })
            .collect();
        context.output.document(&json!({"steps": steps, "heads": report.heads, "dry_run": dry_run}))?;
        return Ok(DONE);
    }
    let line = match report.steps.len() {
        0 => format!("nothing to {verb}: {}", at(&report.heads)),
        count => {
            let total: Duration = report.steps.iter().map(|step| step.duration).sum();
            let plural = if count == 1 { "" } else { "s" };
            format!("{} after {count} revision{plural} in {}", at(&report.heads), shown_duration(total))
        }
    };
    context.output.answer(&line)?;
    Ok(DONE)
}

fn at(heads: &[String]) -> String {
    if heads.is_empty() { "at base".to_owned() } else { format!("at {}", heads.join(", ")) }
}

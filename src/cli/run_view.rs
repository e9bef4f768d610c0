//! The answers of the commands that run revisions.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use super::context::Context;
use super::exit_code::DONE;
use super::output::{Paint, clean};
use super::progress::shown_duration;
use crate::migrate::{Offline, Plan, Report};
use crate::script::Direction;

/// The answer of `--dry-run`.
pub fn planned(plan: &Plan<'_>, context: &mut Context<'_, '_>) -> Result<u8> {
    if context.output.json {
        let document = json!({"steps": steps(plan), "heads": plan.heads_after, "dry_run": true});
        context.output.document(&document)?;
        return Ok(DONE);
    }
    for step in &plan.steps {
        let id = context.output.paint(Paint::Revision, step.script.id());
        let line = format!("would {} {id} {}", step.direction.as_str(), clean(&step.script.header.message));
        context.output.answer(line.trim_end())?;
    }
    if plan.steps.is_empty() {
        context.output.answer(&format!("nothing to {}: {}", plan.direction.as_str(), at(&plan.heads_before)))?;
    }
    Ok(DONE)
}

/// The answer of `--sql`.
pub fn script(plan: &Plan<'_>, offline: &Offline<'_>, context: &mut Context<'_, '_>) -> Result<u8> {
    let sql = offline.script(plan)?;
    if context.output.json {
        context.output.document(&json!({"sql": sql, "steps": steps(plan)}))?;
        return Ok(DONE);
    }
    if plan.steps.is_empty() {
        context.output.story(&format!("nothing to {}: {}", plan.direction.as_str(), at(&plan.heads_before)))?;
    }
    context.output.raw(&sql)?;
    Ok(DONE)
}

/// The answer after a run.
pub fn finish(report: &Report, direction: Direction, context: &mut Context<'_, '_>) -> Result<u8> {
    if context.output.json {
        let step = |revision: &str, direction: Direction, message: &str, duration: Duration| {
            let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
            step_object(revision, direction, message, Some(milliseconds))
        };
        let steps: Vec<Value> = report
            .steps
            .iter()
            .map(|done| step(&done.revision, done.direction, &done.message, done.duration))
            .collect();
        context.output.document(&json!({"steps": steps, "heads": report.heads, "dry_run": false}))?;
        return Ok(DONE);
    }
    let line = match report.steps.len() {
        0 => format!("nothing to {}: {}", direction.as_str(), at(&report.heads)),
        count => {
            let total: Duration = report.steps.iter().map(|step| step.duration).sum();
            let plural = if count == 1 { "" } else { "s" };
            format!("{} after {count} revision{plural} in {}", at(&report.heads), shown_duration(total))
        }
    };
    context.output.answer(&line)?;
    Ok(DONE)
}

fn steps(plan: &Plan<'_>) -> Vec<Value> {
    plan.steps
        .iter()
        .map(|step| step_object(step.script.id(), step.direction, &step.script.header.message, None))
        .collect()
}

fn step_object(revision: &str, direction: Direction, message: &str, duration_ms: Option<u64>) -> Value {
    json!({
        "revision": revision,
        "direction": direction.as_str(),
        "message": message,
        "duration_ms": duration_ms,
    })
}

/// Where a database is: `at base`, or `at` its current revisions.
pub fn at(heads: &[String]) -> String {
    if heads.is_empty() { "at base".to_owned() } else { format!("at {}", heads.join(", ")) }
}

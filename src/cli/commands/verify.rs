use anyhow::Result;
use serde_json::{Value, json};

use crate::backend::Purpose;
use crate::cli::context::Context;
use crate::cli::exit_code::{CHANGED, DONE, FOUND};
use crate::cli::output::{Paint, clean};
use crate::migrate::Finding;

/// Look for everything that is not as it should be
///
/// Changed or missing files of applied revisions (exit code 5), revisions that are pending below applied ones
/// or were interrupted, parents that are not those of the version table, and indexes that are not valid (exit
/// code 3). Pending revisions are no finding.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args {} = args;
    let (project, opening) = context.project_and_database(Purpose::Read)?;
    project.sections()?;
    let findings = opening.of(&project)?.verify()?;
    let code = match findings.iter().any(|finding| finding.kind.is_tampering()) {
        true => CHANGED,
        false if findings.is_empty() => DONE,
        false => FOUND,
    };
    if context.output.json {
        let findings: Vec<Value> = findings.iter().map(object).collect();
        context.output.document(&json!({"findings": findings}))?;
        return Ok(code);
    }
    for finding in &findings {
        let subject = context.output.paint(Paint::Revision, &finding.subject);
        context.output.answer(&format!("{subject}: {}", clean(&finding.message)))?;
    }
    if findings.is_empty() {
        context.output.answer("everything is as it should be")?;
    }
    Ok(code)
}

fn object(finding: &Finding) -> Value {
    json!({"kind": finding.kind.as_str(), "subject": finding.subject, "message": finding.message})
}

use anyhow::Result;
use serde_json::json;

use crate::cli::context::{self, Context};
use crate::cli::exit_code::DONE;
use crate::cli::failure::UsageError;
use crate::cli::output::Paint;
use crate::cli::progress::Progress;
use crate::cli::run_view::at;
use crate::migrate::Event;
use crate::revision::Target;

/// Record revisions as applied without running them
///
/// TARGET takes the place of the current revisions on its line; everything it needs counts as applied.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// What the database is at: head, heads, base, an id or its beginning, label@base; with --sql also from:to
    #[arg(required_unless_present = "from_alembic", value_name = "TARGET", allow_negative_numbers = true)]
    targets: Vec<String>,
    /// Record what Alembic's version table says, which is left alone: alembic_version, or TABLE, also as SCHEMA.TABLE
    #[arg(long, value_name = "TABLE", num_args = 0..=1, conflicts_with_all = ["targets", "purge", "sql"])]
    from_alembic: Option<Option<String>>,
    /// Forget everything recorded before
    #[arg(long)]
    purge: bool,
    /// Print the SQL script instead of running it; it starts from what the database has
    #[arg(long)]
    pub(super) sql: bool,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { targets, from_alembic, purge, sql } = args;
    if sql {
        return script(&targets, purge, context);
    }
    let targets: Vec<Target> = targets.iter().map(|text| context::target(text)).collect::<Result<_>>()?;
    let project = context.project()?;
    let (mut progress, output) = (Progress::default(), &mut *context.output);
    let mut observe = |event: Event<'_>| progress.tell(event, output);
    let report = match from_alembic {
        Some(table) => project.connect()?.stamp_from_alembic(table.as_deref(), &mut observe)?,
        None => project.connect()?.stamp(&targets, purge, &mut observe)?,
    };
    if context.output.json {
        context
            .output
            .document(&json!({"stamped": report.stamped, "removed": report.removed, "heads": report.heads}))?;
        return Ok(DONE);
    }
    for (verb, ids) in [("removed", &report.removed), ("stamped", &report.stamped)] {
        for id in ids {
            let id = context.output.paint_story(Paint::Revision, id);
            context.output.story(&format!("{verb} {id}"))?;
        }
    }
    context.output.answer(&at(&report.heads))?;
    Ok(DONE)
}

fn script(texts: &[String], purge: bool, context: &mut Context<'_, '_>) -> Result<u8> {
    let mut start = None;
    let mut targets = Vec::new();
    for text in texts {
        let (from, to) = context::sql_range(text)?;
        targets.push(to);
        if from.is_some() && texts.len() > 1 {
            return Err(UsageError::combination("from:to says where the script starts, so it stands alone"));
        }
        start = from;
    }
    let project = context.project()?;
    project.sections()?;
    let offline = match start {
        Some(from) => project.offline(&from)?,
        None => project.connect_to_read()?.offline()?,
    };
    let sql = offline.stamp_script(&targets, purge)?;
    if context.output.json {
        context.output.document(&json!({"sql": sql, "steps": []}))?;
    } else {
        context.output.raw(&sql)?;
    }
    Ok(DONE)
}

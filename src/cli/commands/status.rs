use anyhow::Result;
use serde_json::json;

use crate::backend::{ALEMBIC_TABLE, Purpose};
use crate::cli::context::Context;
use crate::cli::exit_code::{DONE, FOUND};
use crate::cli::output::{Paint, clean};
use crate::cli::table::{rendered, table};
use crate::migrate::{RevisionState, Status};

/// Compare the revision files with the database
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Exit with 3 if anything is pending
    #[arg(long)]
    check: bool,
}

const APPLIED: [RevisionState; 3] = [RevisionState::Applied, RevisionState::DowngradeChanged, RevisionState::Changed];
const PENDING: [RevisionState; 3] = [RevisionState::Pending, RevisionState::OutOfOrder, RevisionState::Interrupted];

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { check } = args;
    let (project, opening) = context.project_and_database(Purpose::Read)?;
    project.sections()?;
    let status = opening.of(&project)?.status()?;
    let pending = status.ids(&PENDING);
    let code = if check && !pending.is_empty() { FOUND } else { DONE };
    let changed = status.ids(&[RevisionState::Changed]);
    let missing = status.ids(&[RevisionState::Missing]);
    let interrupted = status.ids(&[RevisionState::Interrupted]);
    if context.output.json {
        let mut document = json!({
            "applied": status.ids(&APPLIED),
            "pending": pending,
            "changed": changed,
            "missing": missing,
            "heads": status.heads,
        });
        if !interrupted.is_empty() {
            document["interrupted"] = json!(interrupted);
        }
        if let Some(heads) = &status.alembic {
            document["alembic"] = json!(heads);
        }
        context.output.document(&document)?;
        return Ok(code);
    }
    let mut table = table(&["revision", "state", "applied at", "message"]);
    for row in &status.rows {
        let (word, paint) = described(row.state);
        let at = row.applied_at.as_deref().map(shown_time).unwrap_or_default();
        table.add_row([
            context.output.paint(Paint::Revision, &row.revision),
            context.output.paint(paint, word),
            at,
            clean(&row.message).into_owned(),
        ]);
    }
    if !status.rows.is_empty() {
        context.output.answer(&rendered(&table))?;
    }
    let mut summary = format!("{} applied, {} pending", status.ids(&APPLIED).len(), pending.len());
    for (ids, word) in [(&changed, "changed"), (&missing, "missing"), (&interrupted, "interrupted")] {
        if !ids.is_empty() {
            summary.push_str(&format!(", {} {word}", ids.len()));
        }
    }
    context.output.answer(&summary)?;
    if let Some(heads) = &status.alembic {
        context.output.answer(&clean(&alembic_line(heads, &status)))?;
    }
    Ok(code)
}

/// What Alembic's table says, as long as there is one.
fn alembic_line(heads: &[String], status: &Status) -> String {
    let at = match heads {
        [] => "base".to_owned(),
        heads => heads.join(", "),
    };
    let applied = status.ids(&APPLIED);
    match heads.iter().find(|id| !applied.contains(&id.as_str())) {
        None => format!("{ALEMBIC_TABLE}, which Alembic left: at {at}"),
        Some(_) => {
            format!("{ALEMBIC_TABLE}, which Alembic left: at {at}; `migrator stamp --from-alembic` records that")
        }
    }
}

fn described(state: RevisionState) -> (&'static str, Paint) {
    match state {
        RevisionState::Applied => ("applied", Paint::Good),
        RevisionState::DowngradeChanged => ("applied, downgrade changed", Paint::Notice),
        RevisionState::Changed => ("changed since it ran", Paint::Error),
        RevisionState::Missing => ("applied, file missing", Paint::Error),
        RevisionState::Pending => ("pending", Paint::Notice),
        RevisionState::Interrupted => ("interrupted", Paint::Error),
        RevisionState::OutOfOrder => ("pending below applied", Paint::Error),
    }
}

/// `2026-11-20T10:33:00Z` as `2026-11-20 10:33:00`.
fn shown_time(time: &str) -> String {
    clean(time).replace('T', " ").trim_end_matches('Z').to_owned()
}

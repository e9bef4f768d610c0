use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::cli::context::{Context, shown};
use crate::cli::exit_code::{DONE, FOUND};
use crate::cli::failure::UsageError;
use crate::cli::output::{Output, Paint, clean};
use crate::config::Environment;
use crate::import::alembic::{self, Depth, How, ImportReport, Request, RevisionReport, WayReport, import};
use crate::sql::Dialect;

/// Write a revision file for each revision of an Alembic project, and prove them
///
/// The project's own Python and Alembic are asked, from Alembic 1.6 on; `--config` names alembic.ini. The originals
/// and the new files are run on scratch databases, up, down and up again, and must make the same schema. The
/// database of the project is not touched. Exits with 3 if something is to be written by hand or is not proven.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "alembic_project")]
pub struct Args {
    /// The section of alembic.ini [default: alembic]
    #[arg(short, long, value_name = "SECTION")]
    name: Option<String>,
    /// The Python in whose environment the project runs [default: the active virtual environment, .venv, or python3]
    #[arg(long, value_name = "PROGRAM")]
    python: Option<String>,
    /// The databases to write for, separated by commas: postgresql, sqlite [default: the project's]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    dialect: Vec<Dialect>,
    /// The folder for migrator.toml and the revisions [default: this one]
    #[arg(long, value_name = "DIRECTORY")]
    out: Option<PathBuf>,
    /// Compare the schemas after every revision, not only at head and base
    #[arg(long)]
    prove_each: bool,
    /// Run nothing: what Alembic's offline mode does not give is to be written by hand
    #[arg(long, conflicts_with = "prove_each")]
    no_prove: bool,
    /// What env.py finds as `-x` (repeatable)
    #[arg(short = 'x', value_name = "NAME=VALUE")]
    pairs: Vec<String>,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { name, python, dialect, out, prove_each, no_prove, pairs } = args;
    let mut dialects: Vec<Dialect> = Vec::new();
    for dialect in dialect {
        if !dialects.contains(&dialect) {
            dialects.push(dialect);
        }
    }
    let request = Request {
        directory: std::env::current_dir().context("there is no working directory")?,
        config: context.global.config.clone(),
        section: match (name, context.global.name.first()) {
            (Some(_), Some(_)) => {
                return Err(UsageError::combination("one section of alembic.ini is taken over at a time"));
            }
            (behind, before) => behind.or_else(|| before.cloned()),
        },
        python,
        dialects,
        out,
        url: context.global.url.clone(),
        depth: match (no_prove, prove_each) {
            (true, _) => Depth::Nothing,
            (_, true) => Depth::Each,
            _ => Depth::Heads,
        },
        pairs,
        environment: Environment::from_process(),
        interrupt: context.output.interrupt(),
    };
    let output = &mut *context.output;
    // A story that cannot be written does not stop the work.
    let report = import(&request, &mut |line| drop(output.story(&clean(line)))).map_err(told)?;
    let code = if report.is_complete() { DONE } else { FOUND };
    if output.json {
        output.document(&document(&report))?;
        return Ok(code);
    }
    tell(&report, output)?;
    Ok(code)
}

/// The error of a workflow below as itself.
fn told(error: alembic::Error) -> anyhow::Error {
    match error {
        alembic::Error::Migrate(error) => error.into(),
        other => other.into(),
    }
}

fn tell(report: &ImportReport, output: &mut Output<'_>) -> Result<()> {
    for database in &report.databases {
        if let Some(name) = &database.name {
            output.answer(&clean(&format!("database {name}")))?;
        }
        for revision in &database.revisions {
            let id = output.paint(Paint::Revision, &revision.revision);
            output.answer(&format!("{id} {}: {}", clean(&revision.message), clean(&summary(revision))))?;
            for detail in details(revision) {
                output.answer(&clean(&format!("  {detail}")))?;
            }
        }
    }
    for warning in &report.warnings {
        let word = output.paint_story(Paint::Notice, "warning:");
        output.problem(&format!("{word} {}", clean(warning)))?;
    }
    let revisions = report.databases.iter().flat_map(|database| &database.revisions);
    let by_hand = revisions.clone().filter(|revision| revision.needs_a_hand()).count();
    let proven = revisions.clone().filter(|revision| revision.proven == Some(true)).count();
    let (count, s) = (revisions.clone().count(), if revisions.count() == 1 { "" } else { "s" });
    output.answer(&format!("{count} revision{s}, {proven} proven, {by_hand} to be finished by hand"))?;
    output.answer(&clean(&shown(&report.configuration)))?;
    output.answer(&clean(&format!("{}/", shown(&report.script_location))))?;
    let next = "next: `migrator status`, and for a database that Alembic has migrated `migrator stamp --from-alembic`";
    output.story(next)
}

/// Where the SQL comes from and whether it is proven, on one line.
fn summary(revision: &RevisionReport) -> String {
    let mut words: Vec<&str> = Vec::new();
    for how in revision.ways.iter().map(|way| way.how).filter(|how| *how != How::Nothing) {
        let word = match how {
            How::Hand => "needs a hand",
            other => other.as_str(),
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if words.is_empty() {
        words.push("nothing to do");
    }
    words.extend(match revision.proven {
        Some(true) => Some("proven"),
        Some(false) => Some("not proven"),
        None => None,
    });
    words.join(", ")
}

/// What is to be known of a revision besides.
fn details(revision: &RevisionReport) -> Vec<String> {
    let mut lines = Vec::new();
    for WayReport { direction, dialect, how, reason, notes } in &revision.ways {
        let what = match how {
            How::Hand => "to be written by hand: ",
            How::Irreversible => "irreversible: ",
            _ => "",
        };
        for text in reason.iter().map(|reason| format!("{what}{reason}")).chain(notes.iter().cloned()) {
            lines.push(format!("{} ({dialect}): {text}", direction.as_str()));
        }
    }
    lines.extend(revision.problems.iter().cloned());
    lines
}

fn document(report: &ImportReport) -> Value {
    let way = |way: &WayReport| {
        json!({
            "direction": way.direction.as_str(),
            "dialect": way.dialect.as_str(),
            "how": way.how.as_str(),
            "reason": way.reason,
            "notes": way.notes,
        })
    };
    let revision = |revision: &RevisionReport| {
        json!({
            "revision": revision.revision,
            "message": revision.message,
            "path": shown(&revision.path),
            "ways": revision.ways.iter().map(way).collect::<Vec<_>>(),
            "proven": revision.proven,
            "problems": revision.problems,
        })
    };
    let databases: Vec<Value> = report
        .databases
        .iter()
        .map(|database| {
            json!({"name": database.name, "revisions": database.revisions.iter().map(revision).collect::<Vec<_>>()})
        })
        .collect();
    let [alembic, sqlalchemy, python] = &report.versions;
    json!({
        "complete": report.is_complete(),
        "configuration": shown(&report.configuration),
        "script_location": shown(&report.script_location),
        "versions": {"alembic": alembic, "sqlalchemy": sqlalchemy, "python": python},
        "databases": databases,
        "warnings": report.warnings,
    })
}

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use chrono::Utc;
use clap::ValueEnum;
use serde_json::{Value, json};

use crate::cli::commands::revision::make_empty_locations;
use crate::cli::context::{Context, shown};
use crate::cli::exit_code::DONE;
use crate::cli::failure::UsageError;
use crate::cli::output::{Paint, clean};
use crate::cli::progress::Progress;
use crate::cli::run_view::at;
use crate::config::Config;
use crate::import::sql_tools::{Adoption, Note, Planned, Source, Tool, adopt, plan, read};
use crate::migrate::{Error, Project, StampReport};
use crate::revision::Target;
use crate::script::new_file::write_all_new;
use crate::script::{ScriptError, same_path};
use crate::sql::Dialect;

/// Where the migrations come from.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "tools")]
pub struct Args {
    /// The tool whose migrations they are
    #[arg(long, value_name = "TOOL", required = true)]
    from: From,
    /// The folder with them
    #[arg(value_name = "DIRECTORY", required = true)]
    directory: PathBuf,
    /// Record as applied what the tool recorded in its table, also as --adopt=SCHEMA.TABLE; the table stays as it is
    #[arg(long, value_name = "TABLE", num_args = 0..=1, require_equals = true)]
    adopt: Option<Option<String>>,
    /// The folder for the revisions, in the place of the version location
    #[arg(long, value_name = "DIRECTORY")]
    out: Option<PathBuf>,
    /// The value of a placeholder of Flyway's (repeatable)
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
}

/// The tools, as they are asked for.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum From {
    Flyway,
    Dbmate,
    Goose,
    GolangMigrate,
    Sqlx,
    Diesel,
    Refinery,
}

impl From {
    fn tool(self) -> Tool {
        match self {
            Self::Flyway => Tool::Flyway,
            Self::Dbmate => Tool::Dbmate,
            Self::Goose => Tool::Goose,
            Self::GolangMigrate => Tool::GolangMigrate,
            Self::Sqlx => Tool::Sqlx,
            Self::Diesel => Tool::Diesel,
            Self::Refinery => Tool::Refinery,
        }
    }
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { from, directory, adopt, out, set } = args;
    let tool = from.tool();
    let values = values(tool, &set)?;
    let config = context.config()?;
    let dialect = config.database_url().map_err(Error::from)?.dialect();
    make_empty_locations(&config)?;
    let directory = std::env::current_dir().context("there is no working directory")?.join(directory);
    if config.version_locations.iter().any(|location| same_path(location, &directory)) {
        return Err(UsageError::combination(
            "the migrations lie in the version location: set version_locations to another folder",
        ));
    }
    let source = read(tool, &directory, dialect, &values, &config.version_locations)?;
    let project = Project::with_config(config)?;
    let folder = folder(project.config(), out, adopt.is_some())?;
    let planned = plan(&source, project.scripts(), project.config(), &folder, dialect, Utc::now())?;
    // What the database says is heard before anything is written.
    let table = adopt.map(|table| table.unwrap_or_else(|| tool.table().to_owned()));
    let adoption = match &table {
        Some(table) => Some(judge(&source, table, &project)?),
        None => None,
    };
    let new = planned.iter().filter(|planned| !planned.is_there);
    let files: Vec<(&Path, &str)> = new.map(|planned| (planned.path.as_path(), planned.text.as_str())).collect();
    write_all_new(&files).map_err(|error| Error::from(ScriptError::from(error)))?;
    let stamped = match &adoption {
        Some(adoption) => Some(stamp(adoption, context)?),
        None => None,
    };
    if let Some(table) = table.filter(|table| table != tool.table()) {
        let text = format!("`exclude = [\"table:{table}\"]` under [autogenerate] keeps comparisons from that table");
        context.output.story(&clean(&text))?;
    }
    if context.output.json {
        return document(&source, &planned, adoption.zip(stamped), context);
    }
    tell(&source, &planned, adoption.zip(stamped), context)
}

/// The values given with `--set`, by name in lower case.
fn values(tool: Tool, set: &[String]) -> Result<BTreeMap<String, String>> {
    if tool != Tool::Flyway && !set.is_empty() {
        return Err(UsageError::combination("--set is for placeholders, which only Flyway has"));
    }
    let pair = |text: &String| {
        let (name, value) =
            text.split_once('=').ok_or_else(|| UsageError::combination(format!("`{text}` is not NAME=VALUE")))?;
        Ok((name.to_lowercase(), value.to_owned()))
    };
    set.iter().map(pair).collect()
}

/// Where the files go.
fn folder(config: &Config, out: Option<PathBuf>, adopts: bool) -> Result<PathBuf> {
    let locations = &config.version_locations;
    let Some(out) = out else {
        return match &locations[..] {
            [only] => Ok(only.clone()),
            _ => Err(UsageError::combination("there are several version locations: choose one with --out")),
        };
    };
    let out = std::env::current_dir().context("there is no working directory")?.join(out);
    if adopts && !locations.iter().any(|location| same_path(location, &out)) {
        return Err(UsageError::combination(
            "--adopt needs the revisions in a version location, and --out names another",
        ));
    }
    Ok(out)
}

fn judge(source: &Source, table: &str, project: &Project) -> Result<Adoption> {
    let mut database = project.connect_to_read()?;
    let connection = database.connection();
    let (schema, name) = match (connection.dialect(), table.split_once('.')) {
        (Dialect::PostgreSql, Some((schema, name))) => (Some(schema), name),
        _ => (None, table),
    };
    let found = connection.foreign_table(schema, name).map_err(Error::from)?;
    Ok(adopt(source, table, found.as_ref())?)
}

/// Records what is applied; of a database that has more already, nothing is taken away.
fn stamp(adoption: &Adoption, context: &mut Context<'_, '_>) -> Result<StampReport> {
    let project = context.project()?;
    let mut database = project.connect()?;
    let recorded = database.applied()?;
    let graph = project.graph();
    let last =
        adoption.applied.last().filter(|last| graph.find(last).is_none_or(|node| !recorded.nodes.contains(node)));
    let Some(last) = last else {
        return Ok(StampReport { stamped: Vec::new(), removed: Vec::new(), heads: recorded.heads(graph) });
    };
    let target: Target = last.parse().map_err(Error::from)?;
    let (mut progress, output) = (Progress::default(), &mut *context.output);
    Ok(database.stamp(&[target], false, &mut |event| progress.tell(event, output))?)
}

fn tell(
    source: &Source,
    planned: &[Planned],
    adopted: Option<(Adoption, StampReport)>,
    context: &mut Context<'_, '_>,
) -> Result<u8> {
    let output = &mut *context.output;
    for Note { path, text } in &source.notes {
        output.story(&format!("{}: {text}", clean(&shown(path))))?;
    }
    let there = planned.iter().filter(|planned| planned.is_there).count();
    if there > 0 {
        output.story(&format!("{there} of {} were here already", planned.len()))?;
    }
    for planned in planned.iter().filter(|planned| !planned.is_there) {
        output.answer(&clean(&shown(&planned.path)))?;
    }
    let Some((adoption, report)) = adopted else { return Ok(DONE) };
    for id in &adoption.changed {
        let text = format!("{id}: its file is not what {} recorded: its checksum is another", source.tool.name());
        output.problem(&output.paint_story(Paint::Notice, &text))?;
    }
    for id in &report.stamped {
        let id = output.paint_story(Paint::Revision, id);
        output.story(&format!("stamped {id}"))?;
    }
    output.answer(&at(&report.heads))?;
    Ok(DONE)
}

fn document(
    source: &Source,
    planned: &[Planned],
    adopted: Option<(Adoption, StampReport)>,
    context: &mut Context<'_, '_>,
) -> Result<u8> {
    let revision = |planned: &Planned| json!({"revision": planned.revision, "path": shown(&planned.path), "new": !planned.is_there});
    let note = |note: &Note| json!({"path": shown(&note.path), "note": note.text});
    let adopted = adopted.map(|(adoption, report)| {
        json!({"applied": adoption.applied, "changed": adoption.changed, "stamped": report.stamped, "heads": report.heads})
    });
    context.output.document(&json!({
        "tool": source.tool.name(),
        "revisions": planned.iter().map(revision).collect::<Vec<Value>>(),
        "notes": source.notes.iter().map(note).collect::<Vec<Value>>(),
        "adopted": adopted,
    }))?;
    Ok(DONE)
}

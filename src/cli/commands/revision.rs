use std::path::PathBuf;

use anyhow::{Context as _, Result};
use chrono::Utc;
use serde_json::{Map, Value, json};

use crate::cli::context::{self, Context, shown};
use crate::cli::drafting::{AutogenerateArgs, Content, content};
use crate::cli::exit_code::DONE;
use crate::cli::failure::UsageError;
use crate::cli::output::{Paint, clean};
use crate::config::{Config, ConfigError};
use crate::migrate::{Error, Project};
use crate::revision::{GraphError, Node, Symbol, Target};
use crate::script::create::{NewRevision, create};

/// Make a new revision file
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// What the revision does, in a line
    #[arg(short, long, default_value = "")]
    message: String,
    /// The id, instead of a random one
    #[arg(long, alias = "rev_id", value_name = "ID")]
    rev_id: Option<String>,
    /// What it follows: a head, label@head, or base for a new base
    #[arg(long, default_value = "head", value_name = "TARGET", allow_hyphen_values = true)]
    head: String,
    /// Allow following a revision that is no head, which makes a branch
    #[arg(long)]
    splice: bool,
    /// A label for the branch that begins here (repeatable)
    #[arg(long, alias = "branch_label", value_name = "LABEL")]
    branch_label: Vec<String>,
    /// A revision or label that must be applied first (repeatable)
    #[arg(long, alias = "depends_on", value_name = "TARGET")]
    depends_on: Vec<String>,
    /// The version location the file goes to
    #[arg(long, alias = "version_path", value_name = "DIRECTORY")]
    version_path: Option<PathBuf>,
    #[command(flatten)]
    autogenerate: AutogenerateArgs,
    #[arg(long, hide = true)]
    sql: bool,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { message, rev_id, head, splice, branch_label, depends_on, version_path, autogenerate, sql } = args;
    if sql {
        return Err(UsageError::combination("--sql makes no sense with `revision`: it writes a file and runs nothing"));
    }
    let head = context::target(&head)?;
    let config = context.config()?;
    refuse_no_database(&config)?;
    make_empty_locations(&config)?;
    let project = context.project()?;
    let parents = heads(&project, &[head], splice)?;
    let depends_on = depends_on.iter().map(|name| dependency(&project, name)).collect::<Result<Vec<_>>>()?;
    let content = match autogenerate.is_asked()? {
        true => match content(&project, autogenerate, context)? {
            Some(content) => content,
            None => return Ok(DONE),
        },
        false => Content::default(),
    };
    let new = NewRevision {
        id: rev_id.as_deref(),
        parents: project.graph().ids(parents),
        depends_on: depends_on.into_iter().flatten().collect(),
        branch_labels: branch_label,
        message: &message,
        location: version_path.as_deref(),
        created: Utc::now(),
        upgrade: &content.sections.upgrade,
        downgrade: &content.sections.downgrade,
    };
    write(&project, &new, content.document, context)
}

/// Where there are only named databases, a revision belongs to one of them.
fn refuse_no_database(config: &Config) -> Result<()> {
    match config.database_url() {
        Err(error @ ConfigError::MissingUrl { .. }) if config.name.is_none() && !config.environments.is_empty() => {
            Err(Error::from(error).into())
        }
        _ => Ok(()),
    }
}

/// git keeps no empty directory: a clone of a project without revisions lacks them.
pub(super) fn make_empty_locations(config: &Config) -> Result<()> {
    if config.script_location.is_dir() {
        for location in config.version_locations.iter().filter(|location| !location.exists()) {
            std::fs::create_dir_all(location).with_context(|| format!("cannot make `{}`", location.display()))?;
        }
    }
    Ok(())
}

/// The revisions a new one follows.
pub fn heads(project: &Project, targets: &[Target], splice: bool) -> Result<Vec<Node>> {
    let graph = project.graph();
    let counts = |target: &Target| matches!(target.symbol, None | Some(Symbol::Current));
    let applied = match targets.iter().any(counts) {
        true => project.connect_to_read()?.applied()?.nodes,
        false => graph.no_nodes(),
    };
    let mut nodes = Vec::new();
    for target in targets {
        nodes.extend(graph.resolve(target, &applied).map_err(Error::from)?);
    }
    if let Some(&node) = nodes.iter().find(|&&node| !splice && !graph.is_head(node)) {
        return Err(Error::from(GraphError::NotAHead { revision: graph.id(node).to_owned() }).into());
    }
    Ok(nodes)
}

/// What `depends-on` says for `name`: a label as it is, anything else as ids.
fn dependency(project: &Project, name: &str) -> Result<Vec<String>> {
    let graph = project.graph();
    if graph.is_label(name) {
        return Ok(vec![name.to_owned()]);
    }
    let nodes = graph.resolve(&context::target(name)?, &graph.no_nodes()).map_err(Error::from)?;
    Ok(graph.ids(nodes))
}

/// Writes the file and says so, under `--json` with what `more` holds.
pub fn write(
    project: &Project,
    new: &NewRevision<'_>,
    more: Map<String, Value>,
    context: &mut Context<'_, '_>,
) -> Result<u8> {
    let created = create(project.scripts(), project.config(), new).map_err(Error::from)?;
    if context.output.json {
        let mut document = Map::new();
        document.insert("revision".to_owned(), json!(created.revision));
        document.insert("path".to_owned(), json!(shown(&created.path)));
        document.extend(more);
        context.output.document(&Value::Object(document))?;
        return Ok(DONE);
    }
    let follows = match &new.parents[..] {
        [] => "a new base".to_owned(),
        parents => format!("on top of {}", parents.join(" and ")),
    };
    let id = context.output.paint_story(Paint::Revision, &created.revision);
    context.output.story(&format!("made revision {id}, {follows}"))?;
    for hook in &created.hooks {
        for line in hook.stdout.lines().chain(hook.stderr.lines()) {
            context.output.story(&format!("{}: {}", clean(&hook.name), clean(line)))?;
        }
    }
    context.output.answer(&clean(&shown(&created.path)))?;
    Ok(DONE)
}

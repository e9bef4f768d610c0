use anyhow::Result;
use serde_json::{Value, json};

use crate::cli::context::{Context, shown};
use crate::cli::drawing::{Drawing, terminal};
use crate::cli::exit_code::DONE;
use crate::cli::output::{Output, clean};
use crate::cli::revision_view;
use crate::cli::table::{rendered, table};
use crate::migrate::{Applied, Error, Project};
use crate::revision::{GraphError, Node, Range, Symbol, Target};

/// List the revisions, newest first
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Only these: from:to, from: or :to, both ends included
    #[arg(short, long, alias = "rev_range", value_name = "FROM:TO", allow_hyphen_values = true)]
    rev_range: Option<String>,
    /// Mark the current revisions of the database
    #[arg(short, long, alias = "indicate_current")]
    indicate_current: bool,
    /// Oldest first
    #[arg(long)]
    reverse: bool,
    /// Draw the lines between the revisions beside them
    #[arg(long, conflicts_with_all = ["reverse", "verbose"])]
    graph: bool,
}

pub fn run(args: Args, context: &mut Context<'_, '_>) -> Result<u8> {
    let Args { rev_range, indicate_current, reverse, graph: draw } = args;
    let range = rev_range.as_deref().map(parse).transpose()?.unwrap_or(Range { from: None, to: None });
    let project = context.project()?;
    let graph = project.graph();
    let applied = match indicate_current || needs_database(&range) {
        true => Some(project.connect_to_read()?.applied()?),
        false => None,
    };
    let nothing = graph.no_nodes();
    let applied_nodes = applied.as_ref().map_or(&nothing, |applied| &applied.nodes);
    let mut nodes = graph.history(&range, applied_nodes).map_err(Error::from)?;
    if reverse {
        nodes.reverse();
    }
    let current = current(&project, indicate_current.then_some(applied.as_ref()).flatten());
    if context.output.json {
        let known = |node: &Node| current.as_ref().map(|current| current.contains(node));
        let revisions: Vec<Value> =
            nodes.iter().map(|node| revision_view::object(&project, *node, known(node))).collect();
        context.output.document(&json!({"revisions": revisions}))?;
        return Ok(DONE);
    }
    if draw {
        let drawing = Drawing::new(&project, nodes, applied.filter(|_| indicate_current));
        for line in terminal::lines(&drawing, context.output) {
            context.output.answer(&line)?;
        }
        return Ok(DONE);
    }
    let is_current = |node: Node| current.as_ref().is_some_and(|current| current.contains(&node));
    if context.output.verbose {
        let text = detailed(&project, &nodes, is_current, context.output);
        context.output.answer(&text)?;
        return Ok(DONE);
    }
    for &node in &nodes {
        let line = revision_view::line(&project, node, is_current(node), context.output);
        context.output.answer(&line)?;
    }
    if graph.is_empty() {
        context.output.story("there are no revisions yet; make one with `migrator revision -m \"message\"`")?;
    }
    Ok(DONE)
}

fn parse(text: &str) -> Result<Range> {
    if !text.contains(':') {
        return Err(Error::from(GraphError::BadHistoryRange { text: text.to_owned() }).into());
    }
    Ok(text.parse().map_err(Error::from)?)
}

/// Does a range count from what is applied?
fn needs_database(range: &Range) -> bool {
    let counts = |target: &Target| matches!(target.symbol, None | Some(Symbol::Current));
    let lower = range.from.as_ref().is_some_and(counts);
    let upper = range.to.as_ref().is_some_and(|to| {
        counts(to) && !matches!(to, Target { symbol: None, offset: Some(crate::revision::Offset::Up(_)), .. })
    });
    lower || upper
}

fn current(project: &Project, applied: Option<&Applied>) -> Option<Vec<Node>> {
    applied.map(|applied| project.graph().maximal(&applied.nodes))
}

fn detailed(project: &Project, nodes: &[Node], is_current: impl Fn(Node) -> bool, output: &Output<'_>) -> String {
    let mut table = table(&["revision", "revises", "created", "message", "path"]);
    for &node in nodes {
        let script = project.scripts().script(node);
        let created = script.header.created.map(|created| project.config().timezone.local(created));
        let mark = if is_current(node) { " (current)" } else { "" };
        let depends_on = match &script.header.revision.depends_on[..] {
            [] => String::new(),
            names => format!("\ndepends on {}", names.join(", ")),
        };
        table.add_row([
            format!("{}{mark}", revision_view::name(project, node, output)),
            revision_view::parents(project, node) + &depends_on,
            created.map(|created| created.format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default(),
            clean(&script.header.message).into_owned(),
            clean(&shown(&script.path)).into_owned(),
        ]);
    }
    rendered(&table)
}

//! One revision, as a line, as a JSON object, or in full.

use serde_json::{Value, json};

use super::context::shown;
use super::output::{Output, Paint, clean};
use super::progress::shown_duration;
use crate::migrate::Project;
use crate::revision::Node;

/// The JSON object of a revision; `current`: is it one of the current revisions (unknown without a database)?
pub fn object(project: &Project, node: Node, current: Option<bool>) -> Value {
    let (graph, script) = (project.graph(), project.scripts().script(node));
    json!({
        "revision": script.id(),
        "down_revisions": script.header.revision.parents,
        "depends_on": script.header.revision.depends_on,
        "branch_labels": script.header.revision.branch_labels,
        "message": script.header.message,
        "created": script.header.created.map(|created| created.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
        "path": shown(&script.path),
        "is_head": graph.is_head(node),
        "is_base": graph.is_base(node),
        "is_branch_point": graph.is_branch_point(node),
        "is_merge_point": graph.is_merge_point(node),
        "is_current": current,
    })
}

/// `1975ea83b712 (accounts) (head)`
pub fn name(project: &Project, node: Node, output: &Output<'_>) -> String {
    let graph = project.graph();
    let mut text = output.paint(Paint::Revision, graph.id(node));
    text.push_str(&tags(project, node, output));
    text
}

/// The labels and marks behind a revision's id, each in parentheses.
fn tags(project: &Project, node: Node, output: &Output<'_>) -> String {
    let graph = project.graph();
    let mut text = String::new();
    if !graph.branch_labels(node).is_empty() {
        text.push_str(&format!(" ({})", clean(&graph.branch_labels(node).join(", "))));
    }
    let marks = [
        (graph.is_head(node), "head"),
        (graph.is_branch_point(node), "branchpoint"),
        (graph.is_merge_point(node), "mergepoint"),
    ];
    for (is, mark) in marks {
        if is {
            text.push_str(&format!(" ({})", output.paint(Paint::Good, mark)));
        }
    }
    text
}

/// `1975ea83b712 -> 3f2a9c1b7d04 (accounts) (head) (current), create users`
pub fn line(project: &Project, node: Node, current: bool, output: &Output<'_>) -> String {
    let script = project.scripts().script(node);
    let mark = if current { format!(" ({})", output.paint(Paint::Notice, "current")) } else { String::new() };
    let depends_on = match &script.header.revision.depends_on[..] {
        [] => String::new(),
        names => format!(" (depends on {})", names.join(", ")),
    };
    format!(
        "{} -> {}{depends_on}{mark}, {}",
        parents(project, node),
        name(project, node, output),
        clean(&script.header.message)
    )
}

/// The parents' ids, or `<base>`.
pub fn parents(project: &Project, node: Node) -> String {
    match &project.scripts().script(node).header.revision.parents[..] {
        [] => "<base>".to_owned(),
        parents => parents.join(", "),
    }
}

/// Everything about a revision, over several lines.
pub fn full(project: &Project, node: Node, current: bool, output: &Output<'_>) -> Vec<String> {
    let (graph, script) = (project.graph(), project.scripts().script(node));
    let mut lines = vec![format!("revision   {}", name(project, node, output))];
    let mut field = |name: &str, value: String| lines.push(format!("{name:<10} {value}"));
    if current {
        field("state", "current".to_owned());
    }
    field("revises", parents(project, node));
    if !script.header.revision.depends_on.is_empty() {
        field("depends on", script.header.revision.depends_on.join(", "));
    }
    if !graph.children(node).is_empty() {
        field("next", graph.ids(graph.children(node).iter().copied()).join(", "));
    }
    if let Some(created) = script.header.created {
        let zone = &project.config().timezone;
        let local = zone.local(created).format("%Y-%m-%d %H:%M:%S");
        field("created", format!("{local} {}", zone.abbreviation(created)));
    }
    if let Some(limit) = script.header.lock_timeout {
        let limit = if limit.is_zero() { "none".to_owned() } else { shown_duration(limit) };
        field("timeout", format!("{limit} for a lock"));
    }
    field("path", clean(&shown(&script.path)).into_owned());
    lines.push(String::new());
    lines.extend(script.documentation().lines().map(|line| format!("    {}", clean(line)).trim_end().to_owned()));
    lines
}

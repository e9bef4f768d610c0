//! Graphviz: <https://graphviz.org/doc/info/lang.html>

use super::Drawing;

/// The graph in the DOT language; a dashed box is pending, a dashed line is a dependency.
pub fn text(drawing: &Drawing<'_>) -> String {
    let graph = drawing.project.graph();
    let mut text = String::from("digraph revisions {\n  rankdir=BT;\n  node [shape=box, fontname=\"sans-serif\"];\n");
    for &node in &drawing.order {
        let mut label = vec![graph.id(node).to_owned(), drawing.message(node).to_owned()];
        let marks = drawing.marks(node);
        if !marks.is_empty() {
            label.push(format!("({})", marks.join(", ")));
        }
        let style = if drawing.is_pending(node) { ", style=dashed" } else { "" };
        text.push_str(&format!("  {} [label={}{style}];\n", quoted(graph.id(node)), quoted(&label.join("\n"))));
    }
    let drawn = graph.set(drawing.order.iter().copied());
    for &node in &drawing.order {
        let parents = graph.parents(node).iter().map(|&below| (below, ""));
        let dependencies = graph.dependencies(node).iter().map(|&below| (below, " [style=dashed]"));
        for (below, style) in parents.chain(dependencies).filter(|(below, _)| drawn.contains(*below)) {
            text.push_str(&format!("  {} -> {}{style};\n", quoted(graph.id(below)), quoted(graph.id(node))));
        }
    }
    text.push_str("}\n");
    text
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            control if control.is_control() => quoted.push(' '),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

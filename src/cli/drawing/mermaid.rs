//! Mermaid, which code hosts draw in Markdown: <https://mermaid.js.org/syntax/flowchart.html>

use super::Drawing;

/// The graph as a Mermaid flowchart; a rounded dashed box is pending, a dotted line is a dependency.
pub fn text(drawing: &Drawing<'_>) -> String {
    let graph = drawing.project.graph();
    let mut text = String::from("flowchart BT\n");
    for &node in &drawing.order {
        let mut label = format!("{}<br/>{}", graph.id(node), escaped(drawing.message(node)));
        let marks = drawing.marks(node);
        if !marks.is_empty() {
            label.push_str(&format!("<br/>({})", escaped(&marks.join(", "))));
        }
        let (open, close) = if drawing.is_pending(node) { ("(\"", "\"):::pending") } else { ("[\"", "\"]") };
        text.push_str(&format!("  n{node}{open}{label}{close}\n"));
    }
    let drawn = graph.set(drawing.order.iter().copied());
    for &node in &drawing.order {
        let parents = graph.parents(node).iter().map(|&below| (below, "-->"));
        let dependencies = graph.dependencies(node).iter().map(|&below| (below, "-.->"));
        for (below, arrow) in parents.chain(dependencies).filter(|(below, _)| drawn.contains(*below)) {
            text.push_str(&format!("  n{below} {arrow} n{node}\n"));
        }
    }
    text.push_str("  classDef pending stroke-dasharray: 5 5\n");
    text
}

/// Text for a quoted Mermaid label, where entities are written `#name;`.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '"' => escaped.push_str("#quot;"),
            '#' => escaped.push_str("#35;"),
            '<' => escaped.push_str("#lt;"),
            '>' => escaped.push_str("#gt;"),
            '&' => escaped.push_str("#amp;"),
            '`' => escaped.push_str("#96;"),
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

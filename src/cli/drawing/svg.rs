//! The graph as an SVG picture: <https://www.w3.org/TR/SVG2/>

use std::fmt::Write as _;

use super::Drawing;

const ROW: usize = 34;
const COLUMN: usize = 24;
const MARGIN: usize = 24;
const CHARACTER: usize = 8;

/// A picture that any browser shows. Applied and pending revisions differ in shape: a filled circle is
/// applied, a hollow one pending, a ringed one current; a dashed line is a dependency.
pub fn text(drawing: &Drawing<'_>) -> String {
    let graph = drawing.project.graph();
    let rows = graph.layout(&drawing.order);
    let columns = rows.iter().flat_map(|row| row.lines.iter().map(|line| line.from.max(line.to)).chain([row.column]));
    let text_x = MARGIN + (columns.max().unwrap_or(0) + 1) * COLUMN;
    let labels: Vec<String> = rows.iter().map(|row| label(drawing, row.node)).collect();
    let longest = labels.iter().map(|label| columns_of(label)).max().unwrap_or(0);
    let width = text_x + longest * CHARACTER + MARGIN;
    let height = 2 * MARGIN + rows.len().saturating_sub(1) * ROW;

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-label=\"revision graph\">\n<style>\ntext {{ font: 13px ui-monospace, monospace; fill: #1f2328 }}\n\
         .line {{ fill: none; stroke: #57606a; stroke-width: 2 }}\n.dependency {{ stroke-dasharray: 3 4 }}\n\
         .revision {{ fill: #1f2328; stroke: #1f2328; stroke-width: 2 }}\n.pending {{ fill: #ffffff }}\n\
         .ring {{ fill: none; stroke: #1f2328; stroke-width: 2 }}\n\
         @media (prefers-color-scheme: dark) {{ text {{ fill: #e6edf3 }} .line {{ stroke: #8b949e }} \
         .revision, .ring {{ stroke: #e6edf3 }} .revision {{ fill: #e6edf3 }} .pending {{ fill: #0d1117 }} }}\n</style>\n"
    );
    let at = |index: usize, column: usize| (MARGIN + column * COLUMN, MARGIN + index * ROW);
    for (index, row) in rows.iter().enumerate() {
        for line in &row.lines {
            let ((x1, y1), (x2, y2)) = (at(index, line.from), at(index + 1, line.to));
            let (class, middle) = (if line.dependency { " dependency" } else { "" }, (y1 + y2) / 2);
            // Writing to a String cannot fail.
            let _ =
                writeln!(svg, "<path class=\"line{class}\" d=\"M{x1} {y1} C{x1} {middle} {x2} {middle} {x2} {y2}\"/>");
        }
    }
    for ((index, row), label) in rows.iter().enumerate().zip(&labels) {
        let (x, y) = at(index, row.column);
        let class = if drawing.is_pending(row.node) { " pending" } else { "" };
        let _ = write!(svg, "<circle class=\"revision{class}\" cx=\"{x}\" cy=\"{y}\" r=\"6\"/>");
        if drawing.state(row.node) == Some("current") {
            let _ = write!(svg, "<circle class=\"ring\" cx=\"{x}\" cy=\"{y}\" r=\"10\"/>");
        }
        let _ = writeln!(svg, "<text x=\"{text_x}\" y=\"{}\">{}</text>", y + 5, escaped(label));
    }
    svg.push_str("</svg>\n");
    svg
}

fn label(drawing: &Drawing<'_>, node: usize) -> String {
    let marks: String = drawing.marks(node).iter().map(|mark| format!(" ({mark})")).collect();
    format!("{}{marks} {}", drawing.project.graph().id(node), drawing.message(node))
}

/// How many columns a text takes at most in a monospaced font: East Asian letters and pictographs take two.
fn columns_of(text: &str) -> usize {
    text.chars().map(|character| if character >= '\u{1100}' { 2 } else { 1 }).sum()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

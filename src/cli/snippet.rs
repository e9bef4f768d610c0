//! A place in a file, shown with a caret under it.

use std::path::Path;

use super::context::shown;
use super::output::{Output, Paint, clean};
use crate::sql::Position;

/// How many characters of a long line are shown.
const WINDOW: usize = 100;
const TAB: &str = "    ";

/// The lines of a snippet: the arrow with the place, and if the line is known the line with a caret and
/// `label` beside it.
pub fn snippet(
    path: &Path,
    position: Position,
    source_line: Option<&str>,
    width: usize,
    label: &str,
    output: &Output<'_>,
) -> Vec<String> {
    let dim = |text: &str| output.paint_story(Paint::Dim, text);
    let number = position.line.to_string();
    let margin = " ".repeat(number.len() + 1);
    let place = format!("{}:{position}", shown(path));
    let mut lines = vec![format!("{}{} {}", " ".repeat(number.len()), dim(" -->"), clean(&place))];
    let Some(source) = source_line else { return lines };
    let column = (position.column as usize).saturating_sub(1);
    let start = column.saturating_sub(WINDOW / 2);
    let visible: Vec<char> = source.chars().skip(start).take(WINDOW).collect();
    let expand = |characters: &[char]| {
        let text: String = characters.iter().collect();
        clean(&text.replace('\t', TAB)).into_owned()
    };
    let shown_line = expand(&visible);
    let before = expand(&visible[..(column - start).min(visible.len())]).chars().count();
    let width = width.clamp(1, visible.len().saturating_sub(column - start).max(1));
    let mut label = label.lines();
    lines.push(format!("{margin}{}", dim("|")));
    lines.push(format!("{} {} {shown_line}", dim(&number), dim("|")));
    lines.push(format!(
        "{margin}{} {}{}",
        dim("|"),
        " ".repeat(before),
        output.paint_story(Paint::Error, format!("{} {}", "^".repeat(width), label.next().unwrap_or("")).trim_end())
    ));
    for more in label {
        lines.push(format!("{margin}{} {}", dim("|"), clean(more)));
    }
    lines.push(format!("{margin}{}", dim("|")));
    lines
}

//! The graph beside the log, in box-drawing characters.

use super::Drawing;
use crate::cli::output::{Output, Paint, clean};
use crate::cli::revision_view;
use crate::revision::layout::{Line, Row};

const UP: u8 = 1;
const DOWN: u8 = 2;
const LEFT: u8 = 4;
const RIGHT: u8 = 8;

/// The lines of `history --graph`.
///
/// A filled mark is a revision; with the database asked, `○` is pending, `●` applied, `◉` current.
pub fn lines(drawing: &Drawing<'_>, output: &Output<'_>) -> Vec<String> {
    let rows = drawing.project.graph().layout(&drawing.order);
    let width =
        rows.iter().flat_map(|row| row.lines.iter().map(|line| line.from.max(line.to)).chain([row.column])).max();
    let width = width.map_or(1, |column| column + 1);
    let mut lines = Vec::new();
    let mut above: &[Line] = &[];
    for (index, row) in rows.iter().enumerate() {
        let graph = node_row(row, above, drawing, width);
        let text = describe(row, drawing, output);
        lines.push(format!("{graph} {text}").trim_end().to_owned());
        // A line that ends here must not seem to go on to the revision below.
        let ends_above_next = !row.lines.iter().any(|line| line.from == row.column)
            && rows.get(index + 1).is_some_and(|next| next.column == row.column);
        if ends_above_next || row.lines.iter().any(|line| line.from != line.to) {
            lines.push(connector(&row.lines, width).trim_end().to_owned());
        }
        above = &row.lines;
    }
    lines
}

fn describe(row: &Row, drawing: &Drawing<'_>, output: &Output<'_>) -> String {
    let name = revision_view::name(drawing.project, row.node, output);
    let state = drawing.state(row.node).map_or_else(String::new, |state| {
        let paint = if state == "pending" { Paint::Dim } else { Paint::Notice };
        format!(" ({})", output.paint(paint, state))
    });
    format!("{name}{state} {}", clean(drawing.message(row.node)))
}

/// The row of a revision: its mark, and the lines that pass it.
fn node_row(row: &Row, above: &[Line], drawing: &Drawing<'_>, width: usize) -> String {
    let mark = match drawing.state(row.node) {
        Some("pending") => '○',
        Some("current") => '◉',
        _ => '●',
    };
    let mut cells = vec![' '; width * 2 - 1];
    for line in above.iter().filter(|line| line.to != row.column) {
        let cell = &mut cells[line.to * 2];
        *cell = if line.dependency && *cell != '│' { '┊' } else { '│' };
    }
    cells[row.column * 2] = mark;
    cells.into_iter().collect()
}

/// The row between two revisions, where lines change columns.
fn connector(lines: &[Line], width: usize) -> String {
    let mut cells = vec![(0u8, true); width * 2 - 1];
    let mut draw = |cell: usize, directions: u8, dependency: bool| {
        cells[cell].0 |= directions;
        cells[cell].1 &= dependency;
    };
    for line in lines {
        let (from, to) = (line.from * 2, line.to * 2);
        if from == to {
            draw(from, UP | DOWN, line.dependency);
            continue;
        }
        let (towards, back) = if from < to { (RIGHT, LEFT) } else { (LEFT, RIGHT) };
        draw(from, UP | towards, line.dependency);
        for cell in from.min(to) + 1..from.max(to) {
            draw(cell, LEFT | RIGHT, line.dependency);
        }
        draw(to, DOWN | back, line.dependency);
    }
    cells.into_iter().map(|(directions, dependency)| character(directions, dependency)).collect()
}

fn character(directions: u8, dependency: bool) -> char {
    const VERTICAL: u8 = UP | DOWN;
    const HORIZONTAL: u8 = LEFT | RIGHT;
    match (directions, dependency) {
        (0, _) => ' ',
        (VERTICAL, true) => '┊',
        (VERTICAL, false) => '│',
        (HORIZONTAL, true) => '┄',
        (HORIZONTAL, false) => '─',
        (9, _) => '╰',
        (5, _) => '╯',
        (10, _) => '╭',
        (6, _) => '╮',
        (11, _) => '├',
        (7, _) => '┤',
        (13, _) => '┴',
        (14, _) => '┬',
        _ => '┼',
    }
}

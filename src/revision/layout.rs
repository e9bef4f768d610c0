//! Where a drawing of the graph puts revisions and lines.

use super::{Graph, Node, NodeSet};

/// A row of a drawing: a revision in its column, and the lines from this row to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The revision.
    pub node: Node,
    /// Its column, from 0.
    pub column: usize,
    /// The lines that lead from this row to the next one.
    pub lines: Vec<Line>,
}

/// A piece of line between two rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The column in the upper row.
    pub from: usize,
    /// The column in the lower row.
    pub to: usize,
    /// Does it stand for `depends-on` rather than for `revises`?
    pub dependency: bool,
}

/// A line on its way down to a revision that is still to come.
#[derive(Debug, Clone, Copy)]
struct Lane {
    to: Node,
    dependency: bool,
}

impl Graph {
    /// Lays out `order`, which lists revisions newest first, each before all it needs.
    ///
    /// Lines to revisions that are not in `order` are left out.
    #[must_use]
    pub fn layout(&self, order: &[Node]) -> Vec<Row> {
        let drawn: NodeSet = self.set(order.iter().copied());
        let mut lanes: Vec<Option<Lane>> = Vec::new();
        let mut rows = Vec::with_capacity(order.len());
        let mut column = 0;
        for (index, &node) in order.iter().enumerate() {
            if index == 0 {
                column = place(&lanes, node);
            }
            for lane in &mut lanes {
                if lane.is_some_and(|lane| lane.to == node) {
                    *lane = None;
                }
            }
            let lines = lanes.iter().enumerate();
            let passing: Vec<(usize, bool)> =
                lines.filter_map(|(column, lane)| lane.map(|lane| (column, lane.dependency))).collect();
            let mut branching: Vec<(usize, bool)> = Vec::new();
            let parents = self.parents(node).iter().map(|&below| (below, false));
            let dependencies = self.dependencies(node).iter().map(|&below| (below, true));
            for (below, dependency) in parents.chain(dependencies).filter(|(below, _)| drawn.contains(*below)) {
                let lane = lane_to(&mut lanes, column, Lane { to: below, dependency });
                if !branching.iter().any(|&(other, _)| other == lane) {
                    branching.push((lane, dependency));
                }
            }
            let next = order.get(index + 1);
            let next_column = next.map_or(0, |&next| place(&lanes, next));
            let arrives = |lane: usize| match (lanes[lane], next) {
                (Some(Lane { to, .. }), Some(&next)) if to == next => next_column,
                _ => lane,
            };
            let through = passing.iter().map(|&(lane, dependency)| Line { from: lane, to: arrives(lane), dependency });
            let out = branching.iter().map(|&(lane, dependency)| Line { from: column, to: arrives(lane), dependency });
            let mut lines: Vec<Line> = through.chain(out).collect();
            lines.sort_unstable();
            lines.dedup();
            rows.push(Row { node, column, lines });
            column = next_column;
        }
        rows
    }
}

/// The column of a revision: where the first line to it comes down, else the first that is free.
fn place(lanes: &[Option<Lane>], node: Node) -> usize {
    let awaiting = lanes.iter().position(|lane| lane.is_some_and(|lane| lane.to == node));
    awaiting.unwrap_or_else(|| lanes.iter().position(Option::is_none).unwrap_or(lanes.len()))
}

/// The lane that leads to `lane.to`: one that does already, else this column, else a free one.
fn lane_to(lanes: &mut Vec<Option<Lane>>, column: usize, lane: Lane) -> usize {
    let leads_there = |other: &Option<Lane>| other.is_some_and(|other| other.to == lane.to);
    if let Some(there) = lanes.iter().position(leads_there) {
        // A line that stands for both is drawn as `revises`.
        if let Some(shared) = &mut lanes[there] {
            shared.dependency &= lane.dependency;
        }
        return there;
    }
    if lanes.len() <= column {
        lanes.resize(column + 1, None);
    }
    let free = |lanes: &[Option<Lane>]| lanes.iter().position(Option::is_none);
    let chosen = match lanes[column] {
        None => column,
        Some(_) => free(lanes).unwrap_or_else(|| {
            lanes.push(None);
            lanes.len() - 1
        }),
    };
    lanes[chosen] = Some(lane);
    chosen
}

//! The order of revisions: topological, following one line as far as it goes.

use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BinaryHeap, HashMap};

use super::{Graph, Node, NodeSet};

/// From how many revisions above one on they are kept sorted by their first lines.
const WIDE: usize = 16;

/// The heads from which the walk goes down, in a list with stable places.
///
/// A place keeps its rank while the revision in it is replaced by the one below; a line that ended
/// leaves the list.
struct Lines {
    heads: Vec<Node>,
    before: Vec<Option<usize>>,
    after: Vec<Option<usize>>,
    place: Vec<Option<usize>>,
    last: Option<usize>,
}

/// The state of the walk.
struct Walk<'g> {
    graph: &'g Graph,
    todo: NodeSet,
    lines: Lines,
    /// For every revision to come, the first line that leads down to it. It only ever grows: a line
    /// leads to less and less, and new ones come last.
    first_line: Vec<usize>,
    /// For revisions below very many: those, by first line. An entry may lag behind, as first lines grow.
    above: HashMap<Node, BinaryHeap<Reverse<(usize, Node)>>>,
}

impl Lines {
    fn new(nodes: usize) -> Self {
        Self { heads: Vec::new(), before: Vec::new(), after: Vec::new(), place: vec![None; nodes], last: None }
    }

    fn push(&mut self, node: Node) {
        let place = self.heads.len();
        self.heads.push(node);
        self.before.push(self.last);
        self.after.push(None);
        if let Some(last) = self.last {
            self.after[last] = Some(place);
        }
        self.place[node] = Some(place);
        self.last = Some(place);
    }

    fn replace(&mut self, place: usize, node: Node) {
        self.place[self.heads[place]] = None;
        self.heads[place] = node;
        self.place[node] = Some(place);
    }

    /// Takes a line out; gives the place to go on with: the one before, else the first.
    fn remove(&mut self, place: usize) -> Option<usize> {
        self.place[self.heads[place]] = None;
        let (before, after) = (self.before[place], self.after[place]);
        if let Some(before) = before {
            self.after[before] = after;
        }
        match after {
            Some(after) => self.before[after] = before,
            None => self.last = before,
        }
        before.or(after)
    }
}

impl<'g> Walk<'g> {
    fn new(graph: &'g Graph, set: &NodeSet) -> Self {
        let mut lines = Lines::new(graph.len());
        let is_needed = |node: Node| graph.needed_by(node).any(|above| set.contains(above));
        set.iter().filter(|&node| !is_needed(node)).for_each(|head| lines.push(head));
        let mut walk =
            Self { graph, todo: set.clone(), lines, first_line: vec![usize::MAX; graph.len()], above: HashMap::new() };
        for &node in graph.oldest_first.iter().rev().filter(|&&node| set.contains(node)) {
            let above = walk.first_line_above(node, 0);
            walk.first_line[node] = walk.lines.place[node].unwrap_or(above);
        }
        walk
    }

    /// The first line that leads to something which needs `node`; the search ends at `least`, which none comes before.
    fn first_line_above(&mut self, node: Node, least: usize) -> usize {
        if self.graph.needed_by(node).nth(WIDE).is_some() {
            return self.first_line_above_wide(node);
        }
        let mut first = usize::MAX;
        for above in self.graph.needed_by(node).filter(|&above| self.todo.contains(above)) {
            first = first.min(self.first_line[above]);
            if first <= least {
                break;
            }
        }
        first
    }

    fn first_line_above_wide(&mut self, node: Node) -> usize {
        let Self { graph, todo, first_line, above, .. } = self;
        let by_line = above.entry(node).or_insert_with(|| {
            graph.needed_by(node).filter(|&above| todo.contains(above)).map(|above| Reverse((0, above))).collect()
        });
        while let Some(mut entry) = by_line.peek_mut() {
            let Reverse((line, above)) = *entry;
            if !todo.contains(above) {
                PeekMut::pop(entry);
            } else if line < first_line[above] {
                *entry = Reverse((first_line[above], above));
            } else {
                return line;
            }
        }
        usize::MAX
    }

    /// Takes the head off the line at `here`, which goes on with what it needs; gives the line to go on with.
    fn take(&mut self, here: usize) -> Option<usize> {
        let taken = self.lines.heads[here];
        self.todo.remove(taken);
        let mut next: Vec<Node> = Vec::new();
        for below in self.graph.needs(taken).filter(|&below| self.todo.contains(below)) {
            if self.lines.place[below].is_none() && !next.contains(&below) {
                next.push(below);
            }
        }
        let place = match next.first() {
            Some(&first) => {
                self.lines.replace(here, first);
                Some(here)
            }
            None => self.lines.remove(here),
        };
        next.iter().skip(1).for_each(|&node| self.lines.push(node));
        self.update_below(taken);
        place
    }

    /// Brings `first_line` up to date below a revision that was taken.
    fn update_below(&mut self, taken: Node) {
        let mut changed = vec![(taken, self.first_line[taken])];
        while let Some((node, was)) = changed.pop() {
            let graph = self.graph;
            for below in graph.needs(node) {
                // Another value does not come from here.
                if !self.todo.contains(below) || self.first_line[below] != was {
                    continue;
                }
                let own = self.lines.place[below].unwrap_or(usize::MAX);
                let first = if own <= was { own } else { own.min(self.first_line_above(below, was)) };
                if first != was {
                    self.first_line[below] = first;
                    changed.push((below, was));
                }
            }
        }
    }
}

impl Graph {
    /// The members of `set`, each before everything it needs (newest first): as `history` lists them.
    ///
    /// The walk starts at the set's heads in load order and follows one line down as far as it can;
    /// where it meets a revision that another line still needs, it goes on with the first such line.
    /// An upgrade runs the reverse of this order.
    #[must_use]
    pub fn newest_first(&self, set: &NodeSet) -> Vec<Node> {
        let mut walk = Walk::new(self, set);
        let mut output = Vec::with_capacity(set.len());
        let mut place = if set.is_empty() { None } else { Some(0) };
        while let Some(here) = place {
            let candidate = walk.lines.heads[here];
            place = match walk.first_line_above(candidate, 0) {
                usize::MAX => {
                    output.push(candidate);
                    walk.take(here)
                }
                line => Some(line),
            };
        }
        output
    }
}

//! The order of revisions: topological, following one line as far as it goes.

use super::{Graph, Node, NodeSet};

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
            self.after[before] = after
        }
        match after {
            Some(after) => self.before[after] = before,
            None => self.last = before,
        }
        before.or(after)
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
        let mut waiting: Vec<usize> = vec![0; self.len()];
        for node in set.iter() {
            for below in self.needs(node) {
                waiting[below] += 1;
            }
        }
        let mut lines = Lines::new(self.len());
        for head in set.iter().filter(|&node| waiting[node] == 0) {
            lines.push(head);
        }
        let mut output = Vec::with_capacity(set.len());
        let mut todo = set.clone();
        let mut place = if lines.heads.is_empty() { None } else { Some(0) };
        while let Some(here) = place {
            let candidate = lines.heads[here];
            if waiting[candidate] > 0 {
                place = self.first_line_above(candidate, &todo, &lines);
                continue;
            }
            output.push(candidate);
            todo.remove(candidate);
            let mut next = Vec::new();
            for below in self.needs(candidate) {
                waiting[below] -= 1;
                if todo.contains(below) && lines.place[below].is_none() && !next.contains(&below) {
                    next.push(below);
                }
            }
            let mut next = next.into_iter();
            match next.next() {
                Some(first) => lines.replace(here, first),
                None => place = lines.remove(here),
            }
            next.for_each(|node| lines.push(node));
        }
        output
    }

    /// The first line whose head needs `candidate` through revisions that are still to come.
    fn first_line_above(&self, candidate: Node, todo: &NodeSet, lines: &Lines) -> Option<usize> {
        let mut seen = std::collections::HashSet::from([candidate]);
        let mut stack = vec![candidate];
        let mut first: Option<usize> = None;
        while let Some(node) = stack.pop() {
            for above in self.needed_by(node).filter(|&above| todo.contains(above)) {
                if !seen.insert(above) {
                    continue;
                }
                if let Some(place) = lines.place[above] {
                    first = Some(first.map_or(place, |first| first.min(place)));
                }
                stack.push(above);
            }
        }
        first
    }
}

//! Which revisions an upgrade, a downgrade, a stamp or a history range is made of.

use super::{Graph, GraphError, Node, NodeSet, Offset, Range, Symbol, Target};

impl Graph {
    /// The revisions to apply, in order, so that everything `target` needs is applied.
    ///
    /// # Errors
    /// A target that names nothing; `relative_too_far` for a bare `-N`.
    pub fn upgrade(&self, target: &Target, applied: &NodeSet) -> Result<Vec<Node>, GraphError> {
        if let (None, Some(Offset::Down(_))) = (&target.symbol, target.offset) {
            return Err(GraphError::RelativeTooFar { target: target.to_string(), up: true });
        }
        let wanted = self.closure(self.resolve(target, applied)?);
        Ok(self.oldest_first(&wanted.difference(applied)))
    }

    /// Members of `set` in the order in which they can be applied.
    #[must_use]
    pub fn oldest_first(&self, set: &NodeSet) -> Vec<Node> {
        let mut order = self.newest_first(set);
        order.reverse();
        order
    }

    /// The pending revisions below applied ones: each with one applied revision above it.
    #[must_use]
    pub fn out_of_order(&self, pending: &[Node], applied: &NodeSet) -> Vec<(Node, Node)> {
        let mut above: Vec<Option<Node>> = vec![None; self.len()];
        for &node in self.oldest_first.iter().rev() {
            let nearest = |next: Node| if applied.contains(next) { Some(next) } else { above[next] };
            above[node] = self.needed_by(node).filter_map(nearest).min();
        }
        pending.iter().filter_map(|&node| Some((node, above[node]?))).collect()
    }

    /// The revisions to revert, in order, so that `target` is the last one applied on its line.
    ///
    /// Everything applied above the target goes, on every branch and with everything that depends on
    /// it; `label@target` keeps to the line of that label.
    ///
    /// # Errors
    /// A target that names nothing or several; `not_reachable` if it is not applied, or if nothing that
    /// follows it is and it is not current either.
    pub fn downgrade(&self, target: &Target, applied: &NodeSet) -> Result<Vec<Node>, GraphError> {
        let branch = self.branch_of(target)?;
        let (destination, line) = match (&target.symbol, target.offset) {
            (None, Some(Offset::Up(_))) => {
                return Err(GraphError::RelativeTooFar { target: target.to_string(), up: true });
            }
            (None, Some(offset)) => {
                let start = self.start_of_steps(target, offset, branch.as_ref(), applied)?;
                (self.walk(target, start, offset, None)?, start.map(|node| self.line_below([node])))
            }
            _ => (self.resolve_one(target, applied)?, branch.map(|branch| branch.line)),
        };
        let not_reachable = |applied| GraphError::NotReachable { target: target.to_string(), applied };
        let mut roots: Vec<Node> = match destination {
            Some(node) => self.children[node].clone(),
            None => (0..self.len()).filter(|&node| self.is_base(node)).collect(),
        };
        if let Some(line) = line.filter(|_| roots.len() > 1) {
            roots.retain(|&node| line.contains(node));
            if roots.is_empty() {
                return Err(not_reachable(destination.is_none_or(|node| applied.contains(node))));
            }
        }
        let reverted = self.descendants(roots).intersection(applied);
        if let Some(node) = destination
            && reverted.is_empty()
            && !self.maximal(applied).contains(&node)
        {
            return Err(not_reachable(applied.contains(node)));
        }
        Ok(self.newest_first(&reverted))
    }

    /// The applied set after stamping `targets` onto `applied`.
    ///
    /// Each target takes the place of those current revisions that share its lineage, dependencies
    /// included; everything the result needs counts as applied. `label@base` takes that branch off.
    ///
    /// # Errors
    /// A target that names nothing, or `multiple_heads` where one revision is wanted.
    pub fn stamp(&self, targets: &[Target], applied: &NodeSet) -> Result<NodeSet, GraphError> {
        let mut kept = applied.clone();
        let mut stamped: Vec<Node> = Vec::new();
        for target in targets {
            let nodes = self.resolve(target, applied)?;
            // Nothing at all is base, except that nothing may be current.
            if nodes.is_empty() && target.symbol != Some(Symbol::Current) {
                kept = match self.branch_of(target)? {
                    Some(branch) => self.without_lineage(&kept, &[branch.node]),
                    None => self.no_nodes(),
                };
            }
            stamped.extend(nodes);
        }
        let others = self.without_lineage(&kept, &stamped);
        Ok(self.closure(others.iter().chain(stamped)))
    }

    /// What stays of `applied` when its heads that share the lineage of `nodes` are taken off.
    fn without_lineage(&self, applied: &NodeSet, nodes: &[Node]) -> NodeSet {
        let below = self.closure(nodes.iter().copied());
        let above = self.descendants(nodes.iter().copied());
        let others = self.maximal(applied).into_iter().filter(|&head| !below.contains(head) && !above.contains(head));
        self.closure(others)
    }

    /// Refuses to join `nodes` if one is named twice, or lies below another one.
    ///
    /// # Errors
    /// `duplicate_heads` or `overlap`.
    pub fn refuse_overlap(&self, nodes: &[Node]) -> Result<(), GraphError> {
        for (index, &node) in nodes.iter().enumerate() {
            if nodes[..index].contains(&node) {
                return Err(GraphError::DuplicateHeads { revision: self.id(node).to_owned() });
            }
            let below = self.line_below([node]);
            if let Some(&other) = nodes.iter().find(|&&other| other != node && below.contains(other)) {
                let (revision, other) = (self.id(node).to_owned(), self.id(other).to_owned());
                return Err(GraphError::Overlap { revision, other });
            }
        }
        Ok(())
    }

    /// The revisions of a history range, newest first, both ends included.
    ///
    /// `to` as `+N` counts from the lower end.
    ///
    /// # Errors
    /// An end that names nothing; `range_not_ancestor` if the lower end is not below the upper.
    pub fn history(&self, range: &Range, applied: &NodeSet) -> Result<Vec<Node>, GraphError> {
        let base = Target::symbol(Symbol::Base);
        let from = range.from.as_ref().unwrap_or(&base);
        let lower = self.resolve(from, applied)?;
        let upper = match &range.to {
            None => self.heads(),
            Some(to) if to.branch.is_none() && to.symbol == Some(Symbol::Heads) && to.offset.is_none() => self.heads(),
            Some(to @ Target { symbol: None, offset: Some(offset @ Offset::Up(_)), .. }) => {
                let line = self.branch_of(to)?.map(|branch| branch.line);
                let start = self.resolve_one(from, applied)?;
                self.walk(to, start, *offset, line.as_ref())?.into_iter().collect()
            }
            Some(to) => self.resolve(to, applied)?,
        };
        let upper = match (lower.is_empty(), self.branch_of(from)?) {
            (true, Some(branch)) => upper.into_iter().filter(|&node| branch.line.contains(node)).collect(),
            _ => upper,
        };
        let below = self.closure(upper);
        if let Some(&outside) = lower.iter().find(|&&node| !below.contains(node)) {
            return Err(GraphError::RangeNotAncestor {
                range: range.to_string(),
                from: self.id(outside).to_owned(),
                to: range.to.as_ref().map_or_else(|| "heads".to_owned(), ToString::to_string),
            });
        }
        let set = if lower.is_empty() { below } else { self.descendants(lower).intersection(&below) };
        Ok(self.newest_first(&set))
    }
}

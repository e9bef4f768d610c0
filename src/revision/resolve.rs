//! From a target to the revisions it names, given what is applied.

use super::{Graph, GraphError, Node, NodeSet, Offset, Symbol, Target};

/// The branch of a target: its name as written and the revisions on its line.
pub(super) struct Branch<'t> {
    pub name: &'t str,
    pub node: Node,
    pub line: NodeSet,
}

impl Graph {
    /// The revisions that `target` names; none at all stands for `base`.
    ///
    /// `+2` and `-1` count from what is applied.
    ///
    /// # Errors
    /// Every way in which a target can fail to name revisions, each with its own variant.
    pub fn resolve(&self, target: &Target, applied: &NodeSet) -> Result<Vec<Node>, GraphError> {
        let branch = self.branch_of(target)?;
        let Some(offset) = target.offset else {
            return match &target.symbol {
                Some(symbol) => self.resolve_symbol(symbol, target, branch.as_ref(), applied),
                None => Ok(Vec::new()),
            };
        };
        let start = self.start_of_steps(target, offset, branch.as_ref(), applied)?;
        let end = self.walk(target, start, offset, branch.as_ref().map(|branch| &branch.line))?;
        Ok(end.into_iter().collect())
    }

    /// As [`Graph::resolve`], where at most one revision makes sense; `None` is `base`.
    ///
    /// # Errors
    /// Also `multiple_heads` if the target names several.
    pub fn resolve_one(&self, target: &Target, applied: &NodeSet) -> Result<Option<Node>, GraphError> {
        self.at_most_one(target, &self.resolve(target, applied)?)
    }

    pub(super) fn branch_of<'t>(&self, target: &'t Target) -> Result<Option<Branch<'t>>, GraphError> {
        let Some(name) = target.branch.as_deref() else { return Ok(None) };
        let node = self.lookup_branch(name)?;
        Ok(Some(Branch { name, node, line: self.lineage(node) }))
    }

    fn at_most_one(&self, target: &Target, nodes: &[Node]) -> Result<Option<Node>, GraphError> {
        match nodes {
            [] => Ok(None),
            [node] => Ok(Some(*node)),
            several => {
                Err(GraphError::MultipleHeads { target: target.to_string(), heads: self.ids(several.iter().copied()) })
            }
        }
    }

    fn resolve_symbol(
        &self,
        symbol: &Symbol,
        target: &Target,
        branch: Option<&Branch<'_>>,
        applied: &NodeSet,
    ) -> Result<Vec<Node>, GraphError> {
        let on_branch = |nodes: Vec<Node>| match branch {
            Some(branch) => nodes.into_iter().filter(|&node| branch.line.contains(node)).collect(),
            None => nodes,
        };
        match symbol {
            Symbol::Base => Ok(Vec::new()),
            Symbol::Current => Ok(self.current(branch, applied)),
            Symbol::Heads if branch.is_none() => Ok(self.effective_heads()),
            Symbol::Heads => Ok(on_branch(self.heads())),
            Symbol::Head => {
                let heads = on_branch(self.heads());
                Ok(self.at_most_one(target, &heads)?.into_iter().collect())
            }
            Symbol::Named(name) => Ok(vec![self.named(name, branch)?]),
        }
    }

    fn named(&self, name: &str, branch: Option<&Branch<'_>>) -> Result<Node, GraphError> {
        let Some(branch) = branch else { return self.lookup(name) };
        let node = match self.lookup_within(name, Some(&branch.line)) {
            Err(GraphError::UnknownRevision { .. }) => self.lookup(name)?,
            found => found?,
        };
        if branch.line.contains(node) {
            return Ok(node);
        }
        Err(GraphError::NotInBranch { revision: self.id(node).to_owned(), branch: branch.name.to_owned() })
    }

    /// The current revisions; of a branch that others stand on, the last ones applied.
    fn current(&self, branch: Option<&Branch<'_>>, applied: &NodeSet) -> Vec<Node> {
        let mut current = self.maximal(applied);
        if let Some(branch) = branch {
            current.retain(|&node| branch.line.contains(node));
            if current.is_empty() {
                return self.maximal(&applied.intersection(&branch.line));
            }
        }
        current
    }

    /// Where the steps of a relative target begin; `None` is `base`.
    pub(super) fn start_of_steps(
        &self,
        target: &Target,
        offset: Offset,
        branch: Option<&Branch<'_>>,
        applied: &NodeSet,
    ) -> Result<Option<Node>, GraphError> {
        if let Some(symbol) = &target.symbol {
            let named = self.resolve_symbol(symbol, target, branch, applied)?;
            return self.at_most_one(target, &named);
        }
        let mut current = self.current(branch, applied);
        if let (Some(_), Offset::Down(_)) = (branch, offset) {
            // A trunk that another branch goes on from is not this branch's to go down from.
            current.retain(|&node| !self.children[node].iter().any(|&child| applied.contains(child)));
        }
        match (&current[..], offset) {
            ([node], _) => Ok(Some(*node)),
            ([], Offset::Up(_)) => Ok(None),
            ([], Offset::Down(_)) => Err(GraphError::RelativeTooFar { target: target.to_string(), up: false }),
            (several, _) => Err(GraphError::AmbiguousRelative {
                target: target.to_string(),
                current: self.ids(several.iter().copied()),
            }),
        }
    }

    /// Goes `offset` steps from `start` along `revises`; upwards on `line`, where one is given.
    pub(super) fn walk(
        &self,
        target: &Target,
        start: Option<Node>,
        offset: Offset,
        line: Option<&NodeSet>,
    ) -> Result<Option<Node>, GraphError> {
        let (steps, up) = match offset {
            Offset::Up(steps) => (steps, true),
            Offset::Down(steps) => (steps, false),
        };
        let line = line.filter(|_| up);
        let too_far = || GraphError::RelativeTooFar { target: target.to_string(), up };
        let mut here = start;
        for _ in 0..steps {
            let next: Vec<Node> = match (here, up) {
                (Some(node), true) => self.children[node].clone(),
                (Some(node), false) => self.parents[node].clone(),
                (None, true) => (0..self.len()).filter(|&node| self.is_base(node)).collect(),
                (None, false) => return Err(too_far()),
            };
            let next: Vec<Node> =
                next.into_iter().filter(|&node| line.is_none_or(|line| line.contains(node))).collect();
            here = match next[..] {
                [node] => Some(node),
                [] if up => return Err(too_far()),
                [] => None,
                _ => {
                    return Err(GraphError::AmbiguousWalk {
                        target: target.to_string(),
                        at: here.map_or("base", |node| self.id(node)).to_owned(),
                        up,
                        choices: self.ids(next),
                    });
                }
            };
        }
        Ok(here)
    }
}

//! A plan: what a run will do, as data.

use std::path::PathBuf;

use super::{Applied, Error, Project};
use crate::backend::AppliedRevision;
use crate::revision::Node;
use crate::script::{Direction, Downgrade, Origin, Part, PartMode, Script, Sections};

/// The steps of one run, in order.
#[derive(Debug)]
pub struct Plan<'p> {
    /// Which way.
    pub direction: Direction,
    /// The revisions to run.
    pub steps: Vec<Step<'p>>,
    /// The current ids before it, sorted.
    pub heads_before: Vec<String>,
    /// The current ids after it, sorted.
    pub heads_after: Vec<String>,
    /// Revisions of a downgrade that are not on the branch its target names, but have to go as well.
    pub beyond_branch: Vec<String>,
}

/// One revision to run.
#[derive(Debug, Clone)]
pub struct Step<'p> {
    /// Which way.
    pub direction: Direction,
    /// Its file.
    pub script: &'p Script,
    /// The sections of the file for this database.
    pub sections: &'p Sections,
    /// The parts to run, in order.
    pub parts: &'p [Part],
    /// The ids that must be applied for it to run.
    pub needs: Vec<&'p str>,
    /// How far an earlier run got with it.
    pub resume: Resume,
}

/// How far an interrupted revision got: what is not run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resume {
    /// So many parts are done.
    pub parts_done: usize,
    /// And so many statements of the next one.
    pub statements_done: usize,
}

impl<'p> Plan<'p> {
    /// The plan that runs `nodes` in this order.
    ///
    /// # Errors
    /// [`Error::Irreversible`] for a downgrade through a revision that cannot be reverted.
    pub(super) fn new(
        project: &'p Project,
        direction: Direction,
        nodes: &[Node],
        applied: &Applied,
    ) -> Result<Self, Error> {
        let (graph, sections) = (project.graph(), project.sections()?);
        let mut after = applied.nodes.clone();
        let mut steps = Vec::with_capacity(nodes.len());
        for &node in nodes {
            let (script, sections) = (project.scripts().script(node), &sections[node]);
            let parts = match direction {
                Direction::Upgrade => {
                    after.insert(node);
                    &sections.upgrade
                }
                Direction::Downgrade => {
                    after.remove(node);
                    downgrade_parts(script, sections)?
                }
            };
            let needs = match direction {
                Direction::Upgrade => graph.needs(node).map(|node| graph.id(node)).collect(),
                Direction::Downgrade => Vec::new(),
            };
            steps.push(Step { direction, script, sections, parts, needs, resume: Resume::default() });
        }
        let heads_after = Applied::heads_of(graph, &after);
        Ok(Self { direction, steps, heads_before: applied.heads(graph), heads_after, beyond_branch: Vec::new() })
    }
}

fn downgrade_parts<'p>(script: &Script, sections: &'p Sections) -> Result<&'p [Part], Error> {
    let cannot = |absent| Error::Irreversible { revision: script.id().to_owned(), path: script.path.clone(), absent };
    match &sections.downgrade {
        Downgrade::Parts(parts) => Ok(parts),
        Downgrade::Irreversible => Err(cannot(false)),
        Downgrade::Absent => Err(cannot(true)),
    }
}

/// Refuses to run while an applied revision was changed or its file is gone.
///
/// A changed downgrade is a repair that people need, so only the upgrade's checksum counts.
pub(super) fn refuse_tampering(project: &Project, applied: &Applied) -> Result<(), Error> {
    if !applied.missing.is_empty() {
        return Err(Error::RevisionMissing {
            revisions: applied.missing.iter().map(|row| row.revision.clone()).collect(),
        });
    }
    let changed = changed_upgrades(project, applied)?;
    if changed.is_empty() { Ok(()) } else { Err(Error::ChecksumChanged { files: changed }) }
}

/// The ids and files of the applied revisions whose upgrade text is not what ran.
fn changed_upgrades(project: &Project, applied: &Applied) -> Result<Vec<(String, PathBuf)>, Error> {
    let sections = project.sections()?;
    let changed = |node: &Node, row: &AppliedRevision| {
        project.scripts().script(*node).origin == Origin::File
            && row.upgrade_checksum != Some(sections[*node].upgrade_checksum)
    };
    Ok(applied
        .nodes
        .iter()
        .filter(|node| applied.row(*node).is_some_and(|row| changed(node, row)))
        .map(|node| {
            let script = project.scripts().script(node);
            (script.id().to_owned(), script.path.clone())
        })
        .collect())
}

/// Where the next transaction may be in another session, a part outside of one cannot be protected.
pub(super) fn refuse_parts_without_session(plan: &Plan<'_>) -> Result<(), Error> {
    let outside = |step: &&Step<'_>| step.parts.iter().any(|part| part.mode == PartMode::NoTransaction);
    match plan.steps.iter().find(outside) {
        Some(step) => {
            Err(Error::ThroughPooler { revision: step.script.id().to_owned(), path: step.script.path.clone() })
        }
        None => Ok(()),
    }
}

/// A run in one transaction cannot hold parts that need to be outside one.
pub(super) fn refuse_parts_outside(plan: &Plan<'_>) -> Result<(), Error> {
    let outside = |step: &&Step<'_>| step.parts.iter().any(|part| part.mode != PartMode::Transaction);
    match plan.steps.iter().find(outside) {
        Some(step) => {
            Err(Error::NotInOneTransaction { revision: step.script.id().to_owned(), path: step.script.path.clone() })
        }
        None => Ok(()),
    }
}

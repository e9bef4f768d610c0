//! Downgrading.

use super::plan::refuse_tampering;
use super::{Applied, Database, Error, Observer, Plan, Project, Report, online};
use crate::revision::Target;
use crate::script::Direction;

/// What a downgrade to `target` does.
pub(super) fn plan<'p>(project: &'p Project, applied: &Applied, target: &Target) -> Result<Plan<'p>, Error> {
    refuse_tampering(project, applied)?;
    let graph = project.graph();
    let nodes = graph.downgrade(target, &applied.nodes)?;
    let plan = Plan::new(project, Direction::Downgrade, &nodes, applied)?;
    Ok(Plan { beyond_branch: graph.ids(graph.outside_branch(target, &nodes)?), ..plan })
}

/// Downgrades.
pub(super) fn run(database: &mut Database<'_>, target: &Target, observe: &mut Observer<'_>) -> Result<Report, Error> {
    online::plan_and_run(database, |project, applied| plan(project, applied, target), observe)
}

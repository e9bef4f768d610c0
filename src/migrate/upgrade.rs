//! Upgrading.

use super::plan::refuse_tampering;
use super::{Applied, Database, Error, Observer, Plan, Project, Report, online};
use crate::config::OutOfOrder;
use crate::revision::Target;
use crate::script::Direction;

/// What an upgrade to `target` does.
pub(super) fn plan<'p>(project: &'p Project, applied: &Applied, target: &Target) -> Result<Plan<'p>, Error> {
    refuse_tampering(project, applied)?;
    let graph = project.graph();
    let nodes = graph.upgrade(target, &applied.nodes)?;
    if project.config().out_of_order == OutOfOrder::Error
        && let Some(&(pending, above)) = graph.out_of_order(&nodes, &applied.nodes).first()
    {
        return Err(Error::OutOfOrder { revision: graph.id(pending).to_owned(), above: graph.id(above).to_owned() });
    }
    Plan::new(project, Direction::Upgrade, &nodes, applied)
}

/// Upgrades.
pub(super) fn run(database: &mut Database<'_>, target: &Target, observe: &mut Observer<'_>) -> Result<Report, Error> {
    online::plan_and_run(database, |project, applied| plan(project, applied, target), observe)
}

//! Downgrading.

use super::plan::refuse_tampering;
use super::{Applied, Database, Error, Event, Plan, Project, Report, execute, resume};
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
pub(super) fn run(
    database: &mut Database<'_>,
    target: &Target,
    observe: &mut dyn FnMut(Event<'_>),
) -> Result<Report, Error> {
    let applied = database.applied()?;
    let plan = plan(database.project, &applied, target)?;
    if plan.steps.is_empty() && applied.ledger.is_empty() {
        return Ok(Report::nothing(&plan));
    }
    database.locked(observe, |database, observe| {
        let applied = database.applied()?;
        let mut plan = self::plan(database.project, &applied, target)?;
        resume::prepare(&mut plan, &applied, database.connection.as_mut())?;
        execute::run(database, &plan, observe)
    })
}

//! Upgrading.

use super::plan::refuse_tampering;
use super::{Applied, Database, Error, Event, Plan, Project, Report, execute, resume};
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

/// Upgrades. Nothing to do needs no lock: older replicas must start while a newer one migrates.
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
        // Whoever held the lock may have applied some of it.
        let applied = database.applied()?;
        let mut plan = self::plan(database.project, &applied, target)?;
        resume::prepare(&mut plan, &applied, database.connection.as_mut())?;
        database.connection.ensure_version_table()?;
        execute::run(database, &plan, observe)
    })
}

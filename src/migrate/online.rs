//! A run on a live database, from the plan to the report, under the lock.

use std::time::Duration;

use super::execute::{Run, execute, run_mode};
use super::plan::refuse_parts_without_session;
use super::watch::watched;
use super::{Applied, Database, Error, Event, Observer, Plan, Project, Report, aftermath, again, resume};

/// Plans and runs under the lock. Nothing to do needs no lock: older replicas must start while a newer one
/// migrates.
pub(super) fn plan_and_run<'p>(
    database: &mut Database<'p>,
    plan: impl Fn(&'p Project, &Applied) -> Result<Plan<'p>, Error>,
    observe: &mut Observer<'_>,
) -> Result<Report, Error> {
    let applied = database.applied()?;
    let planned = plan(database.project, &applied)?;
    if planned.steps.is_empty() && applied.ledger.is_empty() {
        return Ok(Report::nothing(&planned));
    }
    let mut earlier = Vec::new();
    database.locked(observe, |database, observe| {
        // Whoever held the lock may have applied some of it.
        let applied = database.applied()?;
        let mut plan = plan(database.project, &applied)?;
        if !database.connection.keeps_session() {
            refuse_parts_without_session(&plan)?;
        }
        watched(database, observe, |database, observe| {
            resume::prepare(&mut plan, &applied, database.connection.as_mut())?;
            database.connection.ensure_version_table()?;
            again::run(&mut earlier, observe, |observe| run(database, &plan, observe))
        })
    })
}

/// Runs `plan` on the database, which is locked.
fn run(database: &mut Database<'_>, plan: &Plan<'_>, observe: &mut dyn FnMut(Event<'_>)) -> Result<Report, Error> {
    let provenance = database.project.provenance();
    let run = Run {
        mode: run_mode(database.project.config().transaction),
        dialect: database.connection.dialect(),
        provenance: &provenance,
        timed: true,
        lock_wait: database.project.config().lock_wait,
        lock_timeout: database.project.config().lock_timeout,
        interrupt: &database.project.config().interrupt,
    };
    let mut took = Duration::ZERO;
    let mut observe = |event: Event<'_>| {
        if let Event::StepFinished { duration, .. } = event {
            took += duration;
        }
        observe(event);
    };
    let steps = match execute(plan, database.connection.as_mut(), &run, &mut observe) {
        Ok(steps) => steps,
        Err(error) => return Err(aftermath::tell(error, plan, took, database)),
    };
    Ok(Report { steps, heads: plan.heads_after.clone() })
}

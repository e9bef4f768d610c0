//! `--sql`: a run as a script.

use std::time::Duration;

use super::execute::{Run, execute, run_mode};
use super::{Applied, Error, Plan, Project, downgrade, stamp, upgrade};
use crate::backend::{RunMode, ScriptWriter, Sink as _, TableNames};
use crate::revision::Target;

/// Writes scripts for a database that is known, or taken to be somewhere.
pub struct Offline<'p> {
    project: &'p Project,
    applied: Applied,
    tables: TableNames,
}

impl Project {
    /// Scripts for a database that is at `from`, without connecting.
    ///
    /// # Errors
    /// A target that names nothing.
    pub fn offline(&self, from: &Target) -> Result<Offline<'_>, Error> {
        let graph = self.graph();
        let nodes = graph.resolve(from, &graph.no_nodes())?;
        let config = self.config();
        let tables = TableNames::new(config.version_table_schema.clone(), &config.version_table);
        Ok(Offline { project: self, applied: Applied::assumed(graph, nodes), tables })
    }
}

impl<'p> Offline<'p> {
    /// Scripts for a database where `applied` is applied.
    pub(super) fn at(project: &'p Project, applied: Applied, tables: TableNames) -> Self {
        Self { project, applied, tables }
    }

    /// What an upgrade to `target` would do.
    ///
    /// # Errors
    /// A target that names nothing.
    pub fn plan_upgrade(&self, target: &Target) -> Result<Plan<'p>, Error> {
        upgrade::plan(self.project, &self.applied, target)
    }

    /// What a downgrade to `target` would do.
    ///
    /// # Errors
    /// A target that names nothing, or a revision that cannot be reverted.
    pub fn plan_downgrade(&self, target: &Target) -> Result<Plan<'p>, Error> {
        downgrade::plan(self.project, &self.applied, target)
    }

    /// The script that does what `plan` says; empty for a plan without steps.
    ///
    /// # Errors
    /// Parts that cannot be in one transaction where the configuration asks for one.
    pub fn script(&self, plan: &Plan<'_>) -> Result<String, Error> {
        if plan.steps.is_empty() {
            return Ok(String::new());
        }
        let config = self.project.config();
        let mut writer = self.writer()?;
        // Whoever runs the script is not whoever writes it.
        let provenance = self.project.provenance().anonymous();
        let dialect = config.database_url()?.dialect();
        let run = Run {
            mode: run_mode(config.transaction),
            dialect,
            provenance: &provenance,
            timed: false,
            lock_wait: Duration::ZERO,
            lock_timeout: config.lock_timeout,
            interrupt: &config.interrupt,
        };
        execute(plan, &mut writer, &run, &mut |_| {})?;
        Ok(writer.into_sql())
    }

    /// The script that stamps `targets`; empty if that changes nothing.
    ///
    /// # Errors
    /// A target that names nothing.
    pub fn stamp_script(&self, targets: &[Target], purge: bool) -> Result<String, Error> {
        let change = stamp::plan(self.project, &self.applied, targets, purge)?;
        if change.is_empty() {
            return Ok(String::new());
        }
        let mut writer = self.writer()?;
        writer.start(RunMode::PerRevision)?;
        writer.announce("stamp");
        change.record(self.project, &self.project.provenance().anonymous(), &mut writer)?;
        Ok(writer.into_sql())
    }

    fn writer(&self) -> Result<ScriptWriter, Error> {
        let config = self.project.config();
        let dialect = config.database_url()?.dialect();
        let mut writer = ScriptWriter::new(dialect, self.tables.clone(), config.foreign_keys);
        let graph = self.project.graph();
        let applied: Vec<&str> = self.applied.nodes.iter().map(|node| graph.id(node)).collect();
        writer.preamble(&applied);
        Ok(writer)
    }
}

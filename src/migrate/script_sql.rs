//! `--sql`: the plan as a script.

use super::execute::{Run, execute, run_mode};
use super::{Database, Error, Plan};
use crate::backend::ScriptWriter;

/// The script that would do what `plan` says, on the database that is connected.
pub(super) fn script(database: &Database<'_>, plan: &Plan<'_>) -> Result<String, Error> {
    let config = database.project.config();
    let dialect = database.connection.dialect();
    let mut writer = ScriptWriter::new(dialect, database.connection.tables().clone(), config.foreign_keys);
    if plan.steps.is_empty() {
        return Ok(String::new());
    }
    writer.create_version_table();
    let mut provenance = database.project.provenance();
    // Whoever runs the script is not whoever wrote it.
    provenance.applied_by = None;
    let run = Run { mode: run_mode(config.transaction), dialect, provenance: &provenance, timed: false };
    execute(plan, &mut writer, &run, &mut |_| {})?;
    Ok(writer.into_sql())
}

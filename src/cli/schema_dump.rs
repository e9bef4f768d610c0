//! The file that `schema_dump` names: the schema as it is after each upgrade and downgrade.

use anyhow::{Context as _, Result};

use super::context::shown;
use super::drafting::told;
use super::exit_code::{DONE, FAILED};
use super::output::{Output, clean};
use crate::autogenerate::dump;
use crate::migrate::Project;
use crate::script::new_file::write_or_replace;

/// Writes the file if it is configured and would be different; gives the exit code. What ran has run, so a
/// file that cannot be written is no error of the run.
pub fn write(project: &Project, output: &mut Output<'_>) -> Result<u8> {
    let Some(path) = &project.config().schema_dump else { return Ok(DONE) };
    let written = dump(project).map_err(told).and_then(|dumped| {
        if std::fs::read_to_string(path).is_ok_and(|there| there == dumped.sql) {
            return Ok(false);
        }
        write_or_replace(path, &dumped.sql).context("it cannot be written")?;
        Ok(true)
    });
    match written {
        Ok(false) => Ok(DONE),
        Ok(true) => output.story(&format!("wrote {}", clean(&shown(path)))).map(|()| DONE),
        Err(error) => {
            let message = format!("the run is done, but not its schema_dump `{}`: {error:#}", shown(path));
            output.problem(&clean(&message)).map(|()| FAILED)
        }
    }
}

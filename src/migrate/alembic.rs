//! Going on where Alembic stopped: its version table says what is applied.

use super::{Database, Error, Observer, StampReport, stamp};
use crate::backend::ALEMBIC_TABLE;
use crate::revision::{Symbol, Target};

/// What Alembic's table in the place where it usually is says is current, sorted; nothing if there is none.
pub(super) fn heads(database: &mut Database<'_>) -> Result<Option<Vec<String>>, Error> {
    let schema = database.project.config().version_table_schema.clone();
    Ok(database.connection.alembic_heads(schema.as_deref(), ALEMBIC_TABLE)?)
}

/// Records everything that Alembic's table implies as applied. What is recorded already stays, and so does the table.
pub(super) fn stamp_from(
    database: &mut Database<'_>,
    table: Option<&str>,
    observe: &mut Observer<'_>,
) -> Result<StampReport, Error> {
    let configured = database.project.config().version_table_schema.clone();
    let (schema, name) = match table.map(|table| table.split_once('.').ok_or(table)) {
        None => (configured, ALEMBIC_TABLE),
        Some(Ok((schema, name))) => (Some(schema.to_owned()), name),
        Some(Err(name)) => (configured, name),
    };
    let found = database.connection.alembic_heads(schema.as_deref(), name)?;
    let heads = found.ok_or_else(|| Error::NoAlembicTable { table: table.unwrap_or(ALEMBIC_TABLE).to_owned() })?;
    let graph = database.project.graph();
    let unknown: Vec<String> = heads.iter().filter(|id| graph.find(id).is_none()).cloned().collect();
    if !unknown.is_empty() {
        return Err(Error::UnknownToFiles { table: name.to_owned(), revisions: unknown });
    }
    let applied = database.applied()?;
    let is_new = |id: &&String| graph.find(id).is_some_and(|node| !applied.nodes.contains(node));
    let targets: Vec<Target> =
        heads.iter().filter(is_new).map(|id| Target::symbol(Symbol::Named(id.clone()))).collect();
    if targets.is_empty() {
        return Ok(StampReport { stamped: Vec::new(), removed: Vec::new(), heads: applied.heads(graph) });
    }
    stamp::run(database, &targets, false, observe)
}

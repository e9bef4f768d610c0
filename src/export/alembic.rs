//! Alembic's files: a Python module for each revision, which sends the SQL with `op.execute`.
//!
//! <https://alembic.sqlalchemy.org/en/latest/tutorial.html#create-a-migration-script>

use chrono::SecondsFormat;

use super::python::{block, for_text, list, literal};
use super::{ExportError, statements, stem};
use crate::revision::Node;
use crate::script::{Downgrade, Part, PartMode, Script, ScriptDirectory, Sections};
use crate::sql::Dialect;

/// `alembic_version.version_num` is a `VARCHAR(32)`.
const LONGEST_ID: usize = 32;

pub(super) fn files(
    scripts: &ScriptDirectory,
    sections: &[Sections],
    nodes: &[Node],
    dialect: Dialect,
) -> Result<Vec<(String, String)>, ExportError> {
    let file = |&node: &Node| {
        let script = scripts.script(node);
        if script.id().len() > LONGEST_ID {
            return Err(ExportError::LongId { revision: script.id().to_owned(), longest: LONGEST_ID });
        }
        Ok((stem(&[script.id()], script) + ".py", text(script, &sections[node], dialect)?))
    };
    nodes.iter().map(file).collect()
}

fn text(script: &Script, sections: &Sections, dialect: Dialect) -> Result<String, ExportError> {
    let revision = &script.header.revision;
    let mut doc = format!(
        "{}\n\nRevision ID: {}\nRevises: {}\n",
        script.documentation(),
        revision.id,
        revision.parents.join(", ")
    );
    if let Some(created) = script.header.created {
        doc.push_str(&format!("Create Date: {}\n", created.to_rfc3339_opts(SecondsFormat::Secs, true)));
    }
    let upgrade = body(script, &sections.upgrade, dialect)?;
    let refused =
        |why: &str| format!("    raise RuntimeError({})\n", literal(&format!("revision {} {why}", revision.id)));
    let downgrade = match &sections.downgrade {
        Downgrade::Parts(parts) => body(script, parts, dialect)?,
        Downgrade::Irreversible => refused("is irreversible"),
        Downgrade::Absent => refused("has no way down"),
    };
    Ok(format!(
        "{}\nfrom alembic import op\n\nrevision = {}\ndown_revision = {}\nbranch_labels = {}\ndepends_on = {}\n\n\n\
         def upgrade():\n{upgrade}\n\ndef downgrade():\n{downgrade}",
        block(&doc),
        literal(&revision.id),
        list(&revision.parents),
        list(&revision.branch_labels),
        list(&revision.depends_on),
    ))
}

/// The statements of a way, a call for each: SQLite's driver takes one at a time.
fn body(script: &Script, parts: &[Part], dialect: Dialect) -> Result<String, ExportError> {
    let mut text = String::new();
    let mut before = None;
    for part in parts {
        let statements = statements(script, part, dialect)?;
        if statements.is_empty() {
            continue;
        }
        let is_alone = part.mode == PartMode::NoTransaction;
        // Each part commits; the block commits what is before it.
        // https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.migration.MigrationContext.autocommit_block
        if is_alone || before == Some(PartMode::Transaction) {
            text.push_str("    with op.get_context().autocommit_block():\n");
        }
        if !is_alone && before == Some(PartMode::Transaction) {
            text.push_str("        pass  # commits\n");
        }
        let indent = if is_alone { "        " } else { "    " };
        for statement in statements {
            text.push_str(&format!("{indent}op.execute({})\n", block(&for_text(statement))));
        }
        before = Some(if is_alone { PartMode::NoTransaction } else { PartMode::Transaction });
    }
    if text.is_empty() {
        text.push_str("    pass\n");
    }
    Ok(text)
}

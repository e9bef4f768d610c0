//! The way out: revisions as the files of another migration tool.

mod alembic;
mod dbmate;
mod error;
mod python;

pub use error::ExportError;

use crate::revision::Node;
use crate::script::{Part, PartMode, Script, ScriptDirectory, Sections, naming};
use crate::sql::{Dialect, Piece, Splitter, StatementKind};

/// A tool that files can be written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// dbmate.
    Dbmate,
    /// Alembic.
    Alembic,
}

/// Files that are to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Export {
    /// Their names and texts, in the order of the revisions.
    pub files: Vec<(String, String)>,
    /// What is worth knowing of them.
    pub notes: Vec<String>,
}

/// Writes the revisions of `scripts` as they run on `dialect`; `sections` are theirs, by node.
///
/// # Errors
/// Something that `tool` cannot say.
pub fn export(
    tool: Tool,
    scripts: &ScriptDirectory,
    sections: &[Sections],
    dialect: Dialect,
) -> Result<Export, ExportError> {
    let graph = scripts.graph();
    let nodes = graph.oldest_first(&graph.closure(graph.heads()));
    if nodes.is_empty() {
        return Err(ExportError::Nothing);
    }
    let files = match tool {
        Tool::Dbmate => dbmate::files(scripts, sections, &nodes, dialect)?,
        Tool::Alembic => alembic::files(scripts, sections, &nodes, dialect)?,
    };
    Ok(Export { files, notes: notes(scripts, sections, &nodes, dialect) })
}

fn notes(scripts: &ScriptDirectory, sections: &[Sections], nodes: &[Node], dialect: Dialect) -> Vec<String> {
    let other = match dialect {
        Dialect::PostgreSql => Dialect::Sqlite,
        Dialect::Sqlite => Dialect::PostgreSql,
    };
    let ids = |wanted: &dyn Fn(Node) -> bool| -> Vec<&str> {
        nodes.iter().filter(|&&node| wanted(node)).map(|&node| scripts.script(node).id()).collect()
    };
    // A text that is none for the other database was not written for it.
    let differs = ids(&|node| {
        let theirs = scripts.script(node).sections(other);
        theirs.is_ok_and(|theirs| theirs.upgrade_checksum != sections[node].upgrade_checksum)
    });
    let unenforced = ids(&|node| sections[node].upgrade.iter().any(|part| part.mode == PartMode::ForeignKeysOff));
    let mut notes = Vec::new();
    if !differs.is_empty() {
        notes.push(format!("only what runs on {} was written: {}", dialect.product(), differs.join(", ")));
    }
    if !unenforced.is_empty() {
        let ids = unenforced.join(", ");
        notes.push(format!("run them where foreign keys are not enforced, which is SQLite's default: {ids}"));
    }
    notes
}

/// The name of a file without its ending: `parts` and the words of the message.
fn stem(parts: &[&str], script: &Script) -> String {
    let slug = naming::slug(&script.header.message, 40);
    parts.iter().copied().chain([slug.as_str()]).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
}

/// The statements of a part; none may bring data of its own, which only psql and migrator send.
fn statements<'t>(script: &'t Script, part: &Part, dialect: Dialect) -> Result<Vec<&'t str>, ExportError> {
    let text = &script.text()[..part.span.end];
    let mut found = Vec::new();
    for piece in Splitter::new(text, part.span.start, dialect) {
        // It was split before, when the sections were read.
        let Ok(Piece::Statement(statement)) = piece else { continue };
        if matches!(statement.kind, StatementKind::CopyFromStdin { .. }) {
            return Err(ExportError::CopyData { path: script.path.clone(), position: statement.position });
        }
        found.push(&text[statement.span]);
    }
    Ok(found)
}

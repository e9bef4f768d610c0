//! Whether the SQL of a migration can stand in a revision file, and how it has to run there.

use super::migration::{Migration, Note, Section};
use super::{ImportError, Tool};
use crate::script::{PartMode, ScriptError};
use crate::sql::outside::stands_outside;
use crate::sql::{Dialect, Piece, Splitter, StatementKind};

/// Goes through every section of `migration`, and gives no transaction to those that cannot have one.
pub(super) fn settle(
    migration: &mut Migration,
    tool: Tool,
    dialect: Dialect,
    notes: &mut Vec<Note>,
) -> Result<(), ImportError> {
    let down = migration.downgrade.iter_mut().flatten();
    for section in migration.upgrade.iter_mut().chain(down) {
        let text = settle_section(section, tool, dialect)?;
        notes.extend(text.map(|text| Note { path: section.path.clone(), text: text.to_owned() }));
    }
    refuse_marker_in_comment(migration)
}

fn settle_section(section: &mut Section, tool: Tool, dialect: Dialect) -> Result<Option<&'static str>, ImportError> {
    // These two find out by themselves; the others are told, or have the transaction all the same.
    let finds_out = matches!(tool, Tool::Flyway | Tool::GolangMigrate);
    let mut note = None;
    for piece in Splitter::new(&section.text, section.start, dialect) {
        match piece.map_err(|error| in_file(section, error))? {
            Piece::Directive(directive) => {
                return Err(ImportError::Marker { path: section.path.clone(), position: directive.position });
            }
            Piece::Statement(statement) if section.mode == PartMode::Transaction => {
                let sql = &section.text[statement.span];
                if statement.kind == StatementKind::TransactionControl {
                    section.mode = PartMode::NoTransaction;
                    note = Some(
                        "it has BEGIN or COMMIT of its own: without them, and without `no-transaction`, it would be one \
                         transaction with its entry in the version table",
                    );
                } else if finds_out && stands_outside(sql, dialect) {
                    section.mode = PartMode::NoTransaction;
                }
            }
            Piece::Statement(_) => {}
        }
    }
    Ok(note)
}

fn in_file(section: &Section, error: crate::sql::SqlError) -> ImportError {
    ScriptError::InFile { path: section.path.clone(), position: error.position(), reason: error.into() }.into()
}

/// A comment in front of the sections becomes one of the header.
fn refuse_marker_in_comment(migration: &Migration) -> Result<(), ImportError> {
    for (number, line) in (1..).zip(migration.comment.lines()) {
        let comment = line.trim().strip_prefix("--").map(str::trim_start);
        if comment.is_some_and(|comment| comment.starts_with("migrator:")) {
            let position = crate::sql::Position { line: number, column: 1 };
            return Err(ImportError::Marker { path: migration.path.clone(), position });
        }
    }
    Ok(())
}

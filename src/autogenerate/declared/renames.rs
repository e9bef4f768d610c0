//! The renames that a declared schema tells.

use super::text::Text;
use crate::autogenerate::Error;
use crate::backend::Connection;
use crate::schema::Rename;
use crate::sql::{Dialect, tokens};

impl Text {
    /// What `-- migrator:renamed-from OLD` says: above a statement, of what it makes; inside, of the column below.
    pub(super) fn renames(&self, connection: &mut dyn Connection, dialect: Dialect) -> Result<Vec<Rename>, Error> {
        let mut renames = Vec::new();
        for annotation in &self.annotations {
            let fail = |message: &str, hint: &str| {
                let hint = Some(hint.to_owned());
                Error::Declared(Box::new(self.failure_at_line(annotation, message.to_owned(), hint)))
            };
            let Some(old) = annotation.body.strip_prefix("renamed-from ").map(str::trim) else {
                let message = format!("`migrator:{}` means nothing in a declared schema", annotation.body);
                return Err(fail(&message, "there is only `-- migrator:renamed-from OLD`, above a table or a column"));
            };
            let old = name(old, dialect);
            let statement = self.statements.iter().find(|statement| statement.span.end > annotation.offset);
            let made = statement.and_then(|statement| {
                let text = &self.text[statement.span.clone()];
                let names = connection.schema().ok()?.created_by(text)?;
                let inside = annotation.offset.checked_sub(statement.span.start).filter(|inside| *inside > 0);
                Some(match inside {
                    None => (names.clone(), None),
                    Some(inside) => {
                        let next = tokens(text, dialect).ok()?.into_iter().find(|token| token.span.start >= inside)?;
                        (names, Some(name(next.text, dialect)))
                    }
                })
            });
            let Some((table, column)) = made else {
                return Err(fail(
                    "nothing below it can be renamed",
                    "put it above a CREATE TABLE, or above a column in one",
                ));
            };
            renames.push(match column {
                None => Rename { from: with_last(&table, old), to: table },
                Some(column) => Rename { from: [&table[..], &[old]].concat(), to: [&table[..], &[column]].concat() },
            });
        }
        Ok(renames)
    }
}

/// A name as the catalog has it, from how it is written.
fn name(written: &str, dialect: Dialect) -> String {
    let quoted = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match (dialect, quoted) {
        (Dialect::PostgreSql, Some(name)) => name.replace("\"\"", "\""),
        (Dialect::PostgreSql, None) => written.to_lowercase(),
        (Dialect::Sqlite, _) => written.trim_matches(['"', '`', '[', ']', '\'']).to_lowercase(),
    }
}

fn with_last(names: &[String], last: String) -> Vec<String> {
    [&names[..names.len().saturating_sub(1)], &[last]].concat()
}

//! The second judge: what SQLite says of a schema and its integrity, read without the catalog's code.

use std::collections::BTreeSet;

use crate::backend::BackendError;
use crate::backend::sqlite::SqliteConnection;
use crate::sql::Dialect;

impl SqliteConnection {
    pub(super) fn read_witness(&self) -> Result<BTreeSet<String>, BackendError> {
        let own = [&self.tables.version, &self.tables.log, &self.tables.ledger];
        let own: Vec<String> =
            own.iter().map(|table| format!("'{}'", table.replace('\'', "''").to_lowercase())).collect();
        let objects = self.rows(
            &format!(
                "SELECT s.type, s.name, s.sql FROM sqlite_schema s \
                 WHERE s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND lower(s.tbl_name) NOT IN ({}) \
                 AND s.tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')",
                own.join(", ")
            ),
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?)),
        )?;
        let mut witness = BTreeSet::new();
        for (kind, name, sql) in objects {
            let text = match kind.as_str() {
                "table" => table_text(&sql.unwrap_or_default()),
                _ => words(&sql.unwrap_or_default()).join(" "),
            };
            let name_text = name.to_lowercase();
            witness.insert(format!("{kind} {name_text}: {text}"));
            if kind == "table" || kind == "view" {
                let told = self.told(&name).unwrap_or_else(|error| error.to_string());
                witness.insert(format!("{kind} {name_text} in the pragmas: {told}"));
            }
        }
        for pragma in ["integrity_check", "foreign_key_check"] {
            for line in self.rows(&format!("PRAGMA {pragma}"), |row| {
                let text: Option<String> =
                    row.get_ref(0)?.as_str_or_null().map_err(rusqlite::Error::from)?.map(str::to_owned);
                Ok(text.unwrap_or_default())
            })? {
                witness.insert(format!("{pragma}: {line}"));
            }
        }
        Ok(witness)
    }

    /// Columns, indexes and foreign keys of a table, whatever their order.
    fn told(&self, table: &str) -> Result<String, BackendError> {
        let quoted = |name: &str| Dialect::Sqlite.quote_literal(name);
        let table = quoted(table);
        let text = |row: &rusqlite::Row<'_>, columns: &[&str]| -> rusqlite::Result<String> {
            let mut values = Vec::new();
            for column in columns {
                let value: rusqlite::types::Value = row.get(*column)?;
                values.push(match value {
                    rusqlite::types::Value::Text(text) => words(&text).join(" "),
                    rusqlite::types::Value::Integer(number) => number.to_string(),
                    _ => "-".to_owned(),
                });
            }
            Ok(values.join(" "))
        };
        let mut lines = self.rows(&format!("PRAGMA table_xinfo({table})"), |row| {
            Ok(format!("column {}", text(row, &["name", "type", "notnull", "dflt_value", "pk", "hidden"])?))
        })?;
        lines.extend(self.rows(
            &format!("SELECT type, wr, strict FROM pragma_table_list({table}) WHERE schema = 'main'"),
            |row| text(row, &["type", "wr", "strict"]),
        )?);
        let indexes = self.rows(&format!("PRAGMA index_list({table})"), |row| {
            Ok((
                row.get::<_, String>("name")?,
                row.get::<_, String>("origin")?,
                text(row, &["unique", "origin", "partial"])?,
            ))
        })?;
        for (index, origin, told) in indexes {
            let keys = self.rows(&format!("PRAGMA index_xinfo({})", quoted(&index)), |row| {
                text(row, &["name", "desc", "coll", "key"])
            })?;
            let shown = if origin == "c" { index.to_lowercase() } else { String::new() };
            // The columns behind the key are those of the table, in its order.
            let keys: Vec<String> = keys.into_iter().filter(|key| key.ends_with(" 1")).collect();
            lines.push(format!("index {shown} {told} ({})", keys.join(", ")));
        }
        let mut keys: Vec<(i64, String)> = self.rows(&format!("PRAGMA foreign_key_list({table})"), |row| {
            Ok((row.get("id")?, text(row, &["table", "from", "to", "on_update", "on_delete", "match"])?))
        })?;
        keys.sort();
        for pairs in keys.chunk_by(|a, b| a.0 == b.0) {
            let pairs: Vec<&str> = pairs.iter().map(|(_, text)| text.as_str()).collect();
            lines.push(format!("foreign key {}", pairs.join(", ")));
        }
        lines.sort();
        Ok(lines.join("; "))
    }
}

/// A CREATE TABLE whose columns, constraints and options may be in any order, and so may the clauses of each.
fn table_text(sql: &str) -> String {
    let words = words(sql);
    if words.iter().take(3).any(|word| word == "virtual") {
        return words.join(" ");
    }
    let (mut depth, mut items, mut item, mut group) = (0, Vec::new(), Vec::new(), String::new());
    let mut previous = "";
    for word in &words {
        match word.as_str() {
            ")" if depth == 1 => {
                items.push(std::mem::take(&mut item));
                depth = 0;
            }
            "," if depth <= 1 => items.push(std::mem::take(&mut item)),
            "(" if depth == 0 => {
                depth = 1;
                item.clear();
            }
            "(" | ")" => {
                depth += if word == "(" { 1 } else { -1 };
                group.push_str(word);
                if depth == 1 {
                    item.push(std::mem::take(&mut group));
                }
            }
            _ if depth > 1 => group.push_str(&format!("{word} ")),
            // They say nothing.
            "generated" | "always" | "virtual" => {}
            "null" if !["not", "default", "set"].contains(&previous) => {}
            _ => item.push(word.clone()),
        }
        previous = word;
    }
    items.push(item);
    let mut items: Vec<String> = items
        .into_iter()
        .map(|mut item| {
            item.sort();
            item.join(" ")
        })
        .collect();
    items.sort();
    items.join(", ")
}

/// The words of a text in lower case, without quotes of names, comments and blanks.
fn words(sql: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = sql.chars().peekable();
    while let Some(first) = rest.next() {
        match first {
            _ if first.is_whitespace() => {}
            '-' if rest.peek() == Some(&'-') => while rest.next_if(|c| *c != '\n').is_some() {},
            '/' if rest.peek() == Some(&'*') => {
                let mut last = ' ';
                rest.next();
                for c in rest.by_ref() {
                    if last == '*' && c == '/' {
                        break;
                    }
                    last = c;
                }
            }
            '\'' | '"' | '`' | '[' => {
                let end = if first == '[' { ']' } else { first };
                let mut text = String::new();
                while let Some(c) = rest.next() {
                    if c == end && (end == ']' || rest.next_if_eq(&end).is_none()) {
                        break;
                    }
                    text.push(c);
                }
                words.push(if first == '\'' { format!("'{text}'") } else { text.to_lowercase() });
            }
            _ if is_part(first) => {
                let mut word = first.to_string();
                while let Some(c) = rest.next_if(|c| is_part(*c)) {
                    word.push(c);
                }
                words.push(word.to_lowercase());
            }
            _ => words.push(first.to_string()),
        }
    }
    words
}

fn is_part(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

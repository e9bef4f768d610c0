//! Placeholders: `${name}`, whose names are the same in any case.
//!
//! <https://documentation.red-gate.com/fd/placeholders-184127475.html>

use std::path::Path;

use super::Values;
use crate::import::sql_tools::ImportError;
use crate::sql::position::position_at;

/// `text` with the value of each placeholder in its place.
pub(super) fn replace(path: &Path, text: &str, values: &Values) -> Result<String, ImportError> {
    let mut replaced = String::with_capacity(text.len());
    let mut missing: Vec<String> = Vec::new();
    let (mut from, mut first) = (0, None);
    while let Some(start) = text[from..].find("${").map(|at| from + at) {
        let Some(end) = text[start..].find('}').map(|at| start + at) else { break };
        let name = &text[start + 2..end];
        replaced.push_str(&text[from..start]);
        match values.get(&name.to_lowercase()) {
            Some(value) => replaced.push_str(value),
            None => {
                first.get_or_insert(start);
                if !missing.iter().any(|known| known == name) {
                    missing.push(name.to_owned());
                }
            }
        }
        from = end + 1;
    }
    if let Some(first) = first {
        let position = position_at(text, first);
        return Err(ImportError::Placeholders { path: path.to_owned(), position, names: missing });
    }
    replaced.push_str(&text[from..]);
    Ok(replaced)
}

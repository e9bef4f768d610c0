//! Extensions of the version that the configured database has: another one may have other objects.
//! <https://www.postgresql.org/docs/current/sql-createextension.html>

use std::collections::BTreeMap;

use super::emptying::texts;
use crate::backend::BackendError;
use crate::backend::postgres::client::Client;
use crate::sql::{Dialect, tokens};

/// Those of `versions`, by extension, that can be had on the server of `client`.
pub(super) fn available(
    client: &mut Client,
    versions: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, BackendError> {
    if versions.is_empty() {
        return Ok(BTreeMap::new());
    }
    let literal = |text: &str| Dialect::PostgreSql.quote_literal(text);
    let wanted: Vec<String> =
        versions.iter().map(|(name, version)| format!("({}, {})", literal(name), literal(version))).collect();
    let question = format!(
        "SELECT name, version FROM pg_catalog.pg_available_extension_versions WHERE (name::text, version) IN ({})",
        wanted.join(", ")
    );
    let rows = texts(client, &question)?.into_iter();
    Ok(rows.filter_map(|row| <[String; 2]>::try_from(row).ok()).map(|[name, version]| (name, version)).collect())
}

/// The statement with the version, if it makes one of these extensions and says none.
pub(super) fn with_version(statement: &str, versions: &BTreeMap<String, String>) -> Option<String> {
    if versions.is_empty() {
        return None;
    }
    let tokens = tokens(statement, Dialect::PostgreSql).ok()?;
    let is = |place: usize, word: &str| {
        tokens.get(place).is_some_and(|token| token.is_word && token.text.eq_ignore_ascii_case(word))
    };
    if !is(0, "CREATE") || !is(1, "EXTENSION") || (2..tokens.len()).any(|place| is(place, "VERSION")) {
        return None;
    }
    let name = tokens.get(if is(2, "IF") { 5 } else { 2 })?;
    let name = if name.is_word { name.text.to_ascii_lowercase() } else { name.text.trim_matches('"').to_owned() };
    let version = Dialect::PostgreSql.quote_literal(versions.get(&name)?);
    // It may end in a comment.
    Some(format!("{statement}\nVERSION {version}"))
}

//! What a scratch database shares with its server must stay as it is: roles, other databases, settings.
//!
//! What a transaction did to them is found before it is committed: our session sees it then, and one beside it does
//! not. Outside of transactions, and in a declared schema, a statement is refused whose head tells what it is about.
//! <https://www.postgresql.org/docs/current/managing-databases.html>

use std::collections::BTreeMap;

use super::{Lent, ScratchKind};
use crate::backend::BackendError;
use crate::backend::postgres::client::Client;
use crate::backend::postgres::{PostgresConnection, session};
use crate::sql::{Dialect, tokens};

/// Catalogs that all databases of a server share, by name and content, without what the server itself counts there.
const SHARED: &str = "\
    SELECT 'membership of ' || m.member::pg_catalog.regrole || ' in ' || m.roleid::pg_catalog.regrole AS name, \
    (pg_catalog.to_jsonb(m) - 'oid')::text AS content FROM pg_catalog.pg_auth_members m UNION ALL \
    SELECT 'setting of ' || pg_catalog.concat_ws(' in ', 'role ' || nullif(s.setrole, 0)::pg_catalog.regrole, \
    'database ' || d.datname), s.setconfig::text FROM pg_catalog.pg_db_role_setting s \
    LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase UNION ALL \
    SELECT 'tablespace ' || t.spcname, pg_catalog.to_jsonb(t)::text FROM pg_catalog.pg_tablespace t UNION ALL \
    SELECT 'database ' || d.datname, (pg_catalog.to_jsonb(d) - 'datfrozenxid' - 'datminmxid' - 'dathasloginevt')::text \
    FROM pg_catalog.pg_database d UNION ALL \
    SELECT 'comment on ' || c.classoid::pg_catalog.regclass || ' ' || c.objoid, c.description \
    FROM pg_catalog.pg_shdescription c UNION ALL \
    SELECT 'subscription ' || s.subname, '' FROM pg_catalog.pg_subscription s UNION ALL ";

/// Passwords count, and are never shown. Not every role may see that there are some.
const ROLES: [&str; 2] = [
    "SELECT 'role ' || r.rolname, ((pg_catalog.to_jsonb(r) - 'rolpassword')::text || coalesce(pg_catalog.md5(r.rolpassword), '')) \
     FROM pg_catalog.pg_authid r",
    "SELECT 'role ' || r.rolname, pg_catalog.to_jsonb(r)::text FROM pg_catalog.pg_roles r",
];

/// The words that a statement begins with if it is about something of the server, not of the database.
pub(in crate::backend::postgres) fn refused(statement: &str) -> Option<String> {
    let tokens = tokens(statement, Dialect::PostgreSql).ok()?;
    let words: Vec<String> = tokens.iter().take(40).map(|token| token.text.to_ascii_uppercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let object_of = |preposition: &str| {
        let place = words.iter().position(|word| *word == preposition)?;
        words.get(place + 1).copied().filter(|what| SHARED_OBJECTS.contains(what))
    };
    match words[..] {
        [_, "USER", "MAPPING", ..] => None,
        ["CREATE" | "ALTER" | "DROP", what, ..] if BEYOND.contains(&what) => Some(format!("{} {what}", words[0])),
        ["COMMENT", "ON", what, ..] if SHARED_OBJECTS.contains(&what) => Some(format!("COMMENT ON {what}")),
        ["GRANT" | "REVOKE", ..] => {
            object_of("ON").filter(|what| *what != "ROLE").map(|what| format!("{} ON {what}", words[0]))
        }
        ["SECURITY", "LABEL", ..] => object_of("ON").map(|what| format!("SECURITY LABEL ON {what}")),
        ["DROP" | "REASSIGN", "OWNED", ..] => Some(format!("{} OWNED", words[0])),
        _ => None,
    }
}

const BEYOND: [&str; 7] = ["ROLE", "USER", "GROUP", "DATABASE", "TABLESPACE", "SYSTEM", "SUBSCRIPTION"];
const SHARED_OBJECTS: [&str; 5] = ["ROLE", "DATABASE", "TABLESPACE", "SUBSCRIPTION", "PARAMETER"];

/// Does the head of this statement say nothing of what it does?
pub(in crate::backend::postgres) fn is_opaque(statement: &str) -> bool {
    const PLAIN: [&str; 9] = ["CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE", "SET", "INSERT", "UPDATE"];
    let tokens = tokens(statement, Dialect::PostgreSql).unwrap_or_default();
    let head = tokens.first().map(|token| token.text.to_ascii_uppercase());
    head.is_none_or(|head| !PLAIN.contains(&head.as_str()))
}

impl PostgresConnection {
    /// Refuses what the open transaction did to the server of a scratch database. Elsewhere nothing is asked.
    pub(in crate::backend::postgres) fn refuse_beyond(&mut self) -> Result<(), BackendError> {
        let Some(Lent { scratch: Some(scratch), .. }) = &mut self.scratch else { return Ok(()) };
        let beside = match &mut scratch.kind {
            ScratchKind::Made { client, .. } | ScratchKind::Given { client, .. } => client,
        };
        let sees_passwords =
            rows(beside, "SELECT 1, pg_catalog.has_table_privilege('pg_catalog.pg_authid', 'SELECT')")?;
        let roles = if sees_passwords.values().any(|answer| answer == "t") { ROLES[0] } else { ROLES[1] };
        let question = format!("{SHARED}{roles}");
        let ours = session::as_ourselves(&format!("{question}; "));
        // What somebody else commits meanwhile is seen by one of the two.
        let before = rows(&mut self.client, &ours)?;
        let theirs = rows(beside, &question)?;
        let after = rows(&mut self.client, &ours)?;
        let (before, after) = (changes(&theirs, &before), changes(&theirs, &after));
        let changes: Vec<String> = before.into_iter().filter(|change| after.contains(change)).collect();
        if changes.is_empty() { Ok(()) } else { Err(BackendError::BeyondScratch { changes }) }
    }
}

/// What makes the one into the other, in words.
fn changes(from: &BTreeMap<String, String>, to: &BTreeMap<String, String>) -> Vec<String> {
    let gone = from.keys().filter(|name| !to.contains_key(*name)).map(|name| format!("{name} is gone"));
    let other = to.iter().filter_map(|(name, content)| match from.get(name) {
        None => Some(format!("{name} is new")),
        Some(was) if was != content => Some(format!("{name} is another")),
        Some(_) => None,
    });
    gone.chain(other).collect()
}

/// The rows of two columns; what else the statements answer has one.
fn rows(client: &mut Client, sql: &str) -> Result<BTreeMap<String, String>, BackendError> {
    let rows = super::emptying::texts(client, sql)?.into_iter();
    Ok(rows.filter_map(|row| <[String; 2]>::try_from(row).ok()).map(|[name, content]| (name, content)).collect())
}

//! What a scratch database has in common with the configured one.

use std::collections::BTreeMap;

use postgres::SimpleQueryMessage;

use crate::backend::BackendError;
use crate::backend::postgres::PostgresConnection;

/// What is known of the configured database.
pub(super) struct Live {
    /// The number of the server's version, such as 180004.
    pub version: u32,
    /// Who we are there.
    pub role: String,
    /// Who else is known there.
    pub roles: Vec<String>,
    /// Its extensions with their versions.
    pub extensions: BTreeMap<String, String>,
    /// Its encoding.
    pub encoding: String,
    /// Whose it is in SQL, where a member of that role works for it.
    pub owner: Option<String>,
    /// The words that give a new database its encoding and its locale.
    pub like: String,
    /// Where unqualified names are looked for.
    pub search_path: String,
    /// Where the version table is.
    pub schema: Option<String>,
}

/// The columns are called differently from version to version.
/// <https://www.postgresql.org/docs/current/sql-createdatabase.html>
const LIKE: &str = "SELECT pg_catalog.concat_ws(' ', 'ENCODING', pg_catalog.quote_literal(pg_catalog.pg_encoding_to_char(encoding)), \
    'LC_COLLATE', pg_catalog.quote_literal(datcollate), 'LC_CTYPE', pg_catalog.quote_literal(datctype), \
    CASE row->>'datlocprovider' WHEN 'i' THEN 'LOCALE_PROVIDER icu ICU_LOCALE ' || pg_catalog.quote_literal(locale) \
    WHEN 'b' THEN 'LOCALE_PROVIDER builtin BUILTIN_LOCALE ' || pg_catalog.quote_literal(locale) END, \
    'ICU_RULES ' || pg_catalog.quote_literal(row->>'daticurules')), pg_catalog.current_setting('search_path'), \
    pg_catalog.pg_encoding_to_char(encoding), current_user, \
    (SELECT pg_catalog.string_agg(rolname, E'\\n') FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_'), \
    (SELECT pg_catalog.quote_ident(o.rolname) FROM pg_catalog.pg_roles o, pg_catalog.pg_roles s WHERE o.oid = datdba \
    AND s.rolname = session_user AND o.oid <> s.oid AND NOT s.rolsuper AND pg_catalog.pg_has_role(s.oid, o.oid, 'USAGE')), \
    (SELECT pg_catalog.string_agg(extname || ' ' || extversion, E'\\n') FROM pg_catalog.pg_extension \
    WHERE extname <> 'plpgsql') \
    FROM (SELECT d.*, pg_catalog.to_jsonb(d) AS row, coalesce(pg_catalog.to_jsonb(d)->>'datlocale', \
    pg_catalog.to_jsonb(d)->>'daticulocale') AS locale FROM pg_catalog.pg_database d) d \
    WHERE datname = pg_catalog.current_database()";

impl Live {
    pub fn read(connection: &mut PostgresConnection) -> Result<Self, BackendError> {
        let messages = connection.client.simple_query(LIKE)?;
        let row = messages.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        let text = |column| row.and_then(|row| row.get(column)).unwrap_or_default().to_owned();
        Ok(Self {
            version: connection.server_version,
            extensions: text(6)
                .lines()
                .filter_map(|line| line.split_once(' '))
                .map(|(name, version)| (name.to_owned(), version.to_owned()))
                .collect(),
            encoding: text(2),
            role: text(3),
            roles: text(4).lines().map(str::to_owned).collect(),
            owner: row.and_then(|row| row.get(5)).map(str::to_owned),
            like: text(0),
            search_path: text(1),
            schema: connection.tables.schema.clone(),
        })
    }
}

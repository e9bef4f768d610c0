//! Databases that are made for a moment, beside the configured one.

use postgres::SimpleQueryMessage;

use super::client::{Client, Failure};
use super::{PostgresConnection, connect};
use crate::backend::{BackendError, Purpose, Settings};
use crate::config::{Environment, PostgresUrl};
use crate::sql::Dialect;

/// All scratch databases begin with this.
const PREFIX: &str = "migrator_scratch_";

/// A database that is dropped with this.
pub(in crate::backend) struct Scratch {
    name: String,
    /// A session on the configured database, called like the scratch one, so that others see it is in use.
    client: Client,
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be dropped now is swept by the next one.
        let _ = self.client.undisturbed().batch_execute(&drop_database(&self.name));
    }
}

/// Makes an empty database like the one at `url`, and connects to it. It goes with the connection.
///
/// # Errors
/// [`BackendError::NoScratch`] where the role may not make one; no connection; what the server says.
pub(in crate::backend) fn connect_to_scratch(
    url: &PostgresUrl,
    environment: &Environment,
    settings: &Settings,
) -> Result<PostgresConnection, BackendError> {
    let PostgresConnection { mut client, tables, .. } = connect(url, environment, settings, Purpose::Write)?;
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|error| BackendError::NoScratch { message: error.to_string() })?;
    let name = format!("{PREFIX}{:016x}", u64::from_be_bytes(random));
    let quoted = Dialect::PostgreSql.quote_literal(&name);
    client.batch_execute(&format!("SET application_name = {quoted}"))?;
    sweep(&mut client)?;
    let like = first(&mut client, LIKE)?;
    client.batch_execute("SET statement_timeout = 0")?;
    let refused = |failure: Failure| match failure {
        Failure::Postgres(error) => {
            let message = error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
            BackendError::NoScratch { message }
        }
        other => other.into(),
    };
    client.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0 {like}")).map_err(refused)?;
    // From here on it is dropped, whatever happens.
    let mut scratch = Scratch { name, client };
    scratch.client.batch_execute(&format!(
        "DO $$ BEGIN EXECUTE pg_catalog.format('COMMENT ON DATABASE {} IS %L', 'made by migrator for ' || session_user || \
         ' at ' || pg_catalog.now() || ', can be dropped'); END $$",
        scratch.name
    ))?;
    let mut url = url.clone();
    url.database = Some(scratch.name.clone());
    // The version table is to be where it is in the configured database.
    let settings = Settings { version_table_schema: tables.schema, ..settings.clone() };
    let mut connection = connect(&url, environment, &settings, Purpose::Write)?;
    // Declared functions may name what is declared later.
    connection.settings.push_str("SET check_function_bodies = off; ");
    connection.scratch = Some(scratch);
    Ok(connection)
}

/// The words that give a new database the encoding and the locale of this one. The columns are called differently
/// from version to version. <https://www.postgresql.org/docs/current/sql-createdatabase.html>
const LIKE: &str = "SELECT pg_catalog.concat_ws(' ', 'ENCODING', pg_catalog.quote_literal(pg_catalog.pg_encoding_to_char(encoding)), \
    'LC_COLLATE', pg_catalog.quote_literal(datcollate), 'LC_CTYPE', pg_catalog.quote_literal(datctype), \
    CASE row->>'datlocprovider' WHEN 'i' THEN 'LOCALE_PROVIDER icu ICU_LOCALE ' || pg_catalog.quote_literal(locale) \
    WHEN 'b' THEN 'LOCALE_PROVIDER builtin BUILTIN_LOCALE ' || pg_catalog.quote_literal(locale) END) \
    FROM (SELECT d.*, pg_catalog.to_jsonb(d) AS row, coalesce(pg_catalog.to_jsonb(d)->>'datlocale', \
    pg_catalog.to_jsonb(d)->>'daticulocale', pg_catalog.to_jsonb(d)->>'daticulocale') AS locale FROM pg_catalog.pg_database d) d \
    WHERE datname = pg_catalog.current_database()";

/// Drops those whose maker is gone.
fn sweep(client: &mut Client) -> Result<(), BackendError> {
    let orphans = format!(
        "SELECT d.datname FROM pg_catalog.pg_database d WHERE d.datname ~ '^{PREFIX}[0-9a-f]{{16}}$' AND NOT EXISTS \
         (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.application_name = d.datname OR a.datname = d.datname)"
    );
    for message in client.simple_query(&orphans)? {
        if let SimpleQueryMessage::Row(row) = message {
            // Another one may be at it, or it is somebody else's.
            let _ = client.batch_execute(&drop_database(row.get(0).unwrap_or_default()));
        }
    }
    Ok(())
}

fn drop_database(name: &str) -> String {
    format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", Dialect::PostgreSql.quote_identifier(name))
}

fn first(client: &mut Client, sql: &str) -> Result<String, BackendError> {
    let messages = client.simple_query(sql)?;
    let value = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    Ok(value.unwrap_or_default())
}

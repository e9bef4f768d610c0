//! Databases that are made on a server and dropped again.

use postgres::SimpleQueryMessage;

use super::{Live, Scratch, ScratchKind};
use crate::backend::postgres::PostgresConnection;
use crate::backend::postgres::client::{Client, Failure};
use crate::backend::{BackendError, Settings};
use crate::config::PostgresUrl;
use crate::sql::Dialect;

/// All scratch databases begin with this.
const PREFIX: &str = "migrator_scratch_";

/// Makes an empty database on the server that `maker` is connected to by `url`, with the encoding and the locale of
/// the configured one.
///
/// The session that makes it stays, and is called like it, so that others see it is in use.
///
/// # Errors
/// [`BackendError::ThroughPooler`], or what the server says.
pub(super) fn make(
    mut maker: PostgresConnection,
    url: &PostgresUrl,
    settings: &Settings,
    live: &Live,
) -> Result<Scratch, BackendError> {
    maker.find_route()?;
    if maker.is_pooled() {
        return Err(BackendError::ThroughPooler);
    }
    let mut client = maker.client;
    let mut random = [0; 8];
    getrandom::fill(&mut random)
        .map_err(|error| BackendError::ConnectionLost { message: format!("no random number: {error}") })?;
    let name = format!("{PREFIX}{:016x}", u64::from_be_bytes(random));
    let quoted = Dialect::PostgreSql.quote_literal(&name);
    client.batch_execute(&format!("SET application_name = {quoted}; SET statement_timeout = 0"))?;
    sweep(&mut client)?;
    // From here on nobody just ends the program.
    let hold = settings.interrupt.hold()?;
    let mut url = url.clone();
    url.database = Some(name.clone());
    let create = format!("CREATE DATABASE {name} TEMPLATE template0 {}", live.like);
    if let Err(failure) = client.batch_execute(&create) {
        // It may be there when an interrupt came late.
        if matches!(failure, Failure::Interrupted(_)) {
            let _ = client.undisturbed().batch_execute(&drop_database(&name));
        }
        return Err(failure.into());
    }
    let mut scratch =
        Scratch { kind: ScratchKind::Made { name, client, _server: None }, url, original: None, _hold: hold };
    scratch.comment()?;
    scratch.give_to(live.owner.as_deref());
    Ok(scratch)
}

impl Scratch {
    /// Who may make something in a database follows from whose it is. A role that is not there, or that nobody may
    /// give something to, is given nothing.
    fn give_to(&mut self, owner: Option<&str>) {
        if let (ScratchKind::Made { name, client, .. }, Some(owner)) = (&mut self.kind, owner) {
            let _ = client.batch_execute(&format!("ALTER DATABASE {name} OWNER TO {owner}"));
        }
    }

    /// Says whose it is, for whoever finds it.
    fn comment(&mut self) -> Result<(), BackendError> {
        let ScratchKind::Made { name, client, .. } = &mut self.kind else { return Ok(()) };
        Ok(client.batch_execute(&format!(
            "DO $$ BEGIN EXECUTE pg_catalog.format('COMMENT ON DATABASE {name} IS %L', 'made by migrator for ' || \
             session_user || ' at ' || pg_catalog.now() || ', can be dropped'); END $$"
        ))?)
    }
}

/// Drops those whose maker is gone: whoever uses one is called like it, or is connected to it.
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

pub(super) fn drop_database(name: &str) -> String {
    format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", Dialect::PostgreSql.quote_identifier(name))
}

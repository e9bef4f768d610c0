//! A lease in the place of the advisory lock, on servers that have none: a row that says who works and until
//! when, renewed while the run goes on. Whoever finds it expired takes it over. Only the server's clock counts.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use super::PostgresConnection;
use super::connect::SameServer;
use super::lock::pause;
use crate::backend::{BackendError, TableNames};
use crate::sql::Dialect;

/// How long a lease lasts that nobody renews.
const LASTS: &str = "interval '15 seconds'";

/// How often it is renewed.
const BEAT: Duration = Duration::from_secs(3);

/// How often it is tried to make the table: `IF NOT EXISTS` may fail when several do it at once.
const TRIES: usize = 5;

/// A lease, or what is to become one.
pub(super) struct Lease {
    table: String,
    owner: String,
    /// Renewing ends when this goes.
    _beating: Option<Sender<()>>,
}

impl Lease {
    pub(super) fn new(tables: &TableNames) -> Self {
        let owner = format!("process {}, {:08x}", std::process::id(), getrandom::u32().unwrap_or_default());
        Self { table: tables.lock_table(Dialect::PostgreSql), owner, _beating: None }
    }

    /// Takes the lease if it is free or expired; the answer is who has it, empty if it is ours now.
    ///
    /// An expired one stays with its owner while a part of it still runs, which holds a lock on the row.
    pub(super) fn take(&self) -> String {
        let Self { table, owner, .. } = self;
        format!(
            "DELETE FROM {table} WHERE id IN (SELECT id FROM {table} \
             WHERE expires_at < pg_catalog.clock_timestamp() FOR UPDATE SKIP LOCKED); \
             INSERT INTO {table} (id, owner, acquired_at, heartbeat, expires_at) VALUES (1, \
             '{owner}, ' || current_user, pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp(), \
             pg_catalog.clock_timestamp() + {LASTS}) ON CONFLICT DO NOTHING; \
             SELECT CASE WHEN {is_owner} THEN '' ELSE 'another migrator (' || owner || ', since ' || \
             pg_catalog.to_char(acquired_at, 'YYYY-MM-DD HH24:MI:SS TZ') || ')' END FROM {table}",
            is_owner = self.is_owner(),
        )
    }

    fn is_owner(&self) -> String {
        format!("owner LIKE '{}, %'", self.owner)
    }

    /// A condition: it is still ours, and stays so until the transaction ends. Renewing does not touch the key,
    /// so it goes on: <https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS>
    pub(super) fn is_held(&self) -> String {
        format!("EXISTS (SELECT 1 FROM {} WHERE {} FOR KEY SHARE NOWAIT)", self.table, self.is_owner())
    }

    pub(super) fn release(&self) -> String {
        format!("DELETE FROM {} WHERE {}", self.table, self.is_owner())
    }

    /// The lease, renewed from a connection of its own for as long as it lives.
    pub(super) fn kept(self, server: Arc<SameServer>) -> Self {
        let renewal = format!(
            "UPDATE {} SET heartbeat = pg_catalog.clock_timestamp(), \
             expires_at = pg_catalog.clock_timestamp() + {LASTS} WHERE {}",
            self.table,
            self.is_owner()
        );
        let (beating, ended) = channel();
        std::thread::spawn(move || renew(&server, &renewal, &ended));
        Self { _beating: Some(beating), ..self }
    }
}

/// Renews until nobody needs it. A renewal that fails is tried again: the lease lasts for several of them.
fn renew(server: &SameServer, renewal: &str, ended: &Receiver<()>) {
    let mut client = None;
    while ended.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
        client = client.or_else(|| server.open());
        let renewed =
            client.as_mut().is_some_and(|client: &mut postgres::Client| client.batch_execute(renewal).is_ok());
        if !renewed {
            client = None;
        }
    }
}

impl PostgresConnection {
    pub(super) fn make_lease_table(&mut self) -> Result<(), BackendError> {
        let table = self.tables.lock_table(Dialect::PostgreSql);
        let create = format!(
            "CREATE TABLE IF NOT EXISTS {table} (id integer PRIMARY KEY, owner text NOT NULL, \
             acquired_at timestamptz NOT NULL, heartbeat timestamptz NOT NULL, expires_at timestamptz NOT NULL)"
        );
        for _ in 1..TRIES {
            let literal = Dialect::PostgreSql.quote_literal(&table);
            if self.ask_flag(&format!("SELECT pg_catalog.to_regclass({literal}) IS NOT NULL"))? {
                return Ok(());
            }
            let made = self.create_schema().and_then(|()| Ok(self.client.batch_execute(&create)?));
            if made.is_ok() {
                return Ok(());
            }
            self.interrupt.sleep(pause())?;
        }
        Ok(self.client.batch_execute(&create)?)
    }
}

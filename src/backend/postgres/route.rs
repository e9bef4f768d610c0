//! What is between us and the server: a pooler that gives out its sessions by the transaction changes what can
//! be relied on. A lock of "the session" is left behind in a session of somebody else, and settings reach
//! strangers.

use postgres::{Client, SimpleQueryMessage};

use super::PostgresConnection;
use crate::backend::BackendError;

/// How often the two sessions are compared: other clients of the pooler may come in between.
const ROUNDS: usize = 6;

/// What is between us and the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// Nothing.
    Direct,
    /// Perhaps something, but no transaction pooler was found.
    Unproven,
    /// A pooler: each transaction may be in another session.
    TransactionPooler,
}

impl PostgresConnection {
    /// Finds out, with a second connection where the first did not tell.
    ///
    /// Two connections with the same process of the server prove a transaction pooler, and so does one whose
    /// process changes. Different processes prove nothing.
    pub(super) fn find_route(&mut self) -> Result<Route, BackendError> {
        if let Some(route) = self.route {
            return Ok(route);
        }
        let mut route = Route::Unproven;
        if let Some(mut other) = self.server.open() {
            let mut first = None;
            for _ in 0..ROUNDS {
                let (one, two) = (process(self.client.undisturbed())?, process(&mut other)?);
                if one == two || *first.get_or_insert_with(|| (one.clone(), two.clone())) != (one, two) {
                    route = Route::TransactionPooler;
                    break;
                }
            }
        }
        self.route = Some(route);
        if route == Route::TransactionPooler {
            // There is no process that could be watched.
            self.pid = None;
        }
        if route == Route::Unproven {
            self.client.batch_execute(&self.settings)?;
        }
        Ok(route)
    }

    pub(super) fn is_pooled(&self) -> bool {
        self.route == Some(Route::TransactionPooler)
    }
}

/// The process of the server that answers.
fn process(client: &mut Client) -> Result<Option<String>, BackendError> {
    let answer = client.simple_query("SELECT pg_catalog.pg_backend_pid()")?;
    Ok(answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    }))
}

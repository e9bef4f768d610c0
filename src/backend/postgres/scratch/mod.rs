//! Databases that are made for a moment, beside the configured one.

mod emptying;
mod live;
mod temporary;

use std::sync::{Arc, Mutex, PoisonError};

use super::client::Client;
use super::{PostgresConnection, connect};
use crate::backend::{BackendError, Purpose, Settings};
use crate::config::{Environment, PostgresUrl};
use crate::interrupt::Hold;
use emptying::Original;
use live::Live;

/// Where scratch databases come from.
pub(in crate::backend) struct Workshop {
    url: PostgresUrl,
    environment: Environment,
    settings: Settings,
    live: Mutex<Option<Arc<Live>>>,
    idle: Idle,
}

/// Databases that nobody uses just now.
type Idle = Arc<Mutex<Vec<Scratch>>>;

/// A database that is gone with this.
struct Scratch {
    kind: ScratchKind,
    url: PostgresUrl,
    /// As it was when it was empty.
    original: Option<Original>,
    /// An interrupt lets us end in order.
    _hold: Hold,
}

enum ScratchKind {
    /// It was made, and is dropped by the session that made it.
    Made { name: String, client: Client },
}

impl Drop for Scratch {
    fn drop(&mut self) {
        match &mut self.kind {
            // What cannot be dropped now is swept by the next one.
            ScratchKind::Made { name, client } => {
                let _ = client.undisturbed().batch_execute(&temporary::drop_database(name));
            }
        }
    }
}

/// A database in use; it goes back when the connection is dropped.
pub(super) struct Lent {
    scratch: Option<Scratch>,
    idle: Idle,
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(self.scratch.take());
    }
}

impl Workshop {
    pub fn new(url: PostgresUrl, environment: Environment, settings: Settings) -> Self {
        Self { url, environment, settings, live: Mutex::default(), idle: Idle::default() }
    }

    /// An empty database.
    ///
    /// # Errors
    /// [`BackendError::NoScratch`] where none can be made; no connection; what the server says.
    pub fn empty(&self) -> Result<PostgresConnection, BackendError> {
        let live = self.live()?;
        while let Some(scratch) = self.take() {
            let (mut connection, scratch) = self.open(&live, scratch)?;
            // What cannot be emptied goes.
            let is_empty = match &scratch.original {
                Some(original) => original.restore(&mut connection.client)?,
                None => false,
            };
            if is_empty {
                (connection.has_version_table, connection.has_upgrade_sql) = (false, false);
                return Ok(self.lend(connection, scratch));
            }
        }
        let scratch = temporary::make(&self.url, &self.environment, &self.settings, &live).map_err(refused)?;
        let (mut connection, mut scratch) = self.open(&live, scratch)?;
        scratch.original = Some(Original::of(&mut connection.client)?);
        Ok(self.lend(connection, scratch))
    }

    /// A database that may hold anything.
    ///
    /// # Errors
    /// As [`Workshop::empty`].
    pub fn any(&self) -> Result<PostgresConnection, BackendError> {
        match self.take() {
            Some(scratch) => {
                let (connection, scratch) = self.open(&*self.live()?, scratch)?;
                Ok(self.lend(connection, scratch))
            }
            None => self.empty(),
        }
    }

    /// Gives up what is not in use.
    pub fn close(&self) {
        while self.take().is_some() {}
    }

    fn take(&self) -> Option<Scratch> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn live(&self) -> Result<Arc<Live>, BackendError> {
        let mut known = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(live) = &*known {
            return Ok(Arc::clone(live));
        }
        let mut connection = connect(&self.url, &self.environment, &self.settings, Purpose::Read)?;
        let live = Arc::new(Live::read(&mut connection)?);
        *known = Some(Arc::clone(&live));
        Ok(live)
    }

    /// A session in which everything is where it is in the configured database.
    fn open(&self, live: &Live, scratch: Scratch) -> Result<(PostgresConnection, Scratch), BackendError> {
        let settings = Settings { version_table_schema: live.schema.clone(), ..self.settings.clone() };
        let mut connection = connect(&scratch.url, &self.environment, &settings, Purpose::Write)?;
        // Declared functions may name what is declared later.
        connection.settings.push_str("SET check_function_bodies = off; ");
        // An empty path is shown as what cannot be set.
        let path = if live.search_path == "\"\"" { "''" } else { &live.search_path };
        connection.settings.push_str(&format!("SET search_path = {path}; "));
        Ok((connection, scratch))
    }

    fn lend(&self, mut connection: PostgresConnection, scratch: Scratch) -> PostgresConnection {
        connection.scratch = Some(Lent { scratch: Some(scratch), idle: Arc::clone(&self.idle) });
        connection
    }
}

fn refused(error: BackendError) -> BackendError {
    match error {
        BackendError::Database(error) => BackendError::NoScratch { message: error.message },
        BackendError::ScratchPooled => BackendError::NoScratch { message: BackendError::ScratchPooled.to_string() },
        other => other,
    }
}

//! Databases that are made for a moment, beside the configured one.

pub(super) mod beyond;
mod cluster;
mod emptying;
mod extensions;
mod given;
mod live;
mod temporary;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::client::Client;
use super::{PostgresConnection, connect};
use crate::backend::{BackendError, Purpose, ScratchProblem, Settings};
use crate::config::{Environment, PostgresUrl};
use crate::interrupt::Hold;
use cluster::Cluster;
use emptying::Original;
use live::Live;

/// Where scratch databases come from.
pub(in crate::backend) struct Workshop {
    url: PostgresUrl,
    /// What is configured for them.
    scratch_url: Option<PostgresUrl>,
    environment: Environment,
    settings: Settings,
    live: Mutex<Option<Arc<Live>>>,
    // Before the server on which they are.
    idle: Idle,
    cluster: Mutex<Option<Arc<Cluster>>>,
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
    /// It was made, and is dropped by the session that made it, on its server's own database.
    Made { name: String, client: Client, _server: Option<Arc<Cluster>> },
    /// It was there, and is emptied by a session of its own; `restore` gives it its comment back.
    Given { client: Client, restore: Option<String> },
}

impl Drop for Scratch {
    fn drop(&mut self) {
        match &mut self.kind {
            // What cannot be dropped now is swept by the next one.
            ScratchKind::Made { name, client, .. } => {
                let _ = client.undisturbed().batch_execute(&temporary::drop_database(name));
            }
            ScratchKind::Given { client, restore } => {
                given::give_back(client, self.original.as_ref(), restore.as_deref());
            }
        }
    }
}

/// A database in use; it goes back when the connection is dropped.
pub(super) struct Lent {
    scratch: Option<Scratch>,
    idle: Idle,
    /// The versions that extensions get which say none.
    versions: BTreeMap<String, String>,
    /// What libpq takes from the environment.
    environment: Vec<(String, String)>,
}

impl Lent {
    /// The statement as it has to be, if not as it is.
    pub fn rewritten(&self, statement: &str) -> Option<String> {
        extensions::with_version(statement, &self.versions)
    }
}

impl Lent {
    /// Where it is.
    pub fn url(&self) -> Option<&PostgresUrl> {
        self.scratch.as_ref().map(|scratch| &scratch.url)
    }

    /// The variables that its server was found and let us in with.
    pub fn environment(&self) -> impl Iterator<Item = (&str, &str)> {
        self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(self.scratch.take());
    }
}

impl Workshop {
    pub fn new(
        url: PostgresUrl,
        scratch_url: Option<PostgresUrl>,
        environment: Environment,
        settings: Settings,
    ) -> Self {
        let (live, idle, cluster) = (Mutex::default(), Idle::default(), Mutex::default());
        Self { url, scratch_url, environment, settings, live, idle, cluster }
    }

    /// An empty database.
    ///
    /// # Errors
    /// [`BackendError::NoScratch`] where none can be made, [`BackendError::ScratchUrl`] where the one that is named
    /// cannot be used; no connection; what the server says.
    pub fn empty(&self) -> Result<PostgresConnection, BackendError> {
        let live = self.live()?;
        while let Some(scratch) = self.take() {
            let (mut connection, scratch) = self.open(&live, scratch)?;
            let is_given = matches!(scratch.kind, ScratchKind::Given { .. });
            let is_empty = match &scratch.original {
                // To drop many objects takes longer than to drop the database with them.
                Some(original) => {
                    (is_given || !original.is_far_from(&mut connection.client)?)
                        && original.restore(&mut connection.client)?
                }
                None => false,
            };
            match &scratch.kind {
                _ if is_empty => {
                    (connection.has_version_table, connection.has_upgrade_sql) = (false, false);
                    return self.lend(&live, connection, scratch);
                }
                // What cannot be emptied goes.
                ScratchKind::Made { .. } => {}
                ScratchKind::Given { .. } => return Err(unusable(&scratch.url, ScratchProblem::NotEmptied)),
            }
        }
        let (mut connection, mut scratch) = self.open(&live, self.make(&live)?)?;
        if scratch.original.is_none() {
            scratch.original = Some(Original::of(&mut connection.client)?);
        }
        self.lend(&live, connection, scratch)
    }

    /// The one that is named; else one on the same server; else one on a server of our own.
    fn make(&self, live: &Live) -> Result<Scratch, BackendError> {
        if let Some(url) = &self.scratch_url {
            return self.named(url, live);
        }
        let known = self.cluster.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(cluster) = known {
            return self.on_cluster(&cluster, live);
        }
        let maker = connect(&self.url, &self.environment, &self.settings, Purpose::Write);
        let beside = match maker.and_then(|maker| temporary::make(maker, &self.url, &self.settings, live)) {
            Err(BackendError::Database(error)) => error.message,
            Err(error @ (BackendError::ReadOnly { .. } | BackendError::ThroughPooler)) => error.to_string(),
            made => return made,
        };
        let mut tried = vec![format!("on the same server: {beside}")];
        match Cluster::start(live.version / 10_000, &live.role, &self.environment, &self.settings.interrupt) {
            Ok(cluster) => {
                let cluster = Arc::new(cluster);
                *self.cluster.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&cluster));
                match self.on_cluster(&cluster, live) {
                    Err(BackendError::Database(error)) => {
                        tried.push(format!("on a server of its own: {}", error.message));
                    }
                    made => return made,
                }
            }
            Err(reason) => tried.push(format!("on a server of its own: {reason}")),
        }
        self.settings.interrupt.check()?;
        Err(BackendError::NoScratch { tried })
    }

    /// On the server that `scratch_url` names where databases can be made there, else in the database that it names.
    fn named(&self, url: &PostgresUrl, live: &Live) -> Result<Scratch, BackendError> {
        let settings = Settings { version_table_schema: live.schema.clone(), ..self.settings.clone() };
        let mut connection = connect(url, &self.environment, &settings, Purpose::Write)?;
        connection.find_route()?;
        if connection.is_pooled() {
            return Err(unusable(url, ScratchProblem::Pooled));
        }
        let (ours, theirs) = (live.version / 10_000, connection.server_version / 10_000);
        if ours != theirs {
            return Err(unusable(url, ScratchProblem::OtherVersion { theirs, ours }));
        }
        let mut project = connect(&self.url, &self.environment, &self.settings, Purpose::Read)?;
        if given::is_same(&mut project, &mut connection)? {
            return Err(unusable(url, ScratchProblem::Own));
        }
        let may_make = "SELECT rolcreatedb OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user";
        if connection.ask_flag(may_make)? {
            return temporary::make(connection, url, &self.settings, live).map_err(|error| match error {
                BackendError::Database(error) => unusable(url, ScratchProblem::Refused { message: error.message }),
                other => other,
            });
        }
        given::take(connection, url, &self.settings, live)
    }

    fn on_cluster(&self, cluster: &Arc<Cluster>, live: &Live) -> Result<Scratch, BackendError> {
        let mut maker = connect(&cluster.url, &Environment::default(), &self.settings, Purpose::Write)?;
        cluster::add_roles(&mut maker.client, &live.roles)?;
        let mut scratch = temporary::make(maker, &cluster.url, &self.settings, live)?;
        if let ScratchKind::Made { _server: server, .. } = &mut scratch.kind {
            *server = Some(Arc::clone(cluster));
        }
        Ok(scratch)
    }

    /// The configured database, for what is only asked of the engine: to make one takes longer.
    ///
    /// # Errors
    /// No connection.
    pub fn any(&self) -> Result<PostgresConnection, BackendError> {
        connect(&self.url, &self.environment, &self.settings, Purpose::Read)
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
        connection.refuse_old_server()?;
        let live = Arc::new(Live::read(&mut connection)?);
        *known = Some(Arc::clone(&live));
        Ok(live)
    }

    /// A session in which everything is where it is in the configured database.
    fn open(&self, live: &Live, scratch: Scratch) -> Result<(PostgresConnection, Scratch), BackendError> {
        let settings = Settings { version_table_schema: live.schema.clone(), ..self.settings.clone() };
        let none = Environment::default();
        let environment = match &scratch.kind {
            ScratchKind::Made { _server: Some(_), .. } => &none,
            _ => &self.environment,
        };
        let mut connection = connect(&scratch.url, environment, &settings, Purpose::Write)?;
        // Declared functions may name what is declared later.
        connection.settings.push_str("SET check_function_bodies = off; ");
        // An empty path is shown as what cannot be set.
        let path = if live.search_path == "\"\"" { "''" } else { &live.search_path };
        connection.settings.push_str(&format!("SET search_path = {path}; "));
        Ok((connection, scratch))
    }

    fn lend(
        &self,
        live: &Live,
        mut connection: PostgresConnection,
        scratch: Scratch,
    ) -> Result<PostgresConnection, BackendError> {
        let versions = extensions::available(&mut connection.client, &live.extensions)?;
        let environment = match &scratch.kind {
            ScratchKind::Made { _server: Some(_), .. } => Vec::new(),
            _ => {
                self.environment.beginning_with("PG").map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
            }
        };
        connection.scratch = Some(Lent { scratch: Some(scratch), idle: Arc::clone(&self.idle), versions, environment });
        Ok(connection)
    }
}

fn unusable(url: &PostgresUrl, problem: ScratchProblem) -> BackendError {
    BackendError::ScratchUrl { url: url.to_string(), problem }
}

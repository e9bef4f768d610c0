//! The session's client, whose statements can be interrupted.

use std::io::Write as _;

use postgres::SimpleQueryMessage;
use postgres::error::SqlState;

use crate::backend::BackendError;
use crate::interrupt::{Interrupted, Watch};

/// How many bytes of inline COPY data are sent at a time: the client keeps a copy of what it is given at once.
const COPY_CHUNK: usize = 1 << 16;

/// A client that an interrupt stops: what it waits for is cancelled on the server.
pub(super) struct Client {
    session: postgres::Client,
    watch: Watch,
}

/// Why something was not done.
pub(super) enum Failure {
    Interrupted(Interrupted),
    Postgres(postgres::Error),
    /// COPY data could not be sent, and the server did not say why.
    Write(std::io::Error),
}

impl Client {
    pub fn new(session: postgres::Client, watch: Watch) -> Self {
        Self { session, watch }
    }

    pub fn batch_execute(&mut self, sql: &str) -> Result<(), Failure> {
        self.run(|session| session.batch_execute(sql))
    }

    pub fn simple_query(&mut self, sql: &str) -> Result<Vec<SimpleQueryMessage>, Failure> {
        self.run(|session| session.simple_query(sql))
    }

    /// Runs a `COPY … FROM STDIN` with its data.
    pub fn copy_in(&mut self, statement: &str, data: &str) -> Result<(), Failure> {
        let sent = self.run(|session| {
            let mut writer = session.copy_in(statement)?;
            // A failed write only says that the server stopped listening; `finish` brings its reason.
            let written = data.as_bytes().chunks(COPY_CHUNK).try_for_each(|chunk| writer.write_all(chunk));
            writer.finish()?;
            Ok(written)
        })?;
        sent.map_err(Failure::Write)
    }

    /// The client for what is short and has to be done also when an interrupt has come.
    pub fn undisturbed(&mut self) -> &mut postgres::Client {
        &mut self.session
    }

    /// Is the connection known to be gone?
    pub fn is_closed(&self) -> bool {
        self.session.is_closed()
    }

    /// Whether what is sent from now on can be interrupted.
    pub fn heed_interrupt(&mut self, heeds: bool) {
        self.watch.heed(heeds);
    }

    fn run<T>(&mut self, work: impl FnOnce(&mut postgres::Client) -> Result<T, postgres::Error>) -> Result<T, Failure> {
        let session = &mut self.session;
        let result = self.watch.run(|| work(session)).map_err(Failure::Interrupted)?;
        result.map_err(|error| match error.code() {
            Some(&SqlState::QUERY_CANCELED) if self.watch.is_interrupted() => Failure::Interrupted(Interrupted),
            _ => Failure::Postgres(error),
        })
    }
}

impl Failure {
    /// The server's code for it.
    pub fn code(&self) -> Option<&SqlState> {
        match self {
            Self::Postgres(error) => error.code(),
            Self::Interrupted(_) | Self::Write(_) => None,
        }
    }
}

/// The failure of a text that is bookkeeping or a question of ours.
impl From<Failure> for BackendError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Interrupted(interrupted) => interrupted.into(),
            Failure::Postgres(error) => error.into(),
            Failure::Write(error) => Self::ConnectionLost { message: error.to_string() },
        }
    }
}

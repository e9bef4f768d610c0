//! Asking the server to cancel what a session does, over a connection that is made as the session's was.
//! <https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS>

use std::time::Duration;

use postgres::{CancelToken, NoTls};

use super::transport::Transport;

/// How long a server on this machine may take to pass a request on: over a socket there is no sign that it has.
const LOCAL_DELIVERY: Duration = Duration::from_millis(100);

/// Cancels what one session does.
pub(in crate::backend::postgres) struct Cancel {
    token: CancelToken,
    /// None for a socket.
    transport: Option<Transport>,
}

impl Cancel {
    pub fn new(session: &postgres::Client, transport: Option<Transport>) -> Self {
        Self { token: session.cancel_token(), transport }
    }

    /// Asks, and returns when the server has passed the request on: from then on it reaches nothing that is sent
    /// later. The server says nothing of what came of it, and asking again is all that helps if it was not heard.
    pub fn send(&self) {
        let _ = match &self.transport {
            Some(transport) => self.token.cancel_query(transport.to_cancel()),
            None => {
                let sent = self.token.cancel_query(NoTls);
                std::thread::sleep(LOCAL_DELIVERY);
                sent
            }
        };
    }
}

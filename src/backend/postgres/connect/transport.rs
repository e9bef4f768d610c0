//! From a socket to a stream: whether TLS is used, and how it begins.
//! <https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL>
//!
//! `tokio-postgres` is told that TLS begins at once, so that the whole negotiation is here, with all of libpq's
//! modes and one time limit.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use postgres::tls::{MakeTlsConnect, TlsConnect};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use super::failure::Failure;
use super::stream::{Progress, Stream};
use super::tls;
use crate::config::{SslNegotiation, TlsParameters};

/// Asks the server whether it speaks TLS; it answers with one byte.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// Whether an attempt is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    /// No.
    None,
    /// If the server offers it.
    IfOffered,
    /// Yes.
    Always,
}

/// What turns the socket of one attempt into a stream.
#[derive(Clone)]
pub(super) struct Transport {
    pub encryption: Encryption,
    pub parameters: Arc<TlsParameters>,
    /// How long the server may take, from the beginning of the attempt on.
    pub timeout: Option<Duration>,
    pub progress: Arc<Progress>,
    /// Does the end of the stream wait until the server has hung up?
    pub awaits_end: bool,
}

impl Transport {
    /// The same for a request to cancel, which the server answers by hanging up when it has passed it on.
    pub fn to_cancel(&self) -> Self {
        Self { progress: Arc::default(), awaits_end: true, ..self.clone() }
    }
}

/// A transport to one host.
pub(super) struct TransportTo {
    transport: Transport,
    host: String,
    deadline: Option<Instant>,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for Transport {
    type Stream = Stream<S>;
    type TlsConnect = TransportTo;
    type Error = Failure;

    fn make_tls_connect(&mut self, host: &str) -> Result<TransportTo, Failure> {
        let deadline = self.timeout.map(|timeout| Instant::now() + timeout);
        Ok(TransportTo { transport: self.clone(), host: host.to_owned(), deadline })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for TransportTo {
    type Stream = Stream<S>;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Stream<S>, Failure>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let deadline = self.deadline;
            match deadline {
                None => self.negotiate(stream).await,
                Some(deadline) => timeout_at(deadline, self.negotiate(stream)).await.unwrap_or(Err(Failure::TimedOut)),
            }
        })
    }
}

impl TransportTo {
    async fn negotiate<S>(self, mut stream: S) -> Result<Stream<S>, Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Transport { encryption, parameters, progress, awaits_end, .. } = self.transport;
        let direct = parameters.negotiation == SslNegotiation::Direct;
        let encrypted = match encryption {
            Encryption::None => false,
            Encryption::Always if direct => true,
            Encryption::IfOffered | Encryption::Always => is_offered(&mut stream).await?,
        };
        if !encrypted {
            return match encryption {
                Encryption::Always => Err(Failure::TlsNotOffered),
                Encryption::None | Encryption::IfOffered => {
                    Ok(Stream::plain(stream, self.deadline, progress, awaits_end))
                }
            };
        }
        let config = tls::client_config(&parameters)?;
        let name = ServerName::try_from(self.host).map_err(|_| Failure::Tls("the host has no name for TLS".into()))?;
        let stream = TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
            .map_err(|error| Failure::of_handshake(&error))?;
        // Without it, something other than a PostgreSQL server may have been talked to.
        if direct && stream.get_ref().1.alpn_protocol() != Some(tls::ALPN) {
            return Err(Failure::Tls("the server does not speak PostgreSQL's protocol over TLS".into()));
        }
        Ok(Stream::encrypted(stream, self.deadline, progress, awaits_end))
    }
}

/// Exactly one byte is read: what comes after it in the clear must not pass for something encrypted.
async fn is_offered<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> Result<bool, Failure> {
    let failed = |error: io::Error| Failure::of_io(&error);
    stream.write_all(&SSL_REQUEST).await.map_err(failed)?;
    stream.flush().await.map_err(failed)?;
    Ok(stream.read_u8().await.map_err(failed)? == b'S')
}

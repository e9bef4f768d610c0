//! The bytes between us and the server, encrypted or not, with a time limit until the session has begun.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll};

use postgres::tls::{ChannelBinding, TlsStream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::certificate;
use super::greeting::Greeting;

/// What is known of an attempt to connect while it goes on and afterwards.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Is the connection encrypted?
    pub encrypted: AtomicBool,
    /// Has the session begun, so that reading may take as long as it takes?
    pub begun: AtomicBool,
    /// The process that the server says serves the session; 0 if it said nothing.
    pub process: AtomicU32,
}

/// A connection to a server.
pub struct Stream<S> {
    bytes: Bytes<S>,
    limit: Option<Pin<Box<Sleep>>>,
    progress: Arc<Progress>,
    has_ended: bool,
    greeting: Greeting,
    /// Has the server still to hang up before this ends?
    awaits_end: bool,
}

enum Bytes<S> {
    Plain(S),
    Encrypted(Box<tokio_rustls::client::TlsStream<S>>),
}

impl<S> Stream<S> {
    pub(super) fn plain(stream: S, deadline: Option<Instant>, progress: Arc<Progress>, awaits_end: bool) -> Self {
        Self::new(Bytes::Plain(stream), deadline, progress, awaits_end)
    }

    pub(super) fn encrypted(
        stream: tokio_rustls::client::TlsStream<S>,
        deadline: Option<Instant>,
        progress: Arc<Progress>,
        awaits_end: bool,
    ) -> Self {
        progress.encrypted.store(true, Ordering::Relaxed);
        Self::new(Bytes::Encrypted(Box::new(stream)), deadline, progress, awaits_end)
    }

    fn new(bytes: Bytes<S>, deadline: Option<Instant>, progress: Arc<Progress>, awaits_end: bool) -> Self {
        let greeting = Greeting::default();
        Self { bytes, limit: limit(deadline), progress, has_ended: false, greeting, awaits_end }
    }
}

fn limit(deadline: Option<Instant>) -> Option<Pin<Box<Sleep>>> {
    deadline.map(|deadline| Box::pin(sleep_until(deadline)))
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = match &mut self.bytes {
            Bytes::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Bytes::Encrypted(stream) => Pin::new(stream).poll_read(context, buffer),
        };
        if let Some(process) = self.greeting.read(&buffer.filled()[before..]) {
            self.progress.process.store(process, Ordering::Relaxed);
        }
        if read.is_pending() && self.limit.is_some() {
            if self.progress.begun.load(Ordering::Relaxed) {
                self.limit = None;
            } else if self.limit.as_mut().is_some_and(|limit| limit.as_mut().poll(context).is_ready()) {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
        // The server's last words count for more than that it hung up, and `tokio-postgres` forgets them when it
        // hears of both at once: so the end is told a moment later.
        let is_end = matches!(read, Poll::Ready(Ok(()))) && buffer.filled().len() == before;
        if is_end && !std::mem::replace(&mut self.has_ended, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        read
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        #[cfg(all(test, unix))]
        failpoint("before sending", &self.progress, bytes);
        let written = match &mut self.bytes {
            Bytes::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Bytes::Encrypted(stream) => Pin::new(stream).poll_write(context, bytes),
        };
        #[cfg(all(test, unix))]
        if matches!(written, Poll::Ready(Ok(_))) {
            failpoint("sent", &self.progress, bytes);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.bytes {
            Bytes::Plain(stream) => Pin::new(stream).poll_flush(context),
            Bytes::Encrypted(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.awaits_end {
            let mut bytes = [0; 64];
            let mut buffer = ReadBuf::new(&mut bytes);
            match self.as_mut().poll_read(context, &mut buffer) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(read) => self.awaits_end = read.is_ok() && !buffer.filled().is_empty(),
            }
        }
        match &mut self.bytes {
            Bytes::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Bytes::Encrypted(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

/// A test may kill the program here, before a message goes to the server or while the server is at it.
#[cfg(all(test, unix))]
fn failpoint(when: &str, progress: &Progress, bytes: &[u8]) {
    if progress.begun.load(Ordering::Relaxed) {
        // A byte for the kind of message, and its length:
        // https://www.postgresql.org/docs/current/protocol-message-formats.html
        crate::failpoint::reached(when, &String::from_utf8_lossy(bytes.get(5..).unwrap_or_default()));
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Stream<S> {
    fn channel_binding(&self) -> ChannelBinding {
        let Bytes::Encrypted(stream) = &self.bytes else { return ChannelBinding::none() };
        let certificates = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let hash = certificates.first().and_then(|certificate| certificate::end_point_hash(certificate));
        hash.map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

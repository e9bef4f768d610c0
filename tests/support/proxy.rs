//! A network between the program and a server that fails at a chosen moment.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// What happens when the program sends certain words, the first time.
pub enum Fault {
    /// The connection breaks before they arrive.
    CutBefore,
    /// It breaks before the answer to them arrives.
    CutAfter,
    /// The same, and nobody gets through any more.
    CutForGood,
    /// Something happens before they are passed on.
    Before(Box<dyn Fn() + Send + Sync>),
}

struct Network {
    server: u16,
    words: String,
    fault: Fault,
    has_failed: AtomicBool,
    is_down: AtomicBool,
}

/// The port that leads to the server on port `server`, until the program sends `words`.
pub fn failing_at(server: u16, words: &str, fault: Fault) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let network = Arc::new(Network {
        server,
        words: words.to_owned(),
        fault,
        has_failed: AtomicBool::new(false),
        is_down: AtomicBool::new(false),
    });
    thread::spawn(move || {
        for client in listener.incoming() {
            if network.is_down.load(Ordering::SeqCst) {
                continue; // Dropped, which closes it.
            }
            // A server that is down answers nobody.
            let (Ok(client), Ok(server)) = (client, TcpStream::connect(("127.0.0.1", network.server))) else {
                continue;
            };
            network.connect(client, server);
        }
    });
    port
}

/// Passes everything on between `client` and `server`, from threads of its own.
pub fn pipe(client: &TcpStream, server: &TcpStream) {
    for (from, to) in [(client, server), (server, client)] {
        let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
    }
}

impl Network {
    fn connect(self: &Arc<Self>, client: TcpStream, server: TcpStream) {
        let swallows = Arc::new(AtomicBool::new(false));
        let (network, to_client, from_server) =
            (Arc::clone(self), client.try_clone().unwrap(), server.try_clone().unwrap());
        let swallow = Arc::clone(&swallows);
        thread::spawn(move || network.pass_on(client, server, &swallow));
        let network = Arc::clone(self);
        thread::spawn(move || network.pass_back(from_server, to_client, &swallows));
    }

    fn pass_on(&self, mut client: TcpStream, mut server: TcpStream, swallows: &AtomicBool) {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(count @ 1..) = client.read(&mut bytes) {
            let sent = String::from_utf8_lossy(&bytes[..count]);
            if sent.contains(&self.words) && !self.has_failed.swap(true, Ordering::SeqCst) {
                match &self.fault {
                    Fault::CutBefore => break,
                    Fault::CutAfter | Fault::CutForGood => swallows.store(true, Ordering::SeqCst),
                    Fault::Before(happens) => happens(),
                }
            }
            if server.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        close(&client, &server);
    }

    fn pass_back(&self, mut server: TcpStream, mut client: TcpStream, swallows: &AtomicBool) {
        let mut bytes = vec![0; 1 << 16];
        // The server answers a message as a whole, when it is done with it.
        while let Ok(count @ 1..) = server.read(&mut bytes) {
            if swallows.load(Ordering::SeqCst) {
                self.is_down.store(matches!(self.fault, Fault::CutForGood), Ordering::SeqCst);
                break;
            }
            if client.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        close(&client, &server);
    }
}

fn close(client: &TcpStream, server: &TcpStream) {
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}

//! Requests to cancel a statement, which need a connection of their own.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use super::*;
use crate::support::postgres::each_postgres;
use crate::support::proxy::pipe;
use crate::support::running::{Signal, until};

/// <https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS>
const CANCEL_REQUEST: [u8; 4] = 80_877_102_u32.to_be_bytes();

#[test]
fn a_request_to_cancel_is_encrypted_as_well() {
    for server in tls_servers() {
        let project = project();
        project.revision_file("a1", "", "SELECT pg_sleep(100);", "");
        let (port, beginnings) = listened_in(server.server.port());
        let root = write_private(&project, "root.crt", server.authority.certificate());
        let url = format!(
            "postgresql://tls_only@localhost:{port}/postgres?sslmode=verify-full&hostaddr=127.0.0.1&sslrootcert={root}"
        );
        project.write("migrator.toml", "[migrator]\nversion_table = \"a_request_to_cancel\"\n");
        let run = project.start(&["--url", &url, "upgrade"]);
        let mut client = server.server.client();
        let question = "SELECT count(*) > 0 FROM pg_stat_activity \
                        WHERE state = 'active' AND query LIKE '%pg_sleep(100)%' AND pid <> pg_backend_pid()";
        until("it sleeps", || client.query_one(question, &[]).unwrap().get(0));
        let before = beginnings.lock().unwrap().len();
        run.signal(Signal::INT);
        run.output().exits(130);
        let beginnings = beginnings.lock().unwrap();
        assert!(beginnings.len() > before, "no request to cancel was sent");
        assert!(beginnings.iter().all(|bytes| bytes[4..8] != CANCEL_REQUEST), "one was sent in the clear");
        client
            .batch_execute("DROP TABLE a_request_to_cancel, a_request_to_cancel_log, a_request_to_cancel_ledger")
            .unwrap();
    }
}

#[test]
fn a_statement_over_a_socket_is_cancelled_too() {
    each_postgres(|database| {
        let project = project();
        project.revision_file("a1", "", "SELECT pg_sleep(100);\nSELECT 1;", "");
        let server = database.server();
        let directory = server.socket_directory().unwrap().display().to_string().replace('/', "%2F");
        let url = format!("postgresql://postgres@{directory}:{}/{}", server.port(), database.name());
        let run = project.start(&["--url", &url, "upgrade"]);
        let question = "SELECT count(*) FROM pg_stat_activity \
                        WHERE datname = current_database() AND wait_event = 'PgSleep' AND client_addr IS NULL";
        until("it sleeps", || database.query_text(question) == "1");
        run.signal(Signal::TERM);
        run.output_within(std::time::Duration::from_secs(30)).exits(143);
        // Neither the failure's line nor the lock was met by the request.
        assert_eq!(database.query_text("SELECT revision, action FROM migrator_log"), "a1|upgrade failed");
    });
}

/// A port that is that of the server, and the first bytes of every connection that was made to it.
fn listened_in(server: u16) -> (u16, Arc<Mutex<Vec<[u8; 8]>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let beginnings = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&beginnings);
    thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let mut upstream = TcpStream::connect(("127.0.0.1", server)).unwrap();
            let mut first = [0; 8];
            client.read_exact(&mut first).unwrap();
            heard.lock().unwrap().push(first);
            upstream.write_all(&first).unwrap();
            pipe(&client, &upstream);
        }
    });
    (port, beginnings)
}

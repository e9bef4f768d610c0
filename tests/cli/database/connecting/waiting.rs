//! `--wait`.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use super::*;
use crate::support::postgres::each_postgres;
use crate::support::proxy::pipe;

/// What a server says while it is starting up, as the protocol has it:
/// <https://www.postgresql.org/docs/current/protocol-message-formats.html>
const STARTING_UP: &[u8] = b"E\0\0\0\x35SFATAL\0VFATAL\0C57P03\0Mthe server is starting up\0\0";

/// A port that gives `answers` of these at first, and then is that of the server.
fn in_front_of(server: u16, answers: usize, answer: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for (number, client) in listener.incoming().enumerate() {
            let mut client = client.unwrap();
            if number < answers {
                let _ = client.read(&mut [0; 1024]);
                let _ = client.write_all(answer);
                continue;
            }
            let upstream = TcpStream::connect(("127.0.0.1", server)).unwrap();
            pipe(&client, &upstream);
        }
    });
    port
}

#[test]
fn a_server_that_is_starting_up_is_waited_for() {
    each_postgres(|database| {
        for (answer, words) in
            [(STARTING_UP, "the server is starting up (57P03)"), (b"", "the server closed the connection")]
        {
            let project = project();
            let port = in_front_of(database.server().port(), 3, answer);
            let url = format!("postgresql://postgres@127.0.0.1:{port}/{}?sslmode=disable", database.name());
            let impatient = run(&project, &[], &["--url", &url, "current"]).exits(1);
            assert_contains(&impatient.stderr, words);
            assert_contains(&impatient.stderr, "`--wait` waits until it");
            let waited = run(&project, &[], &["--wait", "--url", &url, "upgrade"]).ok();
            assert_eq!(waited.stderr.matches("waiting: ").count(), 1, "{}", waited.stderr);
            run(&project, &[], &["--url", &url, "downgrade", "base"]).ok();
        }
    });
}

#[test]
fn a_server_that_is_not_there_yet_is_waited_for() {
    each_postgres(|database| {
        let project = project();
        // A port that is free until somebody listens there again.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = database.server().port();
        let late = thread::spawn(move || {
            thread::sleep(Duration::from_millis(700));
            let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
            for client in listener.incoming().take(2) {
                let mut client = client.unwrap();
                let mut upstream = TcpStream::connect(("127.0.0.1", server)).unwrap();
                let (mut from, mut to) = (client.try_clone().unwrap(), upstream.try_clone().unwrap());
                thread::spawn(move || {
                    let _ = std::io::copy(&mut from, &mut to);
                    let _ = to.shutdown(Shutdown::Both);
                });
                let _ = std::io::copy(&mut upstream, &mut client);
                let _ = client.shutdown(Shutdown::Both);
            }
        });
        let url = format!("postgresql://postgres@127.0.0.1:{port}/{}?sslmode=disable", database.name());
        let output = run(&project, &[], &["--wait=20s", "--url", &url, "upgrade"]).ok();
        assert_contains(&output.stderr, "waiting: cannot connect to ");
        assert_contains(&output.stderr, "the connection was refused");
        late.join().unwrap();
    });
}

#[test]
fn waiting_ends_when_the_time_is_up_or_it_is_of_no_use() {
    each_postgres(|database| {
        let project = project();
        let started = Instant::now();
        let output = run(&project, &[], &["--wait=500ms", "--url", "postgresql://u@127.0.0.1:1/d", "current"]).exits(1);
        assert_contains(
            &output.stderr,
            "error: cannot connect to postgresql://u@127.0.0.1:1/d: the connection was refused",
        );
        assert!((Duration::from_millis(500)..Duration::from_secs(5)).contains(&started.elapsed()));

        let absent = database.url().replace(database.name(), "absent");
        let output = run(&project, &[], &["--wait", "--url", &absent, "current"]).exits(1);
        assert!(!output.stderr.contains("waiting"), "{}", output.stderr);
        let unclear = run(&project, &[], &["--wait=soon", "--url", &absent, "current"]).exits(2);
        assert_contains(&unclear.stderr, "write it like `500ms`");
        run(&project, &[], &["--wait", "--url", "sqlite://", "current"]).ok();
    });
}

//! Several servers, and those that cannot be written to.

use std::net::TcpListener;

use super::*;
use crate::support::postgres::{servers, standbys};

#[test]
fn the_first_server_that_answers_is_taken() {
    for server in servers() {
        let database = server.database();
        let project = project();
        let (port, name) = (server.port(), database.name());
        let url = format!("postgresql://postgres@127.0.0.1:1,127.0.0.1:{port}/{name}?sslmode=disable");
        run(&project, &[], &["--url", &url, "upgrade"]).ok();
        let url = format!("postgresql://postgres@127.0.0.1,127.0.0.1/{name}?load_balance_hosts=random");
        run(&project, &[("PGPORT", &format!("1,{port}"))], &["--url", &url, "current", "--check-heads"]).ok();

        let none = run(&project, &[], &["--url", "postgresql://u@127.0.0.1:1,127.0.0.1:2/d", "current"]).exits(1);
        assert_contains(
            &none.stderr,
            "cannot connect to postgresql://u@127.0.0.1:1,127.0.0.1:2/d: \
             127.0.0.1:1: the connection was refused; 127.0.0.1:2: the connection was refused",
        );
        // A server that says no is not passed over.
        let url = format!("postgresql://postgres@127.0.0.1:{port},127.0.0.1:1/absent");
        let refused = run(&project, &[], &["--url", &url, "current"]).exits(1);
        assert_contains(&refused.stderr, "absent: database \"absent\" does not exist");
    }
}

#[test]
fn servers_by_what_they_can_do() {
    for (primary, standby) in servers().iter().zip(standbys()) {
        let project = project();
        let (primary_port, standby_port) = (primary.port(), standby.port());
        let run_on = |ports: &str, attributes: &str, arguments: &[&str]| {
            let variables = [("PGHOST", "127.0.0.1,127.0.0.1"), ("PGPORT", ports), ("PGUSER", "postgres")];
            let url = format!("postgresql:///postgres?target_session_attrs={attributes}");
            run(&project, &variables, &[&["--url", url.as_str()], arguments].concat())
        };
        let standby_first = format!("{standby_port},{primary_port}");
        let only_standbys = format!("{standby_port},{standby_port}");
        let only_primaries = format!("{primary_port},{primary_port}");

        let refused = run_on(&standby_first, "any", &["upgrade"]).exits(1);
        assert_contains(&refused.stderr, "the server is read-only: it is a standby");
        assert_contains(&refused.stderr, "target_session_attrs=read-write finds it");
        run_on(&standby_first, "any", &["current"]).ok();

        for attributes in ["read-write", "primary"] {
            let dry = run_on(&standby_first, attributes, &["upgrade", "--dry-run"]).ok();
            assert_contains(&dry.stdout, "a1");
            let writing = run_on(&standby_first, attributes, &["stamp", "base"]).ok();
            assert_contains(&writing.stdout, "at base");
            let none = run_on(&only_standbys, attributes, &["current"]).exits(1);
            assert_contains(&none.stderr, if attributes == "primary" { "in recovery" } else { "read-only" });
        }
        for attributes in ["read-only", "standby"] {
            run_on(&standby_first, attributes, &["current"]).ok();
            let none = run_on(&only_primaries, attributes, &["current"]).exits(1);
            assert_contains(&none.stderr, if attributes == "standby" { "is a primary" } else { "is not read-only" });
        }
        run_on(&only_primaries, "prefer-standby", &["stamp", "base"]).ok();
        run_on(&format!("{primary_port},{standby_port}"), "prefer-standby", &["stamp", "base"]).exits(1);
    }
}

/// A server that takes a connection and says nothing is given up, with TLS and without.
#[test]
fn a_server_that_does_not_answer() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let project = project();
    for mode in ["disable", "prefer", "require"] {
        let url = format!("postgresql://u@127.0.0.1:{port}/d?sslmode={mode}&connect_timeout=1");
        let started = Instant::now();
        let output = run(&project, &[], &["--url", &url, "current"]).exits(1);
        assert_contains(&output.stderr, "the server did not answer in time");
        assert_contains(&output.stderr, "`connect_timeout` in the URL sets");
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    }
}

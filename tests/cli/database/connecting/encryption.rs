//! `sslmode` against every kind of root certificate, and servers that want TLS or do not.

use super::*;

/// What a mode leads to.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Outcome {
    Plain,
    Encrypted,
    Fails(&'static str),
}
use Outcome::{Encrypted, Fails, Plain};

const WRONG_AUTHORITY: Outcome = Fails("the server's certificate is not signed by an authority that is trusted here");
const WRONG_HOST: Outcome = Fails("the server's certificate is for `localhost`, not for `127.0.0.1`");
const NO_ROOT: Outcome = Fails("there is no root certificate to check the server with: `");

/// Each mode with: the right authority, a wrong one, the right one but another name of the host, none at all.
const MODES: [(&str, [Outcome; 4]); 6] = [
    ("disable", [Plain, Plain, Plain, Plain]),
    ("allow", [Plain, Plain, Plain, Plain]),
    ("prefer", [Encrypted, Plain, Encrypted, Encrypted]),
    ("require", [Encrypted, WRONG_AUTHORITY, Encrypted, Encrypted]),
    ("verify-ca", [Encrypted, WRONG_AUTHORITY, Encrypted, NO_ROOT]),
    ("verify-full", [Encrypted, WRONG_AUTHORITY, WRONG_HOST, NO_ROOT]),
];

#[track_caller]
fn check(outcome: Outcome, result: Result<bool, String>, what: &str) {
    match (outcome, result) {
        (Plain, Ok(false)) | (Encrypted, Ok(true)) => {}
        (Fails(words), Err(said)) if said.contains(words) && said.contains("\nhint: ") => {}
        (outcome, result) => panic!("{what}: {outcome:?} expected, not {result:?}"),
    }
}

#[test]
fn every_mode_with_every_kind_of_root_certificate() {
    let other = Authority::new("another authority");
    for tls in tls_servers() {
        let project = project();
        project.write("right.crt", tls.authority.certificate());
        project.write("wrong.crt", other.certificate());
        for (mode, outcomes) in MODES {
            let cases = [
                ("right.crt", "localhost"),
                ("wrong.crt", "localhost"),
                ("right.crt", "127.0.0.1"),
                ("none.crt", "localhost"),
            ];
            for ((file, host), outcome) in cases.into_iter().zip(outcomes) {
                let root = project.path(file).to_str().unwrap().to_owned();
                let url = tls.url("postgres", host, &format!("sslmode={mode}&sslrootcert={root}"));
                let what = format!("{mode}, {file}, {host}, PostgreSQL {}", tls.server.version());
                check(outcome, encryption(&project, &[], &url), &what);
            }
        }
    }
}

/// Without `sslrootcert` it is `~/.postgresql/root.crt`, and where that is, `require` is as `verify-ca`.
#[test]
fn the_root_certificate_of_the_home_directory() {
    let other = Authority::new("another authority");
    for tls in tls_servers() {
        let project = project();
        let result = |mode| encryption(&project, &[("PGSSLMODE", mode)], &tls.url("postgres", "localhost", ""));
        check(Encrypted, result("require"), "require without root.crt");
        check(NO_ROOT, result("verify-full"), "verify-full without root.crt");
        project.write("home/.postgresql/root.crt", tls.authority.certificate());
        check(Encrypted, result("verify-full"), "verify-full with the right one");
        project.write("home/.postgresql/root.crt", other.certificate());
        check(WRONG_AUTHORITY, result("require"), "require with a wrong one");
        project.write("home/.postgresql/root.crt", "nothing");
        check(Fails("it holds no certificate in PEM form"), result("require"), "require with an empty one");
    }
}

#[test]
fn the_authorities_of_the_system() {
    for tls in tls_servers() {
        let project = project();
        project.write("right.crt", tls.authority.certificate());
        let right = project.path("right.crt").to_str().unwrap().to_owned();
        let url = tls.url("postgres", "localhost", "sslrootcert=system");
        check(Encrypted, encryption(&project, &[("SSL_CERT_FILE", &right)], &url), "trusted");
        let url = tls.url("postgres", "127.0.0.1", "sslrootcert=system");
        check(WRONG_HOST, encryption(&project, &[("SSL_CERT_FILE", &right)], &url), "another name");
        let url = tls.url("postgres", "localhost", "sslrootcert=system&sslmode=require");
        let weak = run(&project, &[], &["--url", &url, "current"]).exits(2);
        assert_contains(&weak.stderr, "sslrootcert=system goes only with sslmode=verify-full");
    }
}

#[test]
fn servers_that_want_tls_or_do_not() {
    for tls in tls_servers() {
        let project = project();
        for (user, mode, outcome) in [
            (
                "tls_only",
                "disable",
                Fails(
                    "hint: the server's pg_hba.conf does not let this connection in; if it asks for TLS, set sslmode=require",
                ),
            ),
            ("tls_only", "allow", Encrypted),
            ("tls_only", "prefer", Encrypted),
            ("plain_only", "prefer", Plain),
            ("plain_only", "allow", Plain),
            ("plain_only", "require", Fails("pg_hba.conf")),
        ] {
            let url = tls.url(user, "localhost", &format!("sslmode={mode}"));
            check(outcome, encryption(&project, &[], &url), &format!("{user}, {mode}"));
        }
    }
}

#[test]
fn a_server_without_tls() {
    let not_offered = Fails("the server does not offer TLS");
    for server in crate::support::postgres::servers() {
        if server.socket_directory().is_none() {
            eprintln!("not tried: the server is not ours, so it may offer TLS");
            continue;
        }
        let database = server.database();
        let project = project();
        for (mode, outcome) in
            [("prefer", Plain), ("allow", Plain), ("require", not_offered), ("verify-ca", not_offered)]
        {
            let url = format!("{}?sslmode={mode}", database.url());
            check(outcome, encryption(&project, &[], &url), mode);
        }
        // TLS is not for sockets, whatever the mode.
        let directory = server.socket_directory().unwrap().to_str().unwrap();
        let url = format!(
            "postgresql://postgres@/{}?host={directory}&port={}&sslmode=require",
            database.name(),
            server.port()
        );
        check(Plain, encryption(&project, &[], &url), "socket");
    }
}

/// <https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL>
#[test]
fn direct_negotiation() {
    for tls in tls_servers() {
        let project = project();
        let url = tls.url("postgres", "localhost", "sslmode=require&sslnegotiation=direct");
        let outcome = if tls.server.version() >= 17 { Encrypted } else { Fails("no TLS: ") };
        check(outcome, encryption(&project, &[], &url), "direct");
        let url = tls.url("postgres", "localhost", "sslmode=prefer&sslnegotiation=direct");
        run(&project, &[], &["--url", &url, "current"]).exits(2);
    }
}

#[test]
fn versions_of_tls() {
    for tls in tls_servers() {
        let project = project();
        for version in ["TLSv1.2", "TLSv1.3"] {
            let bounds =
                format!("sslmode=require&ssl_min_protocol_version={version}&ssl_max_protocol_version={version}");
            check(Encrypted, encryption(&project, &[], &tls.url("postgres", "localhost", &bounds)), version);
        }
    }
}

#[test]
fn channel_binding() {
    for tls in tls_servers() {
        let project = project();
        let password = [("PGPASSWORD", PASSWORD)];
        for (parameters, outcome) in [
            ("sslmode=require&channel_binding=require", Encrypted),
            ("sslmode=require&channel_binding=disable", Encrypted),
            ("sslmode=disable", Plain),
            ("sslmode=allow&channel_binding=require", Fails("the server did not bind the password to its certificate")),
        ] {
            let result = encryption(&project, &password, &tls.url("scram", "localhost", parameters));
            check(outcome, result, parameters);
        }
        let result =
            encryption(&project, &[], &tls.url("postgres", "localhost", "sslmode=require&channel_binding=require"));
        check(Fails("the server did not bind"), result, "a server that asks for no password");
    }
}

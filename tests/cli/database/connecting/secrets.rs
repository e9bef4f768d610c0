//! No password is shown, whatever goes wrong.

use super::*;

/// A password that no other text holds.
fn marked(character: char) -> String {
    format!("Qq{character}Zz{character}Qq")
}

#[track_caller]
fn assert_hidden(output: &Output, what: &str) {
    for text in [&output.stdout, &output.stderr] {
        assert!(!text.contains("Qq") && !text.contains("Zz"), "{what}: {text}");
    }
}

#[test]
fn no_printable_character_makes_a_password_show() {
    let tls = &tls_servers()[0];
    let project = project();
    let port = tls.server.port();
    for character in ' '..='~' {
        let secret = marked(character);
        let encoded: String = secret.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let urls = [
            // Refused by the server.
            format!("postgresql://scram:{encoded}@127.0.0.1:{port}/postgres"),
            // As it stands: refused by the server, no such host, or malformed.
            format!("postgresql://scram:{secret}@127.0.0.1:{port}/postgres"),
            format!("postgresql://scram@127.0.0.1:{port}/postgres?password={secret}&connect_timeout=2"),
            format!("postgres://scram:{secret}@127.0.0.1:port/postgres"),
            format!("mysql://scram:{secret}@h/d"),
        ];
        for url in urls {
            let output = run(&project, &[], &["--json", "-v", "--url", &url, "current"]);
            assert_ne!(output.code, Some(0), "{url}");
            assert_hidden(&output, &url);
        }
        let url = tls.url("scram", "127.0.0.1", "");
        let output = run(&project, &[("PGPASSWORD", &secret)], &["-v", "--url", &url, "current"]).exits(1);
        assert_hidden(&output, "PGPASSWORD");
    }
}

#[test]
fn every_printable_character_in_a_password_works() {
    let password: String = (' '..='~').collect();
    for tls in tls_servers() {
        let mut client = tls.server.client();
        let quoted = password.replace('\'', "''");
        client.batch_execute(&format!("ALTER ROLE odd PASSWORD '{quoted}'")).unwrap();
        let project = project();
        let encoded: String = password.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let url = format!("postgresql://odd:{encoded}@127.0.0.1:{}/postgres", tls.server.port());
        let from_url = run(&project, &[], &["--url", &url, "current"]);
        let plain = tls.url("odd", "127.0.0.1", "");
        let from_variable = run(&project, &[("PGPASSWORD", &password)], &["--url", &plain, "current"]);
        let escaped = password.replace('\\', "\\\\").replace(':', "\\:");
        write_private(&project, "home/.pgpass", &format!("*:*:*:*:{escaped}\n"));
        let from_file = run(&project, &[], &["--url", &plain, "current"]);
        for output in [from_url, from_variable, from_file] {
            output.ok();
        }
    }
}

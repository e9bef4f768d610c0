//! Certificates of clients, and odd ones of servers.

use super::*;
use crate::support::postgres::own_servers;

#[test]
fn a_server_that_wants_a_client_certificate() {
    let other = Authority::new("another authority");
    for tls in tls_servers() {
        let project = project();
        let url = tls.url("certified", "localhost", "sslmode=require");
        let missing = encryption(&project, &[], &url).unwrap_err();
        assert_contains(&missing, "client certificate");
        assert_contains(&missing, ".postgresql/postgresql.crt` does not exist; sslcert and sslkey name");

        let (certificate, key) = tls.authority.client("certified");
        project.write("home/.postgresql/postgresql.crt", &certificate);
        let without_key = encryption(&project, &[], &url).unwrap_err();
        assert_contains(&without_key, "and no private key for it");
        write_private(&project, "home/.postgresql/postgresql.key", &key);
        assert_eq!(encryption(&project, &[], &url), Ok(true));
        set_mode(&project.path("home/.postgresql/postgresql.key"), 0o644);
        let open = encryption(&project, &[], &url).unwrap_err();
        assert_contains(&open, "others may read or write the private key");
        assert_contains(&open, "hint: run `chmod 0600");

        let named = |(certificate, key): (String, String)| {
            project.write("c.crt", &certificate);
            let key = write_private(&project, "c.key", &key);
            let certificate = project.path("c.crt").to_str().unwrap().to_owned();
            encryption(&project, &[("PGSSLCERT", &certificate), ("PGSSLKEY", &key)], &url)
        };
        assert_eq!(named(tls.authority.client("certified")), Ok(true));
        let other_role = named(tls.authority.client("somebody")).unwrap_err();
        assert_contains(&other_role, "does it name the user, and is it signed by the right authority?");
        let refused = named(other.client("certified")).unwrap_err();
        // The server's alert may be lost when it closes the connection.
        assert!(refused.contains("refused the client's certificate") || refused.contains("closed"), "{refused}");
        let (certificate, _) = tls.authority.client("certified");
        let mismatch = named((certificate, other.client("certified").1)).unwrap_err();
        assert_contains(&mismatch, "does the key belong to the certificate?");
        let encrypted_key = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        let locked = named((tls.authority.client("certified").0, encrypted_key.to_owned())).unwrap_err();
        assert_contains(&locked, "is not a private key in PEM form without a password");
    }
}

#[test]
fn odd_certificates_of_servers() {
    for server in own_servers() {
        let authority = Authority::new("an authority");
        let tls = TlsServer { server, authority };
        tls.write("ca.crt", tls.authority.certificate());
        let project = project();
        let verified = |host: &str, root: &str| {
            project.write("root.crt", root);
            let root = project.path("root.crt").to_str().unwrap().to_owned();
            let url = tls.url("postgres", host, &format!("sslmode=verify-full&sslrootcert={root}"));
            encryption(&project, &[], &url)
        };

        let (certificate, key) = tls.authority.expired_server("localhost");
        tls.serve("expired", &certificate, &key);
        let expired = verified("localhost", tls.authority.certificate()).unwrap_err();
        assert_contains(&expired, "the server's certificate expired on 2002-03-04");
        assert_contains(&expired, "hint: renew it at the server");

        let (certificate, key) = tls.authority.server_by_common_name("localhost");
        tls.serve("common-name", &certificate, &key);
        assert_eq!(verified("localhost", tls.authority.certificate()), Ok(true));
        let other = verified("127.0.0.1", tls.authority.certificate()).unwrap_err();
        assert_contains(&other, "the server's certificate is for `localhost`, not for `127.0.0.1`");

        let (certificate, key) = super::authority::self_signed("localhost");
        tls.serve("self-signed", &certificate, &key);
        assert_eq!(verified("localhost", &certificate), Ok(true));
        assert_contains(&verified("127.0.0.1", &certificate).unwrap_err(), "not for `127.0.0.1`");
        let stranger = verified("localhost", tls.authority.certificate()).unwrap_err();
        assert_contains(&stranger, "not signed by an authority that is trusted here");
        let both = format!("{}{certificate}", tls.authority.certificate());
        assert_eq!(verified("localhost", &both), Ok(true));

        let (certificate, key) = tls.authority.server("127.0.0.1");
        tls.serve("address", &certificate, &key);
        assert_eq!(verified("127.0.0.1", tls.authority.certificate()), Ok(true));
        let hostaddr = format!(
            "postgresql://postgres@/postgres?hostaddr=127.0.0.1&port={}&sslmode=verify-full",
            tls.server.port()
        );
        assert_contains(&encryption(&project, &[], &hostaddr).unwrap_err(), "needs the host's name");
    }
}

//! Connecting to PostgreSQL as libpq does.

mod authority;
#[cfg(unix)]
mod cancelling;
mod certificates;
mod encryption;
mod passwords;
mod secrets;
mod servers;
mod sources;
mod waiting;

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::assert_contains;
use crate::support::postgres::{Server, own_servers};
use crate::support::project::{Output, Project};
use authority::Authority;

/// Servers of our own with TLS, and the authority that signed their certificates.
struct TlsServer {
    server: Server,
    authority: Authority,
}

/// The password of the role `scram`.
const PASSWORD: &str = "ge/he:im@";

/// Who may come in, and how. <https://www.postgresql.org/docs/current/auth-pg-hba-conf.html>
const HBA: &str = "local all all trust
hostssl all tls_only all trust
host all tls_only all reject
hostnossl all plain_only all trust
host all plain_only all reject
hostssl all certified all trust clientcert=verify-full
host all certified all reject
host all scram all scram-sha-256
host all odd all scram-sha-256
host all all all trust";

fn tls_servers() -> &'static [TlsServer] {
    static SERVERS: OnceLock<Vec<TlsServer>> = OnceLock::new();
    SERVERS.get_or_init(|| {
        let prepared = own_servers().into_iter().map(|server| {
            let authority = Authority::new("the right authority");
            let prepared = TlsServer { server, authority };
            let mut client = prepared.server.client();
            client
                .batch_execute(&format!(
                    "CREATE ROLE tls_only SUPERUSER LOGIN; CREATE ROLE plain_only SUPERUSER LOGIN; \
                     CREATE ROLE certified SUPERUSER LOGIN; CREATE ROLE scram SUPERUSER LOGIN PASSWORD '{PASSWORD}'; \
                     CREATE ROLE odd SUPERUSER LOGIN"
                ))
                .unwrap();
            prepared.write("ca.crt", prepared.authority.certificate());
            prepared.write("pg_hba.conf", HBA);
            let (certificate, key) = prepared.authority.server("localhost");
            prepared.serve("first", &certificate, &key);
            prepared
        });
        prepared.collect()
    })
}

impl TlsServer {
    /// Writes a file into the server's data directory, for the server's eyes only.
    fn write(&self, name: &str, text: &str) {
        let mut client = self.server.client();
        let directory: String = client.query_one("SHOW data_directory", &[]).unwrap().get(0);
        let text = text.replace('\'', "''");
        let copy = format!(
            "COPY (SELECT unnest(string_to_array('{text}', chr(10)))) \
             TO PROGRAM 'umask 077; rm -f \"{directory}/{name}\"; cat > \"{directory}/{name}\"'"
        );
        client.batch_execute(&copy).unwrap();
    }

    /// Makes the server show another certificate.
    fn serve(&self, name: &str, certificate: &str, key: &str) {
        self.write(&format!("{name}.crt"), certificate);
        self.write(&format!("{name}.key"), key);
        let mut client = self.server.client();
        for setting in [
            format!("ssl_cert_file = '{name}.crt'"),
            format!("ssl_key_file = '{name}.key'"),
            "ssl_ca_file = 'ca.crt'".to_owned(),
            "ssl = on".to_owned(),
        ] {
            client.batch_execute(&format!("ALTER SYSTEM SET {setting}")).unwrap();
        }
        client.batch_execute("SELECT pg_reload_conf()").unwrap();
        // The server reloads when it gets to it; a session shows the settings it began with.
        until(|| {
            let shown: String = self.server.client().query_one("SHOW ssl_cert_file", &[]).unwrap().get(0);
            shown == format!("{name}.crt")
        });
    }

    fn url(&self, user: &str, host: &str, parameters: &str) -> String {
        format!("postgresql://{user}@{host}:{}/postgres?{parameters}", self.server.port())
    }
}

/// A project whose revisions tell whether their connection is encrypted, in a home directory of its own.
fn project() -> Project {
    let project = Project::sqlite();
    let tell = "DO $$BEGIN RAISE NOTICE 'encrypted: %', \
                (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()); END$$;";
    project.revision_file("a1", "", tell, "SELECT 1;");
    std::fs::create_dir_all(project.path("home")).unwrap();
    project
}

/// Runs the program with these variables, and a home directory that is empty to begin with.
fn run(project: &Project, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = project.command(arguments);
    command.env("HOME", project.path("home")).env("PGSYSCONFDIR", project.path("etc"));
    let output = command.envs(variables.iter().copied()).output().unwrap();
    Output {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Whether the connection to `url` is encrypted, or why there is none.
fn encryption(project: &Project, variables: &[(&str, &str)], url: &str) -> Result<bool, String> {
    let table = format!("t_{:x}", std::ptr::from_ref(project).addr());
    project.write("migrator.toml", &format!("[migrator]\nversion_table = \"{table}\"\n"));
    let output = run(project, variables, &["--url", url, "upgrade"]);
    if output.code != Some(0) {
        return Err(output.stderr);
    }
    run(project, variables, &["--url", url, "downgrade", "base"]).ok();
    assert!(output.stderr.contains("encrypted: "), "{}", output.stderr);
    Ok(output.stderr.contains("encrypted: t"))
}

/// Writes a file that only its owner may read; gives its path.
fn write_private(project: &Project, name: &str, text: &str) -> String {
    project.write(name, text);
    let path = project.path(name);
    set_mode(&path, 0o600);
    path.to_str().unwrap().to_owned()
}

fn set_mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn until(mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(20), "it does not come to hold");
        std::thread::sleep(Duration::from_millis(50));
    }
}

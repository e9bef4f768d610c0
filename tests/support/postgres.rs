//! Real PostgreSQL servers, started once per test process, and a fresh database per test.
//!
//! - `MIGRATOR_TEST_POSTGRES_VERSIONS=14,18` names the versions to start; the default is `any`,
//!   the newest one at hand. `.ci/postgres` finds or installs them.
//! - `MIGRATOR_TEST_POSTGRES_URL` names a running server to use in their place.
//!
//! A server that cannot be had is a failure that says what to do, never a skip.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

use postgres::{Client, NoTls, SimpleQueryMessage};

/// A PostgreSQL server to test against.
pub struct Server {
    version: u32,
    url: String,
    directory: Option<PathBuf>,
    /// Held so that its standard input stays open: the server lives as long as that.
    keeper: Option<(Child, BufReader<ChildStdout>)>,
}

/// A database of one test's own; dropped, with whoever is connected, when this goes out of scope.
pub struct Database {
    server: &'static Server,
    name: String,
}

/// The servers to test against, started at the first call of the process.
pub fn servers() -> &'static [Server] {
    static SERVERS: OnceLock<Vec<Server>> = OnceLock::new();
    SERVERS.get_or_init(|| {
        if let Ok(url) = std::env::var("MIGRATOR_TEST_POSTGRES_URL") {
            return vec![Server::at(url)];
        }
        start_servers(Role::Primary)
    })
}

/// Servers of the same versions that nobody else uses, for tests that change a server's settings.
pub fn own_servers() -> Vec<Server> {
    start_servers(Role::Primary)
}

/// Servers of the same versions that are in recovery, so that nothing can be changed on them.
pub fn standbys() -> Vec<Server> {
    start_servers(Role::Standby)
}

#[derive(Clone, Copy)]
enum Role {
    Primary,
    Standby,
}

fn start_servers(role: Role) -> Vec<Server> {
    let versions = std::env::var("MIGRATOR_TEST_POSTGRES_VERSIONS");
    let versions = versions.unwrap_or_else(|_| "any".into());
    std::thread::scope(|scope| {
        let starting: Vec<_> =
            versions.split(',').map(|version| scope.spawn(move || Server::start(version.trim(), role))).collect();
        let started = starting.into_iter().map(|thread| thread.join());
        started.collect::<Result<_, _>>()
    })
    .unwrap_or_else(|_| panic!("no PostgreSQL server to test against, see above"))
}

/// Runs a test once per server, each time in a fresh database; names the version when it panics.
pub fn each_postgres(test: impl Fn(&Database)) {
    for server in servers() {
        let _named = NameOnPanic(server.version);
        test(&server.database());
    }
}

struct NameOnPanic(u32);

impl Drop for NameOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the test failed on PostgreSQL {}", self.0);
        }
    }
}

impl Server {
    /// The major version, such as 18.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// A URL that reaches the server's own database over TCP, as a superuser.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        let authority = self.url.split("://").nth(1).unwrap().split('/').next().unwrap();
        authority.rsplit(':').next().unwrap().parse().unwrap()
    }

    /// The directory of the Unix socket; `None` for a server the tests did not start.
    pub fn socket_directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }

    /// Creates an empty database.
    pub fn database(&'static self) -> Database {
        let name = format!("test_{:016x}", random());
        let create = format!("CREATE DATABASE {name}");
        self.client().batch_execute(&create).unwrap();
        Database { server: self, name }
    }

    /// Stops the server as a crash would.
    pub fn crash(&mut self) {
        self.order("crash");
    }

    /// Starts it again.
    pub fn start_again(&mut self) {
        self.order("start");
    }

    fn order(&mut self, command: &str) {
        let (keeper, output) = self.keeper.as_mut().expect("a server that the tests started");
        writeln!(keeper.stdin.as_mut().unwrap(), "{command}").unwrap();
        let mut answer = String::new();
        output.read_line(&mut answer).unwrap();
        assert_eq!(answer, "done\n");
    }

    /// A new connection to the server's own database.
    pub fn client(&self) -> Client {
        connect(&self.url)
    }

    fn at(url: String) -> Server {
        let mut client = connect(&url);
        let row = client.query_one("SHOW server_version_num", &[]).unwrap();
        let number: u32 = row.get::<_, &str>(0).parse().unwrap();
        Server { version: number / 10_000, url, directory: None, keeper: None }
    }

    fn start(version: &str, role: Role) -> Server {
        let binaries = binaries(version);
        for _ in 0..5 {
            let port = free_port();
            let mut keeper = keeper(&binaries, port, role).spawn().unwrap();
            let mut output = BufReader::new(keeper.stdout.take().unwrap());
            let mut line = String::new();
            output.read_line(&mut line).unwrap();
            if let Some(directory) = line.trim_end().strip_prefix("ready ") {
                let mut server = Server::at(format!("postgresql://postgres@127.0.0.1:{port}/postgres"));
                server.directory = Some(directory.into());
                server.keeper = Some((keeper, output));
                return server;
            }
            let ended = keeper.wait_with_output().unwrap();
            let reason = String::from_utf8_lossy(&ended.stderr);
            // Between the probe and the start somebody else may have taken the port.
            assert!(
                reason.contains("Address already in use"),
                "PostgreSQL {version} from {} did not start: {reason}",
                binaries.display(),
            );
        }
        panic!("no free port for PostgreSQL {version} in five attempts");
    }
}

impl Database {
    /// Another database that begins as this one is now. Nobody may be connected to this one.
    pub fn copy(&self) -> Database {
        let name = format!("test_{:016x}", random());
        let create = format!("CREATE DATABASE {name} TEMPLATE {}", self.name);
        self.server.client().batch_execute(&create).unwrap();
        Database { server: self.server, name }
    }

    /// The server's major version, such as 18.
    pub fn version(&self) -> u32 {
        self.server.version
    }

    /// The server this database is on.
    pub fn server(&self) -> &'static Server {
        self.server
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A URL that reaches this database over TCP.
    pub fn url(&self) -> String {
        with_database(&self.server.url, &self.name)
    }

    /// A new connection.
    pub fn client(&self) -> Client {
        connect(&self.url())
    }

    /// The rows of a query as text: values joined by `|` (NULL is empty), rows by newlines.
    pub fn query_text(&self, sql: &str) -> String {
        let messages = self.client().simple_query(sql).unwrap();
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                let values = (0..row.len()).map(|column| row.get(column).unwrap_or_default());
                Some(values.collect::<Vec<_>>().join("|"))
            }
            _ => None,
        });
        rows.collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A server that the test itself has stopped has nothing left to drop.
        if let Ok(mut client) = Client::connect(&self.server.url, NoTls) {
            let _ = client.batch_execute(&drop);
        }
    }
}

fn connect(url: &str) -> Client {
    Client::connect(url, NoTls).unwrap_or_else(|error| panic!("cannot connect: {error:?}"))
}

fn binaries(version: &str) -> PathBuf {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/.ci/postgres");
    let output = Command::new("bash").args([script, "bindir", version]).output().expect("`.ci/postgres` needs bash");
    assert!(
        output.status.success(),
        "no PostgreSQL server: {}\
         Install PostgreSQL (any of 14 to 18), run `.ci/postgres install {version}`, \
         or set MIGRATOR_TEST_POSTGRES_URL to a server on which databases may be created.",
        String::from_utf8_lossy(&output.stderr),
    );
    String::from_utf8(output.stdout).unwrap().trim_end().into()
}

/// The command of the process that runs the server and outlives us only to clean up.
fn keeper(binaries: &Path, port: u16, role: Role) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", include_str!("postgres.sh"), "postgres.sh"])
        .arg(binaries)
        .arg(port.to_string())
        .args(match role {
            Role::Primary => None,
            Role::Standby => Some("standby"),
        })
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    super::clean_environment(&mut command);
    as_server_user(&mut command);
    command
}

/// Lets a server run in a process group of its own, and as a user that may run one.
pub(super) fn as_server_user(command: &mut Command) {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        // Its own process group: an interrupt at the terminal must not stop the cleaning up.
        command.process_group(0);
        // PostgreSQL refuses to run as root.
        if id(&["-u"]) == Some(0) {
            let user = ["postgres", "nobody"]
                .into_iter()
                .find(|user| id(&["-u", user]).is_some())
                .expect("root needs a user `postgres` or `nobody` to run PostgreSQL as");
            command.gid(id(&["-g", user]).unwrap());
            command.uid(id(&["-u", user]).unwrap());
        }
    }
}

#[cfg(unix)]
fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// A loopback port that is free now. Below 32768, where outgoing connections take none.
pub(super) fn free_port() -> u16 {
    (0..1000)
        .map(|_| 20_000 + (random() % 12_000) as u16)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port")
}

fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// The same URL with another database in its path.
fn with_database(url: &str, name: &str) -> String {
    let (before, query) = match url.split_once('?') {
        Some((before, query)) => (before, format!("?{query}")),
        None => (url, String::new()),
    };
    let (scheme, rest) = before.split_once("://").expect("a URL");
    let authority = rest.split('/').next().unwrap_or_default();
    format!("{scheme}://{authority}/{name}{query}")
}

//! A server of one's own for a moment, from the programs that are installed here.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use crate::backend::BackendError;
use crate::backend::postgres::client::Client;
use crate::config::{Environment, Host, PostgresUrl};
use crate::interrupt::Interrupt;
use crate::sql::Dialect;

/// A server that ends, with all it holds, when this goes or the program ends in any way.
pub(super) struct Cluster {
    /// Reads from a pipe whose other end we hold.
    keeper: Child,
    /// Its own database.
    pub url: PostgresUrl,
}

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(120);

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

impl Cluster {
    /// Starts a server of the major version `major`, whose superuser is called `role`.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub fn start(major: u32, role: &str, environment: &Environment, interrupt: &Interrupt) -> Result<Self, String> {
        if !cfg!(unix) {
            return Err("not on this system".to_owned());
        }
        let binaries = find(major, environment)
            .ok_or_else(|| format!("no PostgreSQL {major} server is installed here (initdb, postgres and pg_ctl)"))?;
        let mut command = Command::new("sh");
        command
            .args(["-c", include_str!("cluster.sh"), "cluster.sh"])
            .arg(&binaries)
            .arg(role)
            .current_dir("/")
            // Variables such as PGDATA and PGPORT are not for this server.
            .env_clear()
            .env("PATH", environment.get("PATH").unwrap_or("/usr/bin:/bin"))
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        as_server_user(&mut command)?;
        let mut keeper = command.spawn().map_err(|error| format!("sh cannot be started: {error}"))?;
        let output = keeper.stdout.take();
        let mut cluster = Self { keeper, url: PostgresUrl::default() };
        let directory = cluster.until_ready(output.map(BufReader::new), interrupt)?;
        cluster.url.hosts = vec![Host { name: directory, port: Some(5432) }];
        cluster.url.user = Some(role.to_owned());
        cluster.url.database = Some("postgres".to_owned());
        Ok(cluster)
    }

    fn until_ready(
        &mut self,
        output: Option<BufReader<std::process::ChildStdout>>,
        interrupt: &Interrupt,
    ) -> Result<String, String> {
        let (said, hears) = channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            if let Some(mut output) = output {
                let _ = output.read_line(&mut line);
            }
            let _ = said.send(line);
        });
        let mut waited = Duration::ZERO;
        let pause = Duration::from_millis(20);
        while waited < PATIENCE && !interrupt.is_triggered() {
            match hears.recv_timeout(pause) {
                Ok(line) => {
                    return match line.trim_end().strip_prefix("ready ") {
                        Some(directory) => Ok(directory.to_owned()),
                        None => Err(self.complaint()),
                    };
                }
                Err(RecvTimeoutError::Timeout) => waited += pause,
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        Err("it did not start in time".to_owned())
    }

    fn complaint(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut stderr) = self.keeper.stderr.take() {
            let _ = stderr.read_to_string(&mut text);
        }
        match text.trim() {
            "" => "it did not start".to_owned(),
            text => text.to_owned(),
        }
    }
}

/// Makes the roles that there are on the project's server, so that a schema can name them.
pub(super) fn add_roles(client: &mut Client, roles: &[String]) -> Result<(), BackendError> {
    let all: Vec<String> = roles
        .iter()
        .map(|role| {
            let (name, text) = (Dialect::PostgreSql.quote_identifier(role), Dialect::PostgreSql.quote_literal(role));
            let create = Dialect::PostgreSql.quote_literal(&format!("CREATE ROLE {name}"));
            format!(
                "IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {text}) THEN EXECUTE {create}; END IF;"
            )
        })
        .collect();
    Ok(client.batch_execute(&format!("DO $roles$ BEGIN {} END $roles$", all.concat()))?)
}

/// The folder of the server's programs: where `PATH` leads, or one of the usual places.
fn find(major: u32, environment: &Environment) -> Option<PathBuf> {
    let path = environment.get("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(path).filter(|folder| folder.is_absolute()).collect();
    for configured in folders.clone() {
        let program = configured.join("pg_config");
        if program.is_file()
            && let Some(text) = output(Command::new(program).arg("--bindir"))
        {
            folders.push(text.trim().into());
        }
    }
    folders.extend([
        PathBuf::from(format!("/usr/lib/postgresql/{major}/bin")),
        PathBuf::from(format!("/usr/pgsql-{major}/bin")),
        PathBuf::from(format!("/opt/homebrew/opt/postgresql@{major}/bin")),
        PathBuf::from(format!("/usr/local/opt/postgresql@{major}/bin")),
        PathBuf::from("/usr/local/pgsql/bin"),
    ]);
    folders.into_iter().find(|folder| {
        let has = |program: &str| folder.join(program).is_file();
        let is_version = |text: String| {
            let number = text.trim().rsplit("(PostgreSQL) ").next().unwrap_or_default().to_owned();
            number.chars().take_while(char::is_ascii_digit).collect::<String>() == major.to_string()
        };
        has("initdb")
            && has("pg_ctl")
            && has("postgres")
            && output(Command::new(folder.join("postgres")).arg("--version")).is_some_and(is_version)
    })
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// A server does not run as root, so it runs as somebody who is nobody else either. An interrupt at the terminal is for
/// the program alone, which ends the server in its turn.
fn as_server_user(command: &mut Command) -> Result<(), String> {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        command.process_group(0);
        if id(&["-u"]) == Some(0) {
            let ids =
                ["postgres", "nobody"].into_iter().find_map(|user| Some((id(&["-u", user])?, id(&["-g", user])?)));
            let (user, group) = ids.ok_or("root may not run it, and there is no user `postgres` or `nobody`")?;
            command.gid(group).uid(user);
        }
    }
    Ok(())
}

#[cfg(unix)]
fn id(arguments: &[&str]) -> Option<u32> {
    output(Command::new("id").args(arguments))?.trim().parse().ok()
}

//! PgBouncer in front of a server of the tests.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use super::postgres::{Database, as_server_user, free_port};

/// A pooler; it ends when this goes out of scope.
pub struct PgBouncer {
    port: u16,
    keeper: (Child, BufReader<ChildStdout>),
}

impl PgBouncer {
    /// Starts one that gives out the sessions of the server of `database` by the transaction.
    pub fn start(database: &Database) -> PgBouncer {
        Self::in_mode("transaction", database)
    }

    /// Starts one that gives out the sessions of the server of `database` for as long as `mode` says.
    pub fn in_mode(mode: &str, database: &Database) -> PgBouncer {
        let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"]
            .into_iter()
            .map(PathBuf::from)
            .find(|program| program.exists())
            .expect("the tests need PgBouncer: install the Debian package `pgbouncer`");
        for _ in 0..5 {
            let port = free_port();
            let mut command = Command::new("sh");
            command
                .args(["-c", include_str!("pgbouncer.sh"), "pgbouncer.sh"])
                .arg(&program)
                .args([port.to_string(), database.server().port().to_string(), mode.to_owned()])
                .current_dir("/")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            super::clean_environment(&mut command);
            as_server_user(&mut command);
            let mut keeper = command.spawn().unwrap();
            let mut output = BufReader::new(keeper.stdout.take().unwrap());
            let mut line = String::new();
            output.read_line(&mut line).unwrap();
            if line.trim_end() == "ready" {
                return PgBouncer { port, keeper: (keeper, output) };
            }
            let ended = keeper.wait_with_output().unwrap();
            let reason = String::from_utf8_lossy(&ended.stderr);
            assert!(reason.contains("Address already in use"), "PgBouncer did not start: {reason}");
        }
        panic!("no free port for PgBouncer in five attempts");
    }

    /// A URL that reaches `database` through it.
    pub fn url(&self, database: &Database) -> String {
        format!("postgresql://postgres@127.0.0.1:{}/{}", self.port, database.name())
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        drop(self.keeper.0.stdin.take());
        let _ = self.keeper.0.wait();
    }
}

//! Where libpq's files are.

use std::path::{Path, PathBuf};

use crate::config::environment::Environment;

/// The directory of a person's own files: `~/.postgresql`, on Windows `%APPDATA%\postgresql`.
pub(super) fn own_directory(environment: &Environment) -> Option<PathBuf> {
    if cfg!(windows) {
        Some(named(environment, "APPDATA")?.join("postgresql"))
    } else {
        Some(named(environment, "HOME")?.join(".postgresql"))
    }
}

/// The password file: <https://www.postgresql.org/docs/current/libpq-pgpass.html>
pub(super) fn password_file(environment: &Environment) -> Option<PathBuf> {
    if cfg!(windows) {
        Some(own_directory(environment)?.join("pgpass.conf"))
    } else {
        Some(named(environment, "HOME")?.join(".pgpass"))
    }
}

/// A person's own service file: <https://www.postgresql.org/docs/current/libpq-pgservice.html>
pub(super) fn service_file(environment: &Environment) -> Option<PathBuf> {
    if cfg!(windows) {
        Some(own_directory(environment)?.join(".pg_service.conf"))
    } else {
        Some(named(environment, "HOME")?.join(".pg_service.conf"))
    }
}

/// The service files of the system: in `PGSYSCONFDIR`, or where Debian and Red Hat build libpq to look.
pub(super) fn system_service_files(environment: &Environment) -> Vec<PathBuf> {
    let directories = match named(environment, "PGSYSCONFDIR") {
        Some(directory) => vec![directory],
        None if cfg!(unix) => ["/etc/postgresql-common", "/etc"].map(PathBuf::from).to_vec(),
        None => Vec::new(),
    };
    directories.into_iter().map(|directory| directory.join("pg_service.conf")).collect()
}

/// The directories of server sockets: Debian's and Red Hat's, and PostgreSQL's own default.
pub(super) const SOCKET_DIRECTORIES: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// The host that no name stands for: the directory of a socket for `port`, or this machine.
pub(super) fn default_host(port: u16) -> String {
    let socket = format!(".s.PGSQL.{port}");
    let found = SOCKET_DIRECTORIES.into_iter().find(|directory| Path::new(directory).join(&socket).exists());
    found.unwrap_or("localhost").to_owned()
}

fn named(environment: &Environment, variable: &str) -> Option<PathBuf> {
    environment.get(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

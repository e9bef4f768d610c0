//! Password files: <https://www.postgresql.org/docs/current/libpq-pgpass.html>

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::url::Secret;

/// A password file that was read.
pub(super) struct PasswordFile {
    pub path: PathBuf,
    text: String,
}

/// What a line is looked for with.
pub(super) struct Login<'a> {
    pub host: &'a str,
    pub port: u16,
    pub database: &'a str,
    pub user: &'a str,
}

impl PasswordFile {
    /// Reads the file, if there is one. One that cannot be used is ignored, as in libpq; the error says why, for
    /// the case that the password is missed.
    pub fn read(path: PathBuf) -> Result<Option<Self>, String> {
        let shown = path.display();
        let metadata = match fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("the password file `{shown}` cannot be read: {error}")),
        };
        if !metadata.is_file() {
            return Err(format!("`{shown}` is ignored: a password file is a plain file"));
        }
        if others_may_read(&metadata) {
            return Err(format!("`{shown}` is ignored because others may read it: run `chmod 0600 {shown}`"));
        }
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(Self { path, text: String::from_utf8_lossy(&bytes).into_owned() })),
            Err(error) => Err(format!("the password file `{shown}` cannot be read: {error}")),
        }
    }

    /// The password of the first line that fits.
    pub fn password(&self, login: &Login<'_>) -> Option<Secret> {
        let port = login.port.to_string();
        let wanted = [login.host, port.as_str(), login.database, login.user];
        self.text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
            let mut fields = Fields { rest: Some(line) };
            for wanted in wanted {
                let field = fields.next()?;
                if field != "*" && unescaped(field) != wanted {
                    return None;
                }
            }
            Some(unescaped(fields.next()?)).filter(|password| !password.is_empty()).map(Secret::new)
        })
    }
}

/// The fields of a line: what stands between colons that no backslash precedes.
struct Fields<'a> {
    rest: Option<&'a str>,
}

impl<'a> Iterator for Fields<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest?;
        let mut escaped = false;
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b':' => {
                    self.rest = Some(&text[at + 1..]);
                    return Some(&text[..at]);
                }
                _ => {}
            }
        }
        self.rest = None;
        Some(text)
    }
}

fn unescaped(field: &str) -> String {
    let mut characters = field.chars();
    let mut text = String::with_capacity(field.len());
    while let Some(character) = characters.next() {
        // A backslash at the very end is itself.
        text.push(if character == '\\' { characters.next().unwrap_or('\\') } else { character });
    }
    text
}

#[cfg(unix)]
fn others_may_read(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o077 != 0
}

/// On Windows, the directory of the file is taken to be safe.
#[cfg(not(unix))]
fn others_may_read(_: &fs::Metadata) -> bool {
    false
}

/// The host as a password file has it: `localhost` for the default sockets.
pub(super) fn host_name(host: &str, is_default_socket: impl Fn(&Path) -> bool) -> &str {
    if host.is_empty() || is_default_socket(Path::new(host)) { "localhost" } else { host }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn found(text: &str, host: &str) -> Option<String> {
        let file = PasswordFile { path: "f".into(), text: text.into() };
        let login = Login { host, port: 5432, database: "d:b", user: "u" };
        file.password(&login).map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn the_first_line_that_fits_counts() {
        for (text, password) in [
            ("h:5432:d\\:b:u:p", Some("p")),
            ("*:*:*:*:p", Some("p")),
            ("# h:5432:*:u:a\nh:5433:*:u:b\ni:*:*:*:c\nh:*:*:u:d\nh:*:*:u:e", Some("d")),
            ("h:*:*:u:a\\:b\\\\c", Some("a:b\\c")),
            ("h:*:*:u:a:b", Some("a")),
            ("h:*:*:u:p \r\n", Some("p ")),
            ("h:*:*:u:", None),
            ("h:*:*:u", None),
            ("h:*:*:v:p", None),
            ("h:5432:d:b:u:p", None),
            ("\\*:*:*:*:p", None),
            ("", None),
        ] {
            assert_eq!(found(text, "h").as_deref(), password, "{text}");
        }
        assert_eq!(found("\\:\\:1:*:*:*:p", "::1").as_deref(), Some("p"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_ignored_with_a_reason() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pgpass");
        assert!(PasswordFile::read(path.clone()).unwrap().is_none());
        fs::write(&path, "*:*:*:*:secret").unwrap();
        for (mode, read) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o660, false)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            match PasswordFile::read(path.clone()) {
                Ok(file) => assert!(read && file.is_some(), "{mode:o}"),
                Err(reason) => {
                    assert!(!read && reason.contains("chmod 0600") && !reason.contains("secret"), "{reason}")
                }
            }
        }
        assert!(PasswordFile::read(folder.path().into()).is_err_and(|reason| reason.contains("plain file")));
    }
}

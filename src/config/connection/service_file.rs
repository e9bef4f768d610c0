//! Service files: sets of parameters under a name.
//! <https://www.postgresql.org/docs/current/libpq-pgservice.html>

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::ParameterError;
use super::places;
use crate::config::environment::Environment;

/// The parameters of a service, in their order.
pub(super) type Entries = Vec<(String, String)>;

/// The parameters of `service`, and the file that has them: `named`, or the person's own one; then the system's.
pub(super) fn find(
    service: &str,
    named: Option<PathBuf>,
    environment: &Environment,
) -> Result<(PathBuf, Entries), ParameterError> {
    let own = named.or_else(|| places::service_file(environment));
    let mut looked_at = Vec::new();
    for file in own.into_iter().chain(places::system_service_files(environment)) {
        let text = match fs::read(&file) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(ParameterError::Unreadable { file, cause: error.to_string() }),
        };
        if let Some(entries) = section(&text, service, &file)? {
            return Ok((file, entries));
        }
        looked_at.push(file);
    }
    Err(ParameterError::UnknownService { service: service.to_owned(), files: looked_at })
}

/// The lines below `[service]`, up to the next section.
fn section(text: &str, service: &str, file: &Path) -> Result<Option<Entries>, ParameterError> {
    let mut entries: Option<Entries> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            if entries.is_some() {
                break;
            }
            if name.strip_suffix(']') == Some(service) {
                entries = Some(Vec::new());
            }
        } else if let Some(entries) = &mut entries {
            let malformed = || ParameterError::ServiceLine { file: file.to_path_buf(), line: number };
            let (name, value) = line.split_once('=').ok_or_else(malformed)?;
            // As in libpq: a service does not name another one.
            if matches!(name, "service" | "servicefile") {
                return Err(malformed());
            }
            entries.push((name.to_owned(), value.to_owned()));
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_section_is_what_stands_below_its_name() {
        let text = "# c\n[a]\nhost=x\n\n[b]\r\n# c\n host=h \r\noptions=-c a=b\n[c]\nhost=y\n[b]\nport=1\n";
        let entries = section(text, "b", Path::new("f")).unwrap().unwrap();
        assert_eq!(entries, [("host", "h"), ("options", "-c a=b")].map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert_eq!(section(text, "d", Path::new("f")).unwrap(), None);
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        for (text, line) in [("[a]\nhost", 2), ("[a]\nhost=h\nservice=b", 3), ("[a]\n\nldap://x", 3)] {
            let error = section(text, "a", Path::new("f")).unwrap_err();
            assert_eq!(error.to_string(), format!("`f` has no `name=value` in line {line}"));
        }
        assert_eq!(section("[a]\nhost", "b", Path::new("f")).unwrap(), None, "other sections are not read");
    }
}

//! Where parameters come from: the URL, then the service file, then the environment, as in libpq:
//! <https://www.postgresql.org/docs/current/libpq-pgservice.html>

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::error::{ParameterError, ParameterSource};
use super::keyword::{KEYWORDS, Keyword, Treatment, find};
use super::service_file;
use crate::config::environment::Environment;
use crate::config::url::{Host, PostgresUrl};
use crate::config::values::closest;

/// A value, and where it was given.
// No `Debug`: it may be the password.
pub(super) struct Given {
    pub text: String,
    pub source: ParameterSource,
}

/// The parameters that were given, each from the source that counts. An empty value is none.
pub(super) struct Parameters<'e> {
    given: BTreeMap<&'static str, Given>,
    environment: &'e Environment,
}

impl<'e> Parameters<'e> {
    /// Reads the sources, in their order.
    pub fn gather(url: &PostgresUrl, environment: &'e Environment) -> Result<Self, ParameterError> {
        let mut parameters = Self { given: BTreeMap::new(), environment };
        parameters.add_url(url)?;
        let service = match parameters.take("service") {
            Some(given) => Some(given.text),
            None => variable(environment, "PGSERVICE")?.map(str::to_owned),
        };
        if let Some(service) = service {
            let named = match parameters.take("servicefile") {
                Some(given) => Some(given.text),
                None => variable(environment, "PGSERVICEFILE")?.map(str::to_owned),
            };
            let (file, entries) = service_file::find(&service, named.map(PathBuf::from), environment)?;
            for (name, value) in entries {
                parameters.add(&name, value, ParameterSource::ServiceFile(file.clone()))?;
            }
        }
        for Keyword { name, variable: named, .. } in &KEYWORDS {
            if let Some(named) = *named
                && !matches!(*name, "service" | "servicefile")
                && let Some(value) = variable(environment, named)?
            {
                parameters.add(name, value.to_owned(), ParameterSource::Variable(named))?;
            }
        }
        Ok(parameters)
    }

    fn add_url(&mut self, url: &PostgresUrl) -> Result<(), ParameterError> {
        let hosts = |part: fn(&Host) -> String| url.hosts.iter().map(part).collect::<Vec<_>>();
        let names = hosts(|host| host.name.clone());
        let ports = hosts(|host| host.port.map(|port| port.to_string()).unwrap_or_default());
        let listed = |values: Vec<String>| {
            let given = values.iter().any(|value| !value.is_empty());
            if given { values.join(",") } else { String::new() }
        };
        let own = [
            ("host", listed(names)),
            ("port", listed(ports)),
            ("user", url.user.clone().unwrap_or_default()),
            ("password", url.password().map(|password| password.expose().to_owned()).unwrap_or_default()),
            ("dbname", url.database.clone().unwrap_or_default()),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value));
        for (name, value) in own.into_iter().chain(url.parameters.iter().cloned()) {
            // Java's spelling, which libpq takes in URLs.
            let (name, value) = match (name.as_str(), value.as_str()) {
                ("ssl", "true") => ("sslmode".to_owned(), "require".to_owned()),
                _ => (name, value),
            };
            self.add(&name, value, ParameterSource::Url)?;
        }
        Ok(())
    }

    /// Adds a value, unless a source that goes before has given one.
    fn add(&mut self, name: &str, text: String, source: ParameterSource) -> Result<(), ParameterError> {
        let Some(keyword) = find(name) else {
            let resembles = closest(name, KEYWORDS.iter().map(|keyword| keyword.name));
            return Err(ParameterError::Unknown { place: source, resembles });
        };
        match keyword.treatment {
            _ if text.is_empty() => {}
            Treatment::Ignored => {}
            Treatment::Refused => {
                return Err(ParameterError::Refused { parameter: keyword.name, place: source });
            }
            Treatment::Read => {
                self.given.entry(keyword.name).or_insert(Given { text, source });
            }
        }
        Ok(())
    }

    /// The value of `name`, which nobody asks for again.
    pub fn take(&mut self, name: &'static str) -> Option<Given> {
        self.given.remove(name)
    }

    /// The text of `name`.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        self.take(name).map(|given| given.text)
    }

    /// What `name` means, one of `words`.
    pub fn choice<T: Copy>(
        &mut self,
        name: &'static str,
        words: &[(&'static str, T)],
    ) -> Result<Option<T>, ParameterError> {
        let Some(Given { text, source }) = self.take(name) else { return Ok(None) };
        // libpq compares the versions of TLS without regard to case, and nothing else has any.
        if let Some((_, value)) = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(&text)) {
            return Ok(Some(*value));
        }
        let listed = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        let meant = closest(&text, words.iter().map(|(word, _)| *word));
        Err(ParameterError::Value {
            parameter: name,
            place: source,
            problem: format!("is none of {listed}"),
            hint: meant.map(|meant| format!("did you mean `{meant}`?")),
        })
    }

    /// The whole number that `name` is.
    pub fn number(&mut self, name: &'static str) -> Result<Option<i32>, ParameterError> {
        let Some(Given { text, source }) = self.take(name) else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_| ParameterError::Value {
            parameter: name,
            place: source,
            problem: "is not a whole number".into(),
            hint: None,
        })
    }

    /// The environment these were read from.
    pub fn environment(&self) -> &'e Environment {
        self.environment
    }
}

/// The variable `name`, unless it is empty.
fn variable<'e>(environment: &'e Environment, name: &'static str) -> Result<Option<&'e str>, ParameterError> {
    let value = environment.look_up(name).map_err(|_| ParameterError::NotUnicode { variable: name })?;
    Ok(value.filter(|value| !value.is_empty()))
}

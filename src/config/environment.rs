//! The variables that a configuration may refer to.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::Path;

use super::dot_env;
use super::error::{ConfigError, Place};
use super::interpolate::interpolate;

/// A snapshot of environment variables.
#[derive(Clone, Default)]
pub struct Environment {
    // A variable that has no usable value stays known with its reason, which is an error only for
    // whoever needs it: an `.env` serves the whole project.
    variables: BTreeMap<String, Result<String, ConfigError>>,
}

impl Environment {
    /// The variables of this process.
    #[must_use]
    pub fn from_process() -> Self {
        Self::from_os(std::env::vars_os())
    }

    pub(super) fn from_os(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let variables = variables
            .into_iter()
            .map(|(name, value)| {
                let name = name.to_string_lossy().into_owned();
                let value = value.into_string().map_err(|_| ConfigError::NotUnicode { name: name.clone() });
                (name, value)
            })
            .collect();
        Self { variables }
    }

    /// The value of `name`, if it is set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name)?.as_deref().ok()
    }

    /// The variables whose names begin with `prefix`, as far as they can be used.
    pub fn beginning_with(&self, prefix: &str) -> impl Iterator<Item = (&str, &str)> {
        let variables = self.variables.iter().filter(move |(name, _)| name.starts_with(prefix));
        variables.filter_map(|(name, value)| Some((name.as_str(), value.as_deref().ok()?)))
    }

    /// The value of `name`, or the reason why a variable that is there cannot be used.
    pub(super) fn look_up(&self, name: &str) -> Result<Option<&str>, ConfigError> {
        match self.variables.get(name) {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value)),
            Some(Err(error)) => Err(error.clone()),
        }
    }

    /// These variables over those of the `.env` file `file`, whose text is `text`.
    ///
    /// A value may refer to variables of the process and to earlier ones of the file.
    pub(super) fn over_dot_env(&self, file: &Path, text: &str) -> Result<Self, ConfigError> {
        let mut merged = self.clone();
        for entry in dot_env::entries(text) {
            let entry = entry.map_err(|malformed| ConfigError::MalformedDotEnv {
                place: Place::at(file, text, malformed.offset),
                problem: malformed.problem,
            })?;
            if self.variables.contains_key(&entry.name) {
                continue;
            }
            let value = if entry.literal {
                Ok(entry.value)
            } else {
                interpolate(&entry.value, &merged, &|| Place::at(file, text, entry.offset))
            };
            merged.variables.insert(entry.name, value);
        }
        Ok(merged)
    }
}

impl<Name: Into<String>, Value: Into<String>> FromIterator<(Name, Value)> for Environment {
    fn from_iter<I: IntoIterator<Item = (Name, Value)>>(variables: I) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), Ok(value.into()))).collect();
        Self { variables }
    }
}

impl<Name: Into<String>, Value: Into<String>, const N: usize> From<[(Name, Value); N]> for Environment {
    fn from(variables: [(Name, Value); N]) -> Self {
        variables.into_iter().collect()
    }
}

// Values may be secrets; the names are enough to see what was set.
impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.variables.keys()).finish()
    }
}

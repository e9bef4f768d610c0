//! Reading single settings: the overlay over the file, references replaced, the value checked.

use toml::Spanned;
use toml::de::DeValue;

use super::environment::Environment;
use super::error::{ConfigError, Place};
use super::file::Document;
use super::interpolate::interpolate;
use super::values::Invalid;

/// A document seen through one of its overlays.
pub(super) struct Settings<'a> {
    pub document: &'a Document<'a>,
    pub name: Option<&'a str>,
    pub environment: &'a Environment,
}

impl<'a> Settings<'a> {
    /// The setting as `read` understands its text, or `None` where it is not set.
    pub fn get<T>(
        &self,
        section: &str,
        key: &str,
        read: impl Fn(&str) -> Result<T, Invalid>,
    ) -> Result<Option<T>, ConfigError> {
        self.find(section, key).map(|value| self.read(key, value, read)).transpose()
    }

    /// The list of texts, or `None` where it is not set. An empty list is an error.
    pub fn list(&self, section: &str, key: &str) -> Result<Option<Vec<String>>, ConfigError> {
        self.find(section, key).map(|value| self.read_list(key, value)).transpose()
    }

    /// The boolean, or `None` where it is not set.
    pub fn boolean(&self, section: &str, key: &str) -> Option<bool> {
        self.find(section, key)?.get_ref().as_bool()
    }

    /// Where the setting stands, if it is set.
    pub fn place(&self, section: &str, key: &str) -> Option<Place> {
        self.find(section, key).map(|value| self.document.place(value))
    }

    /// These settings without the overlay, or `None` if there is none.
    pub fn beneath(&self) -> Option<Self> {
        self.name.map(|_| Self { name: None, ..*self })
    }

    /// The value of the overlay alone, or of the file where there is no overlay.
    pub fn own(&self, section: &str, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.document.section(self.name, section)?.get(key)
    }

    /// The text of `value`, as `read` understands it.
    pub fn read<T>(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        read: impl Fn(&str) -> Result<T, Invalid>,
    ) -> Result<T, ConfigError> {
        let place = || self.document.place(value);
        let text = match value.get_ref() {
            DeValue::String(text) => interpolate(text, self.environment, &place)?,
            DeValue::Integer(number) => number.to_string(),
            // The document was checked: settings read as text are strings or integers.
            _ => String::new(),
        };
        read(&text).map_err(|Invalid { fact, hint }| ConfigError::InvalidValue {
            place: place(),
            key: key.to_owned(),
            problem: fact,
            hint,
        })
    }

    /// The texts of the array `value`.
    pub fn read_list(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, ConfigError> {
        let items = value.get_ref().as_array().into_iter().flat_map(|items| items.iter());
        let items =
            items.map(|item| self.read(key, item, |text| Ok(text.to_owned()))).collect::<Result<Vec<_>, _>>()?;
        if items.is_empty() {
            return Err(ConfigError::InvalidValue {
                place: self.document.place(value),
                key: key.to_owned(),
                problem: "is empty".into(),
                hint: None,
            });
        }
        Ok(items)
    }

    fn find(&self, section: &str, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.own(section, key).or_else(|| self.beneath()?.own(section, key))
    }
}

//! Versions in file names, and how two of them compare.

use std::cmp::Ordering;

/// A version of numbers: `12`, or `1.2.0` where the tool knows dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version(Vec<String>);

impl Version {
    /// Reads numbers between dots, of any length; nothing if it is something else.
    pub(super) fn dotted(text: &str) -> Option<Self> {
        let mut numbers: Vec<String> = text.split('.').map(number).collect::<Option<_>>()?;
        // 1.0 is 1.
        while numbers.len() > 1 && numbers.last().is_some_and(|last| last == "0") {
            numbers.pop();
        }
        Some(Self(numbers))
    }

    /// As two spellings of it are compared.
    pub(super) fn key(&self) -> String {
        self.0.join(".")
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        // Without zeros in front, the longer number is the larger one.
        let numbers = |version: &Self| -> Vec<(usize, String)> {
            version.0.iter().map(|number| (number.len(), number.clone())).collect()
        };
        numbers(self).cmp(&numbers(other))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Digits without the zeros in front.
pub(super) fn number(text: &str) -> Option<String> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = text.trim_start_matches('0');
    Some(if digits.is_empty() { "0" } else { digits }.to_owned())
}

/// `12_create_users` as its digits and the rest behind the first `_`.
pub(super) fn split_number(name: &str) -> Option<(&str, &str)> {
    let (version, rest) = name.split_once('_')?;
    number(version).map(|_| (version, rest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn versions_compare_by_their_numbers() {
        let ordered = ["0.9", "1", "1.1", "1.2", "1.10", "2", "10", "20240131093000", "99999999999999999999999999"];
        let versions: Vec<Version> = ordered.iter().map(|text| Version::dotted(text).unwrap()).collect();
        assert!(versions.is_sorted(), "{versions:?}");
    }

    #[test]
    fn zeros_that_mean_nothing_do_not_count() {
        for text in ["1", "001", "1.0", "01.00.0"] {
            assert_eq!(Version::dotted(text).unwrap().key(), "1", "{text}");
        }
        assert_eq!(Version::dotted("0").unwrap().key(), "0");
        assert_eq!(Version::dotted("1.0.1").unwrap().key(), "1.0.1");
        for text in ["", "1.", ".1", "1a", "1..2"] {
            assert_eq!(Version::dotted(text), None, "{text}");
        }
    }
}

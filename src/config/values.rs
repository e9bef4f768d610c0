//! The values that settings take, read from their text.

use std::time::Duration;

use super::TimeZone;

/// How a run is cut into transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionMode {
    /// One for each revision.
    PerRevision,
    /// One for the whole run.
    Single,
}

/// What happens to a pending revision below an applied one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutOfOrder {
    /// The run is refused.
    Error,
    /// It is applied.
    Apply,
}

/// Why a text is no such value: `fact` follows the key in a message, and neither repeats the text.
#[derive(Debug)]
pub(super) struct Invalid {
    pub fact: String,
    pub hint: Option<String>,
}

impl Invalid {
    fn new(fact: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { fact: fact.into(), hint: Some(hint.into()) }
    }
}

/// The one of `candidates` that `text` was probably meant to be.
pub(super) fn closest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lowered = text.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&lowered, &candidate.to_lowercase()), candidate))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, candidate)| candidate)
}

pub(super) fn transaction(text: &str) -> Result<TransactionMode, Invalid> {
    one_of(text, &[("per-revision", TransactionMode::PerRevision), ("single", TransactionMode::Single)])
}

pub(super) fn out_of_order(text: &str) -> Result<OutOfOrder, Invalid> {
    one_of(text, &[("error", OutOfOrder::Error), ("apply", OutOfOrder::Apply)])
}

fn one_of<T: Copy>(text: &str, choices: &[(&str, T)]) -> Result<T, Invalid> {
    if let Some((_, value)) = choices.iter().find(|(name, _)| *name == text) {
        return Ok(*value);
    }
    let names = choices.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>();
    Err(Invalid {
        fact: format!("is neither {}", names.join(" nor ")),
        hint: closest(text, choices.iter().map(|(name, _)| *name)).map(did_you_mean),
    })
}

pub(super) fn did_you_mean(meant: &str) -> String {
    format!("did you mean `{meant}`?")
}

pub(super) fn timezone(text: &str) -> Result<TimeZone, Invalid> {
    TimeZone::named(text).ok_or_else(|| Invalid {
        fact: "is not a time zone of the IANA database".into(),
        hint: Some(match closest(text, TimeZone::names().iter().map(String::as_str)) {
            Some(meant) => did_you_mean(meant),
            None => "write it like `UTC` or `Europe/Berlin`".into(),
        }),
    })
}

/// Reads a duration such as `500ms`, `60s`, `5m` or `1h`.
///
/// # Errors
/// What is wrong with it, and how to write it.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    duration(text).map_err(|Invalid { fact, hint }| match hint {
        Some(hint) => format!("it {fact}; {hint}"),
        None => format!("it {fact}"),
    })
}

/// A whole number with a unit: `500ms`, `60s`, `5m`, `1h`; zero needs none.
pub(super) fn duration(text: &str) -> Result<Duration, Invalid> {
    let unit = text.trim_start_matches(|character: char| character.is_ascii_digit());
    let number = &text[..text.len() - unit.len()];
    let factor = match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        "" if !number.is_empty() && number.bytes().all(|digit| digit == b'0') => Some(0),
        _ => None,
    };
    let Some(factor) = factor.filter(|_| !number.is_empty()) else {
        return Err(Invalid::new(
            "is not a duration: a whole number and its unit",
            "write it like `500ms`, `60s`, `5m` or `1h`; `0` needs no unit",
        ));
    };
    // PostgreSQL keeps its timeouts as milliseconds in an int4:
    // https://www.postgresql.org/docs/current/runtime-config-client.html
    number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(factor))
        .filter(|milliseconds| *milliseconds <= i32::MAX.unsigned_abs().into())
        .map(Duration::from_millis)
        .ok_or_else(|| Invalid::new("is too long a duration", "the longest is `596h`, about 24 days; `0` is no limit"))
}

/// A name of a table or schema.
pub(super) fn name(text: &str) -> Result<String, Invalid> {
    if text.is_empty() {
        return Err(Invalid { fact: "is empty".into(), hint: None });
    }
    if text.chars().any(char::is_control) {
        return Err(Invalid { fact: "holds a control character".into(), hint: None });
    }
    // PostgreSQL cuts longer names without an error:
    // https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
    if text.len() > 63 {
        return Err(Invalid { fact: "is longer than 63 bytes".into(), hint: None });
    }
    Ok(text.to_owned())
}

/// A name, or nothing where the text is empty.
pub(super) fn optional_name(text: &str) -> Result<Option<String>, Invalid> {
    if text.is_empty() { Ok(None) } else { name(text).map(Some) }
}

/// A text with something in it.
pub(super) fn filled(text: &str) -> Result<String, Invalid> {
    if text.is_empty() {
        return Err(Invalid { fact: "is empty".into(), hint: None });
    }
    if text.contains('\0') {
        return Err(Invalid { fact: "holds a NUL character".into(), hint: None });
    }
    Ok(text.to_owned())
}

/// A whole number that is not negative.
pub(super) fn count(text: &str) -> Result<usize, Invalid> {
    text.parse().map_err(|_| Invalid { fact: "is not a number from 0 upwards".into(), hint: None })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn durations() {
        for (text, milliseconds) in [
            ("0", 0),
            ("000", 0),
            ("0s", 0),
            ("500ms", 500),
            ("60s", 60_000),
            ("5m", 300_000),
            ("1h", 3_600_000),
            ("596h", 2_145_600_000),
            ("2147483647ms", 2_147_483_647),
        ] {
            assert_eq!(duration(text).unwrap(), Duration::from_millis(milliseconds), "{text}");
        }
        for text in ["", "s", "5", "-1s", "+1s", "1.5s", "5 s", "5S", "5d", "1h30m", "٣s"] {
            assert!(duration(text).unwrap_err().fact.starts_with("is not a duration"), "{text}");
        }
        for text in ["597h", "2147483648ms", "99999999999999999999s", "9999999999999999999h"] {
            assert_eq!(duration(text).unwrap_err().fact, "is too long a duration", "{text}");
        }
    }

    #[test]
    fn choices() {
        assert_eq!(transaction("single").unwrap(), TransactionMode::Single);
        assert_eq!(out_of_order("apply").unwrap(), OutOfOrder::Apply);
        let error = transaction("per_revision").unwrap_err();
        assert_eq!(error.fact, "is neither `per-revision` nor `single`");
        assert_eq!(error.hint.unwrap(), "did you mean `per-revision`?");
        assert!(transaction("x").unwrap_err().hint.is_none());
    }

    #[test]
    fn time_zones() {
        assert_eq!(Some(timezone("Europe/Berlin").unwrap()), TimeZone::named("Europe/Berlin"));
        assert_eq!(timezone("Europe/Berln").unwrap_err().hint.unwrap(), "did you mean `Europe/Berlin`?");
        assert!(timezone("").is_err());
    }

    #[test]
    fn names() {
        assert_eq!(name("Versions Übersicht").unwrap(), "Versions Übersicht");
        for text in ["", "a\0b", "a\nb", "a\u{85}b", &"é".repeat(32)] {
            assert!(name(text).is_err(), "{text:?}");
        }
        assert_eq!(optional_name("").unwrap(), None);
        assert_eq!(optional_name("audit").unwrap().as_deref(), Some("audit"));
    }
}

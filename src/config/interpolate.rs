//! `${NAME}` and `${NAME:-default}` in a text.
//!
//! As in a POSIX shell, `:-` also covers an empty variable, a default may hold references, and the
//! default is looked at only when it is needed. `$${` is a literal `${`; any other `$` is itself.
//! The value of a variable is put in as it is: what it holds is never read as a reference.

use super::environment::Environment;
use super::error::{ConfigError, Place};

// Deeper than anyone writes, shallow enough for any stack.
const DEEPEST: usize = 8;

// Longer than any setting, in bytes. Each line of an `.env` may double the one before, so thirty would fill memory.
const LONGEST: usize = 1 << 20;

/// `text` with its references replaced by their values; `place` says where it stands, if that has to be told.
pub(super) fn interpolate(
    text: &str,
    environment: &Environment,
    place: &dyn Fn() -> Place,
) -> Result<String, ConfigError> {
    expand(text, environment, place, 0)
}

fn expand(
    text: &str,
    environment: &Environment,
    place: &dyn Fn() -> Place,
    depth: usize,
) -> Result<String, ConfigError> {
    let malformed = |problem| ConfigError::MalformedReference { place: place(), problem };
    if depth > DEEPEST {
        return Err(malformed("defaults are nested too deeply"));
    }
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, reference) = (&rest[..at], &rest[at + 2..]);
        expanded.push_str(before);
        if before.ends_with('$') {
            expanded.push('{');
            rest = reference;
            continue;
        }
        let end = closing_brace(reference).ok_or_else(|| malformed("a `${` has no closing `}`"))?;
        let (name, default) = match reference[..end].split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (&reference[..end], None),
        };
        if !is_name(name) {
            return Err(malformed("a `${` is not followed by the name of a variable and `}` or `:-`"));
        }
        match (environment.look_up(name)?, default) {
            (Some(""), Some(default)) | (None, Some(default)) => {
                expanded.push_str(&expand(default, environment, place, depth + 1)?);
            }
            (Some(value), _) if expanded.len() + value.len() <= LONGEST => expanded.push_str(value),
            (Some(_), _) => return Err(malformed("its references stand for more than a megabyte")),
            (None, None) => {
                return Err(ConfigError::UnsetVariable { place: place(), name: name.to_owned() });
            }
        }
        rest = &reference[end + 1..];
    }
    expanded.push_str(rest);
    Ok(expanded)
}

/// Where the `}` stands that closes the reference whose text begins here.
fn closing_brace(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut open = 0_usize;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' if bytes[..at].ends_with(b"$") && !bytes[..at].ends_with(b"$$") => open += 1,
            b'}' if open == 0 => return Some(at),
            b'}' => open -= 1,
            _ => {}
        }
    }
    None
}

fn is_name(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn run(text: &str) -> Result<String, ConfigError> {
        let environment = Environment::from([("A", "a"), ("EMPTY", ""), ("REFERENCE", "${A}")]);
        let place = Place { file: "migrator.toml".into(), line: 3, column: 7 };
        interpolate(text, &environment, &|| place.clone())
    }

    #[test]
    fn replaces_references() {
        for (text, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("${A}", "a"),
            ("x${A}y${A}z", "xayaz"),
            ("${A:-b}", "a"),
            ("${B:-b}", "b"),
            ("${B:-}", ""),
            ("${EMPTY}", ""),
            ("${EMPTY:-b}", "b"),
            ("${B:-a:-b}", "a:-b"),
            ("${B:-${A}}", "a"),
            ("${B:-${C:-${D:-sqlite:///app.db}}}", "sqlite:///app.db"),
            ("${A:-${B}}", "a"),
            ("${REFERENCE}", "${A}"),
            ("$", "$"),
            ("$A $$ 100$", "$A $$ 100$"),
            ("$${A}", "${A}"),
            ("$$${A}", "$${A}"),
            ("${B:-$${x}}", "${x}"),
            ("{{ rev }}_{path}", "{{ rev }}_{path}"),
            ("é${A}é", "éaé"),
        ] {
            assert_eq!(run(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn names_the_variable_that_is_not_set() {
        for text in ["${B}", "x${A}${B}", "${C:-${B}}"] {
            let error = run(text).unwrap_err();
            assert_eq!(error.to_string(), "the variable `B` is not set");
            assert_eq!(error.place().unwrap().to_string(), "migrator.toml:3:7");
            assert!(error.hint().unwrap().contains("${B:-default}"));
        }
    }

    #[test]
    fn refuses_what_is_no_reference() {
        for text in ["${", "${A", "${}", "${1}", "${A-b}", "${A:?b}", "${ A }", "${é}", "${A:-${B}"] {
            assert!(matches!(run(text).unwrap_err(), ConfigError::MalformedReference { .. }), "{text}");
        }
        let deep = "${X:-".repeat(100_000) + &"}".repeat(100_000);
        assert_eq!(run(&deep).unwrap_err().to_string(), "defaults are nested too deeply");
    }

    proptest! {
        #[test]
        fn never_panics(text in r"([${}:\-A]|\PC)*") {
            let _ = run(&text);
        }

        #[test]
        fn leaves_text_without_references_alone(text in "[^{]*") {
            prop_assert_eq!(run(&text).unwrap(), text);
        }
    }
}

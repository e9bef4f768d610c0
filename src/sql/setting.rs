//! The one setting that changes how PostgreSQL reads the text after it.

use super::Dialect;
use super::lexer::{Lexer, TokenKind};

/// What a statement sets `standard_conforming_strings` to; `None` if it leaves it alone.
///
/// Old dumps turn it off and then escape with backslashes in ordinary strings:
/// <https://www.postgresql.org/docs/current/runtime-config-compatible.html#GUC-STANDARD-CONFORMING-STRINGS>.
pub(super) fn standard_conforming_strings(statement: &str) -> Option<bool> {
    let mut lexer = Lexer::new(statement, 0, Dialect::PostgreSql);
    let mut next = || {
        let token = lexer.next().ok()??;
        let text = &statement[token.range()];
        let prefix = text.starts_with(['e', 'E']) && token.kind == TokenKind::Other;
        Some(text[usize::from(prefix)..].trim_matches(['"', '\'']).to_ascii_lowercase())
    };
    let command = next()?;
    let mut name = next()?;
    if command == "set" && matches!(name.as_str(), "session" | "local") {
        name = next()?;
    }
    match (command.as_str(), name.as_str()) {
        ("set", "standard_conforming_strings") => {}
        ("reset", "standard_conforming_strings" | "all") | ("discard", "all") => return Some(true),
        _ => return None,
    }
    if !matches!(next()?.as_str(), "=" | "to") {
        return None;
    }
    let value = next()?;
    // A boolean may be abbreviated: https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES
    let off = value == "0"
        || value == "of"
        || ["off", "false", "no"].iter().any(|word| !matches!(value.as_str(), "" | "o") && word.starts_with(&value));
    Some(!off)
}

#[cfg(test)]
mod tests {
    use super::standard_conforming_strings as set;

    #[test]
    fn every_spelling_is_understood() {
        for off in [
            "SET standard_conforming_strings = off",
            "set Standard_Conforming_Strings=OFF",
            "SET standard_conforming_strings TO off",
            "SET standard_conforming_strings TO 'off'",
            "SET standard_conforming_strings = E'off'",
            "SET \"standard_conforming_strings\" = \"off\"",
            "SET SESSION standard_conforming_strings = false",
            "SET LOCAL standard_conforming_strings /* old */ = 0",
            "SET standard_conforming_strings = of",
            "SET standard_conforming_strings = f",
            "SET standard_conforming_strings = n",
        ] {
            assert_eq!(set(off), Some(false), "{off}");
        }
        for on in [
            "SET standard_conforming_strings = on",
            "SET standard_conforming_strings TO 'true'",
            "SET LOCAL standard_conforming_strings = 1",
            "SET standard_conforming_strings TO DEFAULT",
            "RESET standard_conforming_strings",
            "RESET ALL",
            "DISCARD ALL",
        ] {
            assert_eq!(set(on), Some(true), "{on}");
        }
    }

    #[test]
    fn other_settings_are_left_alone() {
        for other in [
            "SET search_path = off",
            "SET TIME ZONE 'off'",
            "SET standard_conforming_strings",
            "SET LOCAL",
            "RESET search_path",
            "DISCARD PLANS",
        ] {
            assert_eq!(set(other), None, "{other}");
        }
    }
}

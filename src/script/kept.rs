//! The texts of a revision as the version table keeps them: each part with its marker, and nothing else.

use super::sections::{downgrade_pieces, part_pieces, upgrade_pieces};
use super::{Direction, Downgrade, Sections};

/// An upgrade that is longer, in bytes, is not kept: it is mostly data, and the checksum is.
const LONGEST_UPGRADE: usize = 256 << 10;

/// What the version table keeps of a revision's texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeptTexts {
    /// The upgrade, to be compared with what the file says later; not if it is very long.
    pub upgrade: Option<String>,
    /// The downgrade; readable by [`super::Script`].
    pub downgrade: String,
}

impl Sections {
    /// The texts to keep of these sections of `text`.
    #[must_use]
    pub fn kept_texts(&self, text: &str) -> KeptTexts {
        let length: usize = upgrade_pieces(&self.upgrade, text).map(str::len).sum();
        KeptTexts {
            upgrade: (length <= LONGEST_UPGRADE).then(|| upgrade_pieces(&self.upgrade, text).collect()),
            downgrade: downgrade_pieces(&self.downgrade, text).concat(),
        }
    }

    /// The lines of the text that is kept for `direction`, each with its number in the file.
    #[must_use]
    pub fn numbered_lines(&self, direction: Direction, text: &str) -> Vec<(usize, String)> {
        let parts = match (direction, &self.downgrade) {
            (Direction::Upgrade, _) => &self.upgrade,
            (Direction::Downgrade, Downgrade::Parts(parts)) => parts,
            (Direction::Downgrade, Downgrade::Absent) => return Vec::new(),
            (Direction::Downgrade, Downgrade::Irreversible) => {
                let is_marker = |line: &str| line.contains("migrator:") && line.contains("irreversible");
                // No statement stands behind it that could hold such a line.
                let found = (1..).zip(text.lines()).filter(|(_, line)| is_marker(line)).last();
                let marker = downgrade_pieces(&self.downgrade, text).concat();
                return vec![(found.map_or(1, |(number, _)| number), marker.trim_end().to_owned())];
            }
        };
        let mut lines = Vec::new();
        // How far lines were counted, and the number of the line there.
        let (mut offset, mut number) = (0, 1);
        for part in parts {
            let [comment, name, attribute, sql, _] = part_pieces(direction.as_str(), part, text);
            number += text[offset..part.span.start].matches('\n').count();
            // The part begins right behind the line of its marker, which may be the last one.
            let marker = if text[..part.span.start].ends_with('\n') { number - 1 } else { number };
            lines.push((marker, [comment, name, attribute.trim_end()].concat()));
            let whole = &text[part.span.clone()];
            let blank = whole.len() - whole.trim_start().len();
            number += whole[..blank].matches('\n').count();
            offset = part.span.start + blank;
            lines.extend((number..).zip(sql.lines().map(str::to_owned)));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::path::Path;

    use super::super::sections;
    use super::*;
    use crate::script::Checksum;
    use crate::sql::Dialect;

    const TEXT: &str = "-- two parts\n-- migrator:revision a1\n\n-- migrator:upgrade\n\n  CREATE TABLE a (\n    i integer);\n\n\
                        --  migrator:upgrade sqlite no-transaction\nVACUUM;\n-- migrator:irreversible\n";

    fn parsed(text: &str) -> Sections {
        let body = text.find("-- migrator:upgrade").unwrap_or_default();
        sections::parse(Path::new("a1.sql"), text, body, Dialect::Sqlite).unwrap()
    }

    #[test]
    fn what_is_kept_is_what_the_checksums_are_of() {
        let sections = parsed(TEXT);
        let kept = sections.kept_texts(TEXT);
        let upgrade = kept.upgrade.unwrap_or_default();
        assert_eq!(
            upgrade,
            "-- migrator:upgrade\nCREATE TABLE a (\n    i integer);\n-- migrator:upgrade no-transaction\nVACUUM;\n"
        );
        assert_eq!(Checksum::of([upgrade.as_str()]), sections.upgrade_checksum);
        assert_eq!(Checksum::of([kept.downgrade.as_str()]), sections.downgrade_checksum);
    }

    #[test]
    fn lines_have_their_numbers_in_the_file() {
        let sections = parsed(TEXT);
        let numbered = |direction| -> Vec<String> {
            let lines = sections.numbered_lines(direction, TEXT);
            lines.into_iter().map(|(number, line)| format!("{number} {line}")).collect()
        };
        assert_eq!(
            numbered(Direction::Upgrade),
            [
                "4 -- migrator:upgrade",
                "6 CREATE TABLE a (",
                "7     i integer);",
                "9 -- migrator:upgrade no-transaction",
                "10 VACUUM;"
            ]
        );
        assert_eq!(numbered(Direction::Downgrade), ["11 -- migrator:irreversible"]);
        let behind_a_return = TEXT.replace("-- migrator:irr", "\n\r-- migrator:irr");
        let lines = parsed(&behind_a_return).numbered_lines(Direction::Downgrade, &behind_a_return);
        assert_eq!(lines, [(12, "-- migrator:irreversible".to_owned())]);
        let kept = sections.kept_texts(TEXT).upgrade.unwrap_or_default();
        let lines: Vec<_> =
            sections.numbered_lines(Direction::Upgrade, TEXT).into_iter().map(|(_, line)| line).collect();
        assert_eq!(lines, kept.lines().collect::<Vec<_>>());
    }

    #[test]
    fn a_very_long_upgrade_is_not_kept() {
        let text =
            |length: usize| format!("-- migrator:upgrade\n{}\n-- migrator:downgrade\nSELECT 1;\n", "x".repeat(length));
        let limit = LONGEST_UPGRADE - "-- migrator:upgrade\n\n".len();
        for (length, is_kept) in [(limit, true), (limit + 1, false)] {
            let text = text(length);
            let kept = parsed(&text).kept_texts(&text);
            assert_eq!(kept.upgrade.is_some(), is_kept);
            assert_eq!(kept.downgrade, "-- migrator:downgrade\nSELECT 1;\n");
        }
    }
}

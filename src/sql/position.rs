//! Places in a text as people read them: lines and columns.

use std::fmt;

use memchr::{memchr_iter, memrchr};

/// A line and a column, both counted from 1. A column counts characters; a tab is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line, ended by `\n`.
    pub line: u32,
    /// The character within the line.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// The position of a byte. An offset inside a character means its first byte, one past the end the end.
pub fn position_at(text: &str, byte_offset: usize) -> Position {
    PositionTracker::new(text).advance(floor_character(text, byte_offset))
}

/// The byte offset of the character with this index (from 0), or the text's length when there are not so many.
///
/// PostgreSQL reports the place of an error in characters:
/// <https://www.postgresql.org/docs/current/protocol-error-fields.html>.
pub fn offset_of_character(text: &str, characters: usize) -> usize {
    text.char_indices().nth(characters).map_or(text.len(), |(offset, _)| offset)
}

/// The nearest character boundary at or before an offset.
pub(super) fn floor_character(text: &str, byte_offset: usize) -> usize {
    let mut offset = byte_offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// Positions of ascending offsets, each byte being looked at once.
pub(super) struct PositionTracker<'a> {
    bytes: &'a [u8],
    offset: usize,
    position: Position,
}

impl<'a> PositionTracker<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), offset: 0, position: Position { line: 1, column: 1 } }
    }

    /// Moves on to a character boundary, which must not be before the last one, and returns its position.
    pub(super) fn advance(&mut self, offset: usize) -> Position {
        let passed = &self.bytes[self.offset..offset];
        self.offset = offset;
        let characters = match memrchr(b'\n', passed) {
            Some(newline) => {
                self.position.line += count(memchr_iter(b'\n', passed).count());
                self.position.column = 1;
                &passed[newline + 1..]
            }
            None => passed,
        };
        self.position.column += count(characters.iter().filter(|&&byte| is_character_start(byte)).count());
        self.position
    }
}

fn is_character_start(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, offset: usize) -> (u32, u32) {
        let position = position_at(text, offset);
        (position.line, position.column)
    }

    #[test]
    fn lines_and_columns_start_at_one() {
        assert_eq!(at("", 0), (1, 1));
        assert_eq!(at("ab\ncd", 0), (1, 1));
        assert_eq!(at("ab\ncd", 2), (1, 3));
        assert_eq!(at("ab\ncd", 3), (2, 1));
        assert_eq!(at("ab\n\ncd", 4), (3, 1));
        assert_eq!(at("ab\n", 3), (2, 1));
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(at("é€😀x", "é€😀".len()), (1, 4));
        assert_eq!(at("\t\tx", 2), (1, 3));
        assert_eq!(at("a\r\nb", 3), (2, 1));
        assert_eq!(at("ß\nßß x", "ß\nßß ".len()), (2, 4));
    }

    #[test]
    fn offsets_inside_a_character_or_past_the_end_are_clamped() {
        assert_eq!(at("a😀b", 3), (1, 2));
        assert_eq!(at("a\nb", 99), (2, 2));
    }

    #[test]
    fn a_tracker_agrees_with_a_scan_from_the_start() {
        let text = "SELECT 'é';\n\n\tSELECT 2;\r\nSELECT '😀', 3;";
        let mut tracker = PositionTracker::new(text);
        for (offset, _) in text.char_indices().step_by(3) {
            assert_eq!(tracker.advance(offset), position_at(text, offset));
        }
    }

    #[test]
    fn character_indexes_become_byte_offsets() {
        assert_eq!(offset_of_character("é€x", 0), 0);
        assert_eq!(offset_of_character("é€x", 1), 2);
        assert_eq!(offset_of_character("é€x", 2), 5);
        assert_eq!(offset_of_character("é€x", 3), 6);
        assert_eq!(offset_of_character("é€x", 9), 6);
    }

    #[test]
    fn a_position_is_shown_as_line_and_column() {
        assert_eq!(position_at("a\nbc", 3).to_string(), "2:2");
    }
}

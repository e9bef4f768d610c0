//! Differences between a text that ran and what the file says now.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use similar::{Algorithm, DiffTag, capture_diff_slices_deadline, group_diff_ops};

/// How many lines that are the same surround each difference.
const CONTEXT: usize = 3;

/// After this long the difference may be coarser than it could be.
const PATIENCE: Duration = Duration::from_secs(2);

/// A line of a difference.
struct Line<'t> {
    sign: char,
    /// Its number in the old text.
    old: Option<usize>,
    /// Its number in the file.
    new: Option<usize>,
    text: &'t str,
}

/// The hunks of a unified difference between `old`, counted from its first line, and the lines `new`, which come
/// with their numbers in the file.
///
/// A hunk ends where the numbers jump, so that each of its lines is where it says.
pub(super) fn hunks(old: &str, new: &[(usize, String)]) -> String {
    let old: Vec<&str> = old.lines().collect();
    let new_lines: Vec<&str> = new.iter().map(|(_, line)| line.as_str()).collect();
    let deadline = Instant::now() + PATIENCE;
    let operations = capture_diff_slices_deadline(Algorithm::Myers, &old, &new_lines, Some(deadline));
    let mut text = String::new();
    for group in group_diff_ops(operations, CONTEXT) {
        let mut lines: Vec<Line<'_>> = Vec::new();
        for operation in &group {
            let (tag, old_range, new_range) = operation.as_tag_tuple();
            if tag == DiffTag::Equal {
                lines.extend(old_range.zip(new_range).map(|(index, new_index)| {
                    let number = new[new_index].0;
                    Line { sign: ' ', old: Some(index + 1), new: Some(number), text: old[index] }
                }));
                continue;
            }
            lines.extend(old_range.map(|index| Line { sign: '-', old: Some(index + 1), new: None, text: old[index] }));
            lines.extend(new_range.map(|index| Line {
                sign: '+',
                old: None,
                new: Some(new[index].0),
                text: new_lines[index],
            }));
        }
        for hunk in at_jumps(&lines) {
            write_hunk(&mut text, hunk);
        }
    }
    text
}

/// Cuts `lines` before each one whose number in the file does not follow.
fn at_jumps<'l, 't>(lines: &'l [Line<'t>]) -> Vec<&'l [Line<'t>]> {
    let (mut hunks, mut start, mut last) = (Vec::new(), 0, None);
    for (index, line) in lines.iter().enumerate() {
        let Some(number) = line.new else { continue };
        if last.is_some_and(|last| number != last + 1) {
            hunks.push(&lines[start..index]);
            start = index;
        }
        last = Some(number);
    }
    hunks.push(&lines[start..]);
    // A piece that holds only what is the same says nothing.
    hunks.retain(|hunk| hunk.iter().any(|line| line.sign != ' '));
    hunks
}

/// <https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html>
fn write_hunk(text: &mut String, lines: &[Line<'_>]) {
    let range = |number: fn(&Line<'_>) -> Option<usize>| {
        let mut numbers = lines.iter().filter_map(number);
        let first = numbers.next();
        (first.unwrap_or(0), numbers.count() + usize::from(first.is_some()))
    };
    let ((old, old_count), (new, new_count)) = (range(|line| line.old), range(|line| line.new));
    // Writing to a String cannot fail.
    let _ = writeln!(text, "@@ -{old},{old_count} +{new},{new_count} @@");
    for line in lines {
        let _ = writeln!(text, "{}{}", line.sign, line.text);
    }
}

#[cfg(test)]
mod tests {
    use super::hunks;

    fn numbered(from: usize, text: &str) -> Vec<(usize, String)> {
        (from..).zip(text.lines().map(str::to_owned)).collect()
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\n";
        let new = numbered(11, "a\nb\nc\nd\nE\nf\ng\nh\n");
        assert_eq!(hunks(old, &new), "@@ -2,7 +12,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n");
    }

    #[test]
    fn a_hunk_ends_where_the_file_goes_on_elsewhere() {
        let mut new = numbered(4, "first\nsame\n");
        new.extend(numbered(20, "second\nnew\n"));
        assert_eq!(
            hunks("one\nsame\nsecond\n", &new),
            "@@ -1,2 +4,2 @@\n-one\n+first\n same\n@@ -3,1 +20,2 @@\n second\n+new\n"
        );
    }

    #[test]
    fn everything_new_and_everything_gone() {
        assert_eq!(hunks("", &numbered(3, "a\n")), "@@ -0,0 +3,1 @@\n+a\n");
        assert_eq!(hunks("a\n", &[]), "@@ -1,1 +0,0 @@\n-a\n");
        assert_eq!(hunks("a\n", &numbered(1, "a\n")), "");
    }

    #[test]
    fn long_texts_without_a_line_in_common_are_compared_in_time() {
        let text = |word: &str| (0..20_000).map(|number| format!("{word} {number}\n")).collect::<String>();
        let difference = hunks(&text("old"), &numbered(1, &text("new")));
        assert_eq!(difference.lines().count(), 40_001);
    }
}

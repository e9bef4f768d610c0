//! The text of a new revision file, from the project's own template.

use std::path::Path;

use chrono::{DateTime, SecondsFormat, Utc};
use tera::{Context, ErrorKind, Tera};

use super::template_error::TemplateError;

/// The names a revision template may use.
pub const VARIABLES: [&str; 9] = [
    "revision",
    "revises",
    "depends_on",
    "branch_labels",
    "message",
    "message_comment",
    "created",
    "upgrade",
    "downgrade",
];

/// The template of a project that has none of its own.
pub const DEFAULT: &str = include_str!("../../templates/generic/revision.sql.tera");

/// What a new revision file says. Ids and labels are expected to be valid ones.
#[derive(Debug, Clone, Copy)]
pub struct RevisionDraft<'a> {
    /// Its id.
    pub revision: &'a str,
    /// Its parents; none for a base.
    pub revises: &'a [String],
    /// Other revisions it needs.
    pub depends_on: &'a [String],
    /// Its branch labels.
    pub branch_labels: &'a [String],
    /// The message, as typed: any text.
    pub message: &'a str,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// SQL of the upgrade; empty if it is to be written by hand.
    pub upgrade: &'a str,
    /// SQL of the downgrade; empty if it is to be written by hand.
    pub downgrade: &'a str,
}

/// Renders `template`, the text of the file `template_path`, for `draft`.
///
/// The answer has LF line ends, whatever the template has. Values are inserted as they are:
/// what looks like template syntax in a message stays text.
///
/// # Errors
/// [`TemplateError::Template`] when the template is not valid Tera or asks for something that is
/// not offered.
pub fn render_revision(
    template_path: &Path,
    template: &str,
    draft: &RevisionDraft<'_>,
) -> Result<String, TemplateError> {
    let mut context = Context::new();
    context.insert("revision", draft.revision);
    context.insert("revises", draft.revises);
    context.insert("depends_on", draft.depends_on);
    context.insert("branch_labels", draft.branch_labels);
    context.insert("message", draft.message);
    context.insert("message_comment", &comment_lines(draft.message));
    context.insert("created", &draft.created.to_rfc3339_opts(SecondsFormat::Secs, true));
    context.insert("upgrade", draft.upgrade.trim_end());
    context.insert("downgrade", draft.downgrade.trim_end());
    render(&Tera::default(), template_path, template, &context)
}

/// Renders the text of the template file `path` with no HTML escaping: this is SQL and TOML.
fn render(tera: &Tera, path: &Path, template: &str, context: &Context) -> Result<String, TemplateError> {
    let template = template.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    tera.render_str(&template, context, false).map_err(|error| refused(path, &error))
}

/// What Tera says against the template file `path`.
pub(super) fn refused(path: &Path, error: &tera::Error) -> TemplateError {
    let (message, position) = explain(error);
    TemplateError::Template { path: path.to_owned(), position, message }
}

/// Tera's error as a fragment of one line, with line and column (from 1) where it knows them.
pub(super) fn explain(error: &tera::Error) -> (String, Option<(u32, u32)>) {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
            let span = report.span();
            let position = (number(span.start_line), number(span.start_col).saturating_add(1));
            (fragment(report.message()), Some(position))
        }
        // Unknown filters and the like come as a report in text, whatever their number.
        other => {
            let report = other.to_string();
            let fact = report.strip_prefix("error: ").unwrap_or(&report);
            (fragment(fact), place_in_report(&report))
        }
    }
}

/// Line and column from the second line of a report: `--> name:2:8`.
fn place_in_report(report: &str) -> Option<(u32, u32)> {
    let mut numbers = report.lines().nth(1)?.rsplit(':').map(str::parse);
    let column = numbers.next()?.ok()?;
    let line = numbers.next()?.ok()?;
    Some((line, column))
}

/// The first line of a sentence, as a fragment: no capital, no full stop.
fn fragment(sentence: &str) -> String {
    let line = sentence.lines().next().unwrap_or_default().trim().trim_end_matches('.');
    let mut characters = line.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// Any message as lines of SQL comment, without a final line end.
///
/// Whatever some reader takes for a line end ends the line here, other control characters but the
/// tab are dropped, and so are blanks at line ends and blank lines around the message. A line that
/// would be read as a directive of the file, `migrator:…`, is marked with a bar: `-- | migrator:…`.
/// A message with nothing in it is `-- empty message`.
pub fn comment_lines(message: &str) -> String {
    let lines: Vec<String> = message
        .replace("\r\n", "\n")
        .split(is_line_end)
        .map(|line| {
            let kept: String = line.chars().filter(|c| *c == '\t' || !c.is_control()).collect();
            kept.trim_end().to_owned()
        })
        .collect();
    let Some(first) = lines.iter().position(|line| !line.is_empty()) else {
        return "-- empty message".to_owned();
    };
    let last = lines.iter().rposition(|line| !line.is_empty()).unwrap_or(first);
    let comments: Vec<String> = lines[first..=last].iter().map(|line| comment_line(line)).collect();
    comments.join("\n")
}

fn comment_line(line: &str) -> String {
    const DIRECTIVE: &str = "migrator:";
    let start = line.trim_start().get(..DIRECTIVE.len());
    if line.is_empty() {
        "--".to_owned()
    } else if start.is_some_and(|start| start.eq_ignore_ascii_case(DIRECTIVE)) {
        format!("-- | {line}")
    } else {
        format!("-- {line}")
    }
}

/// The mandatory breaks of Unicode's line breaking algorithm: <https://www.unicode.org/reports/tr14/#BK>.
fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests;

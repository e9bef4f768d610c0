//! Names of new revisions: the id, the slug, the file.

use chrono::{DateTime, Datelike, FixedOffset, Timelike};
use tera::{Context, Tera};

use super::template::explain;
use super::template_error::TemplateError;

/// The names the setting `file_template` may use.
pub const VARIABLES: [&str; 9] = ["rev", "slug", "year", "month", "day", "hour", "minute", "second", "epoch"];

/// A new revision id: 12 lower-case hexadecimal digits from the system's random source.
///
/// # Errors
/// [`TemplateError::Random`] when the system has none to give.
pub fn new_revision_id() -> Result<String, TemplateError> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes[2..]).map_err(TemplateError::Random)?;
    Ok(format!("{:012x}", u64::from_be_bytes(bytes)))
}

/// The words of `message`, in lower case and joined by `_`: letters and digits of any script, so it
/// is safe as a part of a file name. A slug longer than `max` characters loses its last words; a
/// single long word is cut. Empty if the message has no word.
pub fn slug(message: &str, max: usize) -> String {
    let words: Vec<&str> =
        message.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
    let slug = words.join("_").to_lowercase();
    let Some((end, _)) = slug.char_indices().nth(max) else {
        return slug;
    };
    let cut = &slug[..end];
    let whole_words = cut.rsplit_once('_').map_or(cut, |(words, _)| words);
    whole_words.trim_end_matches('_').to_owned()
}

/// The path of a new revision file below its version location, from the setting `file_template`.
///
/// Dates are strings of two digits (the year four), in the time zone of `created`. `.sql` is added.
/// Without a slug, the `_` before it goes as well. `/` makes folders.
///
/// # Errors
/// [`TemplateError::FileTemplate`] when the setting is not valid Tera, [`TemplateError::FileName`]
/// when it renders to nothing or to something that is not a plain relative path.
pub fn file_name(
    file_template: &str,
    id: &str,
    slug: &str,
    created: DateTime<FixedOffset>,
) -> Result<String, TemplateError> {
    let mut context = Context::new();
    context.insert("rev", id);
    context.insert("slug", slug);
    context.insert("year", &format!("{:04}", created.year()));
    context.insert("month", &format!("{:02}", created.month()));
    context.insert("day", &format!("{:02}", created.day()));
    context.insert("hour", &format!("{:02}", created.hour()));
    context.insert("minute", &format!("{:02}", created.minute()));
    context.insert("second", &format!("{:02}", created.second()));
    context.insert("epoch", &created.timestamp());

    let mut name = Tera::default().render_str(file_template, &context, false).map_err(|error| {
        TemplateError::FileTemplate { file_template: file_template.to_owned(), message: explain(&error).0 }
    })?;
    if slug.is_empty() && name.ends_with('_') {
        name.pop();
    }
    match objection(&name) {
        Some(reason) => Err(TemplateError::FileName { name, reason }),
        None => Ok(name + ".sql"),
    }
}

/// Why `name` cannot be a path below a version location, on this or another system.
fn objection(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("is empty")
    } else if name.chars().any(char::is_control) {
        Some("has a control character")
    } else if name.contains('\\') {
        Some("has a backslash")
    } else if name.starts_with('/') || name.as_bytes().get(1) == Some(&b':') {
        Some("is an absolute path")
    } else if name.split('/').any(|part| matches!(part, "." | "..")) {
        Some("has a part `.` or `..`")
    } else if name.split('/').any(|part| part.trim().is_empty()) {
        Some("has an empty part")
    } else if name.split('/').any(|part| part.starts_with(['.', '#'])) {
        // Such names are passed over when revisions are read.
        Some("has a part that begins with `.` or `#`")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use chrono::TimeZone;
    use proptest::prelude::*;

    use super::*;

    const DEFAULT: &str = "{{ rev }}_{{ slug }}";

    fn named(file_template: &str, slug: &str) -> Result<String, TemplateError> {
        let created = FixedOffset::east_opt(3600).unwrap().with_ymd_and_hms(2026, 1, 2, 3, 4, 5).unwrap();
        file_name(file_template, "3f2a9c1b7d04", slug, created)
    }

    #[test]
    fn ids_are_twelve_lower_case_hexadecimal_digits_and_differ() {
        let ids: Vec<String> = (0..50).map(|_| new_revision_id().unwrap()).collect();
        let hexadecimal = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        for (index, id) in ids.iter().enumerate() {
            assert!(id.len() == 12 && id.chars().all(hexadecimal), "{id}");
            assert!(!ids[..index].contains(id), "{id} came twice");
        }
    }

    #[test]
    fn slugs_are_words_in_lower_case() {
        for (message, expected) in [
            ("create users", "create_users"),
            ("Add e-mail: users.email", "add_e_mail_users_email"),
            ("../../etc/passwd", "etc_passwd"),
            ("C:\\temp\0x", "c_temp_x"),
            ("ajouter l'été", "ajouter_l_été"),
            ("建立 用户", "建立_用户"),
            ("snake_case stays", "snake_case_stays"),
            ("!?", ""),
            ("", ""),
        ] {
            assert_eq!(slug(message, 40), expected, "{message:?}");
        }
    }

    #[test]
    fn long_slugs_end_at_a_word() {
        assert_eq!(slug("one two three", 13), "one_two_three");
        assert_eq!(slug("one two three", 12), "one_two");
        assert_eq!(slug("one two three", 8), "one_two");
        assert_eq!(slug("incomprehensibility", 6), "incomp");
        assert_eq!(slug("ééééé", 3), "ééé");
        assert_eq!(slug("a__b", 3), "a");
        assert_eq!(slug("word", 0), "");
    }

    #[test]
    fn a_file_is_named_by_its_id_and_slug() {
        assert_eq!(named(DEFAULT, "create_users").unwrap(), "3f2a9c1b7d04_create_users.sql");
        assert_eq!(named(DEFAULT, "").unwrap(), "3f2a9c1b7d04.sql");
        assert_eq!(named(DEFAULT, "a&b<c>'d'").unwrap(), "3f2a9c1b7d04_a&b<c>'d'.sql");
    }

    #[test]
    fn dates_have_two_digits_in_the_time_zone_given() {
        let file_template = "{{ year }}/{{ month }}-{{ day }}_{{ hour }}{{ minute }}{{ second }}_{{ epoch }}";
        assert_eq!(named(file_template, "x").unwrap(), "2026/01-02_030405_1767319445.sql");
    }

    #[test]
    fn only_plain_relative_names_are_allowed() {
        for (file_template, expected) in [
            ("{{ '' }}", "is empty"),
            ("/tmp/{{ rev }}", "is an absolute path"),
            ("C:{{ rev }}", "is an absolute path"),
            ("../{{ rev }}", "has a part `.` or `..`"),
            ("a/./{{ rev }}", "has a part `.` or `..`"),
            ("a/{{ rev }}/..", "has a part `.` or `..`"),
            ("a//{{ rev }}", "has an empty part"),
            (".{{ rev }}", "has a part that begins with `.` or `#`"),
            ("a/#{{ rev }}", "has a part that begins with `.` or `#`"),
            ("{{ rev }}/", "has an empty part"),
            ("..\\{{ rev }}", "has a backslash"),
            ("a{{ rev }}\tb", "has a control character"),
        ] {
            match named(file_template, "x") {
                Err(TemplateError::FileName { reason, .. }) => {
                    assert_eq!(reason, expected, "{file_template}");
                }
                other => unreachable!("{file_template} gave {other:?}"),
            }
        }
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let error = named("{{ ref }}_{{ slug }}", "x").unwrap_err();
        let message = error.to_string();
        assert!(message.starts_with("file_template `{{ ref }}_{{ slug }}` cannot be rendered: "));
        assert!(message.contains("`ref`"), "{message}");
        assert_eq!(
            error.hint().unwrap(),
            "file_template may use rev, slug, year, month, day, hour, minute, second, epoch, \
             and `/` between folders"
        );
        assert_eq!(error.kind(), "config");
    }

    proptest! {
        #[test]
        fn any_message_gives_a_plain_file_name(message: String, max in 0_usize..60) {
            let slug = slug(&message, max);
            prop_assert!(slug.chars().count() <= max);
            let name = named(DEFAULT, &slug).unwrap();
            prop_assert!(name.starts_with("3f2a9c1b7d04") && name.ends_with(".sql"));
            prop_assert!(name.chars().all(|c| {
                c == '_' || c == '.' || c.is_ascii_alphanumeric() || !(c.is_ascii() || c.is_control())
            }), "{name:?}");
        }
    }
}

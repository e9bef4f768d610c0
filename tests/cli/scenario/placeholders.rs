//! Puts placeholders in the place of what differs from run to run, except for revision ids.

/// The text with its places (the folder, the URL), times and dates replaced.
pub fn fill(text: &str, places: &[(String, String)]) -> String {
    let mut text = text.to_owned();
    for (place, name) in places {
        text = text.replace(place, name);
    }
    let mut filled = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(character) = rest.chars().next() {
        let starts_word = !filled.ends_with(|before: char| before.is_alphanumeric() || before == '.');
        let found = if starts_word && character.is_ascii_digit() {
            let key = filled.trim_end().ends_with("duration_ms\":");
            date(rest).map(|length| (length, "[DATE]")).or_else(|| time(rest, key).map(|length| (length, "[TIME]")))
        } else {
            None
        };
        let (length, placeholder) = found.unwrap_or((character.len_utf8(), ""));
        filled.push_str(if placeholder.is_empty() { &rest[..length] } else { placeholder });
        rest = &rest[length..];
    }
    filled
}

/// The length of a duration at the start: a bare number where a key names the unit, otherwise a
/// number and its unit. `60s` is how a setting is written, and stays.
fn time(text: &str, bare: bool) -> Option<usize> {
    let number = text.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(text.len());
    if bare {
        return Some(number);
    }
    let unit = text[number..].trim_start_matches(' ');
    let spaces = text.len() - number - unit.len();
    let letters = unit.find(|character: char| !character.is_alphanumeric()).unwrap_or(unit.len());
    let measured = match &unit[..letters] {
        "ms" | "µs" | "us" | "ns" => spaces <= 1,
        "s" | "min" => spaces == 1 || (spaces == 0 && text[..number].contains('.')),
        _ => false,
    };
    measured.then_some(number + spaces + letters)
}

/// The length of a date at the start, with its time of day and zone if they follow.
fn date(text: &str) -> Option<usize> {
    let mut length = shaped(text, "0000-00-00")?;
    let clock = ["T00:00:00", " 00:00:00", "T00:00", " 00:00"];
    if let Some(clock) = first_shape(&text[length..], &clock) {
        length += clock;
        if text[length..].starts_with('.') {
            let fraction = &text[length + 1..];
            length += 1 + fraction.len() - fraction.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        }
        let zones = ["Z", " UTC", "+00:00", "-00:00", "+0000", "-0000", "+00", "-00"];
        length += first_shape(&text[length..], &zones).unwrap_or(0);
    }
    Some(length)
}

fn first_shape(text: &str, shapes: &[&str]) -> Option<usize> {
    shapes.iter().find_map(|shape| shaped(text, shape))
}

/// The length of the shape if the text starts with it; `0` stands for any digit.
fn shaped(text: &str, shape: &str) -> Option<usize> {
    let mut characters = text.chars();
    let fits = shape.chars().all(|wanted| match characters.next() {
        Some(character) if wanted == '0' => character.is_ascii_digit(),
        character => character == Some(wanted),
    });
    fits.then_some(shape.len())
}

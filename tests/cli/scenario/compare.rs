//! Does the output fit what is expected?

use super::ids::{Ids, id_at, name_at};

/// Compares lines; `...` stands for any lines. Names met for the first time are bound to the ids
/// in their places, but only if everything fits.
pub fn matches(expected: &[String], output: &[String], ids: &mut Ids) -> bool {
    let Some((first, expected)) = expected.split_first() else {
        return output.is_empty();
    };
    if first == "..." {
        return (0..=output.len()).any(|skipped| matches(expected, &output[skipped..], ids));
    }
    let Some((line, output)) = output.split_first() else {
        return false;
    };
    let mut bound = ids.clone();
    let fits = line_matches(first, line, &mut bound) && matches(expected, output, &mut bound);
    if fits {
        *ids = bound;
    }
    fits
}

fn line_matches(expected: &str, line: &str, ids: &mut Ids) -> bool {
    if let Some(expected) = expected.strip_prefix("[..]") {
        let mut ends = line.char_indices().map(|(at, _)| at).chain([line.len()]);
        return ends.any(|at| {
            let mut bound = ids.clone();
            let fits = line_matches(expected, &line[at..], &mut bound);
            if fits {
                *ids = bound;
            }
            fits
        });
    }
    if let (Some(name), Some(id)) = (name_at(expected), id_at(line)) {
        return ids.bind(&expected[..name], &line[..id]) && line_matches(&expected[name..], &line[id..], ids);
    }
    let (mut wanted, mut found) = (expected.chars(), line.chars());
    match (wanted.next(), found.next()) {
        (None, None) => true,
        (left, right) => left == right && line_matches(wanted.as_str(), found.as_str(), ids),
    }
}

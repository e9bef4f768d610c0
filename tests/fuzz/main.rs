//! Everything that reads what people wrote, fed with what nobody would write.
//!
//! Each test feeds one reader: first the files of `tests/fuzz_corpus/NAME/` as they are (seeds, and every input that
//! once was a finding), then inputs made of them: mutated, put together from the words of the grammar, or random
//! bytes. A reader may refuse anything; it may not panic, take long, or break what it promises, which is
//! written down in `readers.rs`. `growth.rs` looks for readers whose time grows faster than their input.
//!
//! ```sh
//! cargo test --test fuzz                                              # a few seconds
//! MIGRATOR_FUZZ_CASES=2000000 cargo test --release --test fuzz -- --nocapture
//! MIGRATOR_FUZZ_SEED=17 MIGRATOR_FUZZ_CASES=5000 cargo test --test fuzz url
//! ```
//!
//! `MIGRATOR_FUZZ_CASES` is the number of inputs for each reader; those that read from disk get a tenth.
//! `MIGRATOR_FUZZ_SEED` repeats a run: the same seed gives the same inputs. A failure names both, and the input,
//! which belongs into the corpus then.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on should panic, and a long run says what it did"
)]

mod growth;
mod inputs;
mod random;
mod readers;

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant, SystemTime};

use inputs::Inputs;
use random::Random;
use readers::Place;

/// The inputs for each reader if nothing is said.
const CASES: u64 = 4_000;

/// Longer than any input of a few kilobytes may take, on a machine with much else to do.
const TOO_LONG: Duration = Duration::from_secs(10);

/// A reader, with what its inputs are made of.
pub struct Reader {
    /// The name of its folder in the corpus.
    pub name: &'static str,
    /// The words of its grammar.
    pub words: &'static [&'static str],
    /// One in so many of the inputs asked for.
    pub share: u64,
    /// Reads, and panics if a promise is broken.
    pub check: fn(&[u8], &Place),
}

fn number(variable: &str) -> Option<u64> {
    let value = std::env::var(variable).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{variable} is not a number: {value}")))
}

fn feed(reader: &Reader) {
    let cases = number("MIGRATOR_FUZZ_CASES");
    // A run of the whole suite is the same every time; a long one goes where none was before.
    let seed = number("MIGRATOR_FUZZ_SEED").unwrap_or_else(|| match cases {
        None => 0,
        Some(_) => SystemTime::UNIX_EPOCH.elapsed().map_or(0, |elapsed| elapsed.as_secs()),
    });
    let cases = cases.unwrap_or(CASES) / reader.share;
    let place = Place::new();
    let inputs = Inputs::new(reader);
    let current = RefCell::new((0, Vec::new()));
    let started = Instant::now();
    let run = || {
        for (number, seed_input) in inputs.seeds.iter().enumerate() {
            current.replace((number as u64, seed_input.clone()));
            timed(reader, seed_input, &place);
        }
        for case in 0..cases {
            let input = inputs.make(&mut Random::new(seed, case));
            current.replace((case, input.clone()));
            timed(reader, &input, &place);
        }
    };
    if catch_unwind(AssertUnwindSafe(run)).is_err() {
        let (case, input) = current.into_inner();
        let name = reader.name;
        panic!("{name}: seed {seed}, case {case}, {} bytes: b\"{}\"", input.len(), input.escape_ascii());
    }
    eprintln!("{}: {cases} inputs, seed {seed}, {:.1} s", reader.name, started.elapsed().as_secs_f64());
}

fn timed(reader: &Reader, input: &[u8], place: &Place) {
    let started = Instant::now();
    (reader.check)(input, place);
    assert!(started.elapsed() < TOO_LONG, "it took {:?}", started.elapsed());
}

macro_rules! readers {
    ($($name:ident),*) => {
        $(#[test]
        fn $name() {
            feed(&readers::$name());
        })*
    };
}

readers!(
    splitter,
    tokens,
    script,
    revision_file,
    configuration,
    dot_env,
    url,
    redaction,
    service_file,
    password_file,
    target,
    duration
);

//! Time that grows with the length of the input, and not with its square.
//!
//! What is measured is the processor time of the thread, so that other work on the machine does not count. From
//! one length to eight times as much, a reader may take three times eight as long; one that is quadratic takes 64
//! times as long.

use std::path::{Path, PathBuf};
use std::time::Duration;

use migrator::config::{Config, DatabaseUrl, Request, parse_duration};
use migrator::revision::{Range, Target};
use migrator::script::{Direction, Script};
use migrator::sql::concurrent::concurrent_index;
use migrator::sql::repeat::is_repeatable;
use migrator::sql::{Dialect, Splitter};

const SHORT: usize = 16 << 10;
const FACTOR: u32 = 8;
/// What a measurement may be off by.
const SLACK: Duration = Duration::from_millis(40);

/// Repeated, these open something for good, or make a reader look far ahead.
const SQL: &[&str] = &[
    "(",
    ")",
    "/*",
    "*/",
    "/*/",
    "'",
    "''",
    "'\n",
    "\"",
    "`",
    "[",
    "]",
    "$",
    "$$",
    "$a",
    "$a$",
    "$a$ $b$ ",
    "$1$a$",
    "E'\\'",
    "E''\n",
    "\\",
    "\\restrict\n",
    "\n\\.x",
    "COPY t FROM STDIN;\n\\.\n",
    "-- migrator:x\n",
    "x\n-- migrator:x\n",
    "--",
    "--\n",
    " --\n",
    ";",
    ".",
    "SELECT 1;\n",
    "CASE ",
    "BEGIN ATOMIC ",
    "END;",
    "CREATE FUNCTION f() BEGIN ATOMIC ",
    "CREATE TRIGGER t BEGIN ",
    "SET a;",
    "é",
    "x",
    "\r",
    " ",
    "\n",
    "IF EXISTS ",
    "/**/ ",
    "\"\" ",
];

const BEFORE: &[&str] =
    &["", "COPY t FROM STDIN;\n", "CREATE INDEX CONCURRENTLY IF ", "SET standard_conforming_strings = "];

#[test]
fn splitting_is_linear() {
    each(BEFORE, SQL, |text| {
        for dialect in [Dialect::PostgreSql, Dialect::Sqlite] {
            Splitter::new(text, 0, dialect).for_each(drop);
        }
        let _ = (concurrent_index(text), is_repeatable(text));
    });
}

#[test]
fn revision_files_are_linear() {
    const HEADER: &str = "-- migrator:revision a1\n";
    const LINES: &[&str] = &[
        "-- migrator:upgrade\n",
        "-- migrator:downgrade\nSELECT 1;\n",
        "-- migrator:upgrade sqlite\nSELECT 1;\n",
        "-- words\n",
        "--\n",
        "\n",
        "SELECT 1;\n",
        "SELECT\n",
        "-- migrator:irreversible\n",
        " ",
        "-- migrator:upgrade no-transaction\nVACUUM;\n",
    ];
    let before =
        [HEADER, "-- migrator:revision a1\n-- migrator:upgrade\n", "-- migrator:revision a1\n-- migrator:revises "];
    let lines = [LINES, SQL].concat();
    each(&before, &lines, |text| {
        let Ok(script) = Script::parse(PathBuf::from("a.sql"), text.to_owned()) else { return };
        let _ = script.documentation();
        for dialect in [Dialect::PostgreSql, Dialect::Sqlite] {
            let Ok(sections) = script.sections(dialect) else { continue };
            let _ = sections.kept_texts(text);
            let _ = sections.numbered_lines(Direction::Upgrade, text);
            let _ = sections.numbered_lines(Direction::Downgrade, text);
        }
    });
}

#[test]
fn words_of_the_command_line_and_urls_are_linear() {
    let before = ["", "postgresql://", "postgresql://u:p@", "postgresql://h/d?", "sqlite:///", "a@", "+", "[env."];
    let pieces = [
        "@", ":", ",", "/", "?", "&", "a=b&", "host=", "%", "%41", "[", "]", "a", "é", "1", "+", "-", ".", " ", "0",
        "h:1,",
    ];
    each(&before, &pieces, |text| {
        if let Ok(url) = DatabaseUrl::parse(text, Path::new("/")) {
            let _ = url.to_string();
        }
        let _ = (text.parse::<Target>(), text.parse::<Range>(), parse_duration(text));
    });
}

#[test]
fn configurations_are_linear() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("migrator.toml");
    let request = Request { directory: folder.path().to_owned(), config: Some(file.clone()), ..Request::default() };
    let before = ["", "[database]\nurl = \"", "[migrator]\nversion_locations = ["];
    let pieces = [
        "[", "{", "a.", "a", "\"", "'", "#", "\n", "# x\n", "${", "${A:-", "}", "$${", "$", "\\n", "\"a\",", "é", "[",
        "{a=", "=", "[[a]]\n",
    ];
    each(&before, &pieces, |text| {
        std::fs::write(&file, text).unwrap();
        let _ = Config::load(&request).map(|config| drop(config.database_url().cloned()));
    });
    std::fs::write(&file, "[database]\nurl = \"${Z:-sqlite:///a.db}\"").unwrap();
    let before = ["", "A=\"", "A='", "A="];
    let pieces = [
        "A=1\n",
        "A",
        "=",
        "\"",
        "'",
        "\\",
        "#",
        " ",
        "\n",
        "${A}",
        "${",
        "${B:-",
        "$${",
        "}",
        "é",
        "B=${B}x\n",
        "export ",
    ];
    let dot_env = folder.path().join(".env");
    each(&before, &pieces, |text| {
        std::fs::write(&dot_env, text).unwrap();
        let _ = Config::load(&request).map(|config| drop(config.database_url().cloned()));
    });
}

fn each(before: &[&str], pieces: &[&str], read: impl Fn(&str)) {
    for before in before {
        for piece in pieces {
            let text = |length: usize| before.to_string() + &piece.repeat(length / piece.len());
            let time = |text: &str| {
                let started = processor_time();
                read(text);
                processor_time() - started
            };
            let (short, long) = (text(SHORT), text(SHORT * FACTOR as usize));
            let once = time(&short);
            assert!(
                once < Duration::from_secs(5),
                "{before:?} and many {piece:?}: {} bytes take {once:?}",
                short.len()
            );
            let bound = once.max(time(&short)) * FACTOR * 3 + SLACK;
            let taken = time(&long);
            assert!(
                taken <= bound,
                "{before:?} and many {piece:?}: {once:?} for one, {taken:?} for {FACTOR} times as much"
            );
        }
    }
}

/// <https://man7.org/linux/man-pages/man2/clock_gettime.2.html>
#[cfg(unix)]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap(), u32::try_from(time.tv_nsec).unwrap())
}

#[cfg(not(unix))]
fn processor_time() -> Duration {
    use std::sync::OnceLock;
    use std::time::Instant;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

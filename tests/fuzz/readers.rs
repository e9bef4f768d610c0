//! The readers, and what each of them promises for any input.

use std::fs;
use std::path::{Path, PathBuf};

use migrator::config::{Config, ConnectionParameters, DatabaseUrl, Environment, Request, parse_duration};
use migrator::revision::{Range, Target};
use migrator::script::{Checksum, Direction, Downgrade, Script, ScriptDirectory};
use migrator::sql::concurrent::concurrent_index;
use migrator::sql::position::{offset_of_character, position_at};
use migrator::sql::repeat::is_repeatable;
use migrator::sql::{Dialect, Piece, Splitter, StatementKind, take_annotations};
use tempfile::TempDir;

use crate::Reader;

const DIALECTS: [Dialect; 2] = [Dialect::PostgreSql, Dialect::Sqlite];

/// A folder for readers that read from disk.
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file that only its owner may read.
    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        let is_new = !path.exists();
        fs::write(&path, bytes).unwrap();
        #[cfg(unix)]
        if is_new {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        path
    }
}

fn text(input: &[u8]) -> String {
    String::from_utf8_lossy(input).into_owned()
}

const SQL_WORDS: &[&str] = &[
    "'",
    "\"",
    "`",
    "[",
    "]",
    "$$",
    "$a$",
    "$é$",
    "$",
    "$1",
    "E'",
    "e'",
    "U&'",
    "x'",
    "\\",
    "\\'",
    "\\.",
    "--",
    "/*",
    "*/",
    "\n",
    "\r\n",
    "\r",
    ";",
    "(",
    ")",
    " ",
    "\t",
    "\u{b}",
    "é",
    "😀",
    "\u{feff}",
    "a",
    "1",
    ".",
    ",",
    "0",
    "=",
    "\n-- migrator:upgrade\n",
    "\n-- migrator:upgrade no-transaction\n",
    "\n-- migrator:downgrade\n",
    "\n-- migrator:upgrade sqlite\n",
    "\n-- migrator:irreversible\n",
    "\n-- migrator:downgrade postgresql\n",
    "\n-- migrator:upgrade foreign-keys=off\n",
    "-- migrator:revision a1\n",
    "-- migrator:revises b, c\n",
    "-- migrator:depends-on d\n",
    "-- migrator:branch-labels e\n",
    "-- migrator:created 2026-11-20T10:33:00Z\n",
    "migrator:",
    "COPY t FROM STDIN;\n",
    "COPY t (a) FROM stdin WITH (FORMAT csv);\n",
    "\n\\.\n",
    "\\N",
    "CREATE FUNCTION ",
    "CREATE OR REPLACE PROCEDURE ",
    "BEGIN ATOMIC ",
    "CASE ",
    "END ",
    "END;",
    "AS ",
    "CREATE TRIGGER ",
    "CREATE TEMP TRIGGER ",
    "BEGIN;",
    "COMMIT;",
    "ROLLBACK TO x;",
    "PREPARE TRANSACTION 'x';",
    "SET standard_conforming_strings = off;",
    "SET LOCAL standard_conforming_strings TO on;",
    "RESET ALL;",
    "\\restrict x\n",
    "\\connect y\n",
    "\n.mode x\n",
    "SELECT 1;",
    "CREATE INDEX CONCURRENTLY i ON t (x);",
    "DROP INDEX CONCURRENTLY IF EXISTS i;",
    "IF NOT EXISTS ",
];

pub fn splitter() -> Reader {
    Reader { name: "splitter", words: SQL_WORDS, share: 1, check: |input, _| split(&text(input)) }
}

pub fn tokens() -> Reader {
    Reader { name: "tokens", words: SQL_WORDS, share: 1, check: |input, _| take_apart(&text(input)) }
}

/// Tokens stand in order and are what is in their place; where the annotations were is no directive any more.
fn take_apart(text: &str) {
    for dialect in DIALECTS {
        let mut end = 0;
        for token in migrator::sql::tokens(text, dialect).into_iter().flatten() {
            assert!(end <= token.span.start && token.span.start < token.span.end);
            assert_eq!(token.text, &text[token.span.clone()]);
            end = token.span.end;
        }
        let Ok((rest, annotations)) = take_annotations(text, dialect) else { continue };
        assert!(annotations.is_sorted_by_key(|annotation| annotation.offset));
        assert!(annotations.iter().all(|annotation| rest.is_char_boundary(annotation.offset)));
        assert_eq!(annotations.is_empty(), rest == text);
        assert_eq!(take_annotations(&rest, dialect).unwrap().1, []);
    }
}

/// Pieces stand in order, on characters, in bounds; what one of them is, it is alone as well; and positions agree.
fn split(text: &str) {
    for dialect in DIALECTS {
        let mut end = 0;
        for piece in Splitter::new(text, 0, dialect) {
            let piece = match piece {
                Ok(piece) => piece,
                Err(error) => {
                    assert!(end <= error.offset() && error.offset() < text.len());
                    assert_eq!(error.position(), position_at(text, error.offset()));
                    assert!(!error.to_string().is_empty());
                    break;
                }
            };
            match piece {
                Piece::Statement(statement) => {
                    let sql = &text[statement.span.clone()];
                    assert!(end <= statement.span.start && !sql.is_empty() && sql.trim_ascii() == sql);
                    assert_only_ignored(&text[end..statement.span.start], dialect);
                    assert_eq!(statement.position, position_at(text, statement.span.start));
                    end = statement.span.end;
                    look_at(sql);
                    if let StatementKind::CopyFromStdin { data } = statement.kind {
                        assert!(end < data.start && data.start <= data.end && text[data.end..].starts_with("\\."));
                        let data_text = &text[data.clone()];
                        assert!(data_text.is_empty() || data_text.ends_with('\n'), "{data_text:?}");
                        end = data.end;
                    }
                }
                Piece::Directive(directive) => {
                    assert!(end <= directive.line_span.start && directive.span.end <= directive.line_span.end);
                    assert!(text[directive.line_span.clone()].contains("migrator:"));
                    let words = &text[directive.span];
                    assert_eq!(words.trim_matches([' ', '\t', '\r']), words);
                    end = directive.line_span.end;
                }
            }
        }
    }
}

/// What lies between two pieces is blank, a comment, a semicolon, or a line for psql.
fn assert_only_ignored(between: &str, dialect: Dialect) {
    for piece in Splitter::new(between, 0, dialect) {
        assert!(!matches!(piece, Ok(Piece::Statement(_))), "a statement was passed over in {between:?}");
    }
}

fn look_at(sql: &str) {
    let _ = is_repeatable(sql);
    if let Some(index) = concurrent_index(sql) {
        assert!(!index.name.is_empty() && sql.contains(&index.name));
        assert!(index.table.is_none_or(|table| sql.contains(&table)));
    }
    let middle = sql.chars().count() / 2;
    let offset = offset_of_character(sql, middle);
    assert_eq!(sql[..offset].chars().count(), middle);
}

pub fn script() -> Reader {
    Reader {
        name: "script",
        words: SQL_WORDS,
        share: 1,
        check: |input, _| parse_script(text(input).replace("\r\n", "\n")),
    }
}

/// Parts are in bounds; what is kept of them is what the checksums are of, has the lines of the file, and can be
/// read again.
fn parse_script(text: String) {
    let Ok(script) = Script::parse(PathBuf::from("a.sql"), text) else { return };
    assert!(!script.id().is_empty());
    let _ = script.documentation();
    for dialect in DIALECTS {
        let Ok(sections) = script.sections(dialect) else { continue };
        let text = script.text();
        let down = match &sections.downgrade {
            Downgrade::Parts(parts) => parts.as_slice(),
            _ => &[],
        };
        for part in sections.upgrade.iter().chain(down) {
            assert!(text.get(part.span.clone()).is_some());
        }
        let kept = sections.kept_texts(text);
        let lines: Vec<&str> = text.lines().collect();
        for (direction, kept, checksum) in [
            (Direction::Upgrade, kept.upgrade.as_deref().unwrap(), sections.upgrade_checksum),
            (Direction::Downgrade, kept.downgrade.as_str(), sections.downgrade_checksum),
        ] {
            assert_eq!(Checksum::of([kept]), checksum);
            let numbered = sections.numbered_lines(direction, text);
            // An empty part has no lines of its own, but one for it is kept.
            let kept_lines: Vec<&str> = kept.lines().filter(|line| !line.is_empty()).collect();
            let filled: Vec<_> = numbered.iter().filter(|(_, line)| !line.is_empty()).collect();
            assert_eq!(filled.iter().map(|(_, line)| line.as_str()).collect::<Vec<_>>(), kept_lines);
            for (number, line) in filled {
                let in_file = lines[number - 1];
                assert!(in_file.contains("migrator:") || in_file.contains(line.trim_end()), "{number}: {line:?}");
            }
        }
        let revision = &script.header.revision;
        let again = Script::kept(revision, "kept", &kept.downgrade);
        // An id that only this file knows may be one that no graph takes.
        if let Ok(again) = again {
            let sections_again = again.sections(dialect).unwrap_or_else(|error| panic!("what was kept: {error}"));
            assert_eq!(sections_again.downgrade_checksum, sections.downgrade_checksum);
        }
    }
}

pub fn revision_file() -> Reader {
    Reader { name: "script", words: SQL_WORDS, share: 10, check: load_file }
}

/// The way from the disk: whatever the bytes are, a folder with them loads or says which file is to blame.
fn load_file(input: &[u8], place: &Place) {
    let folder = place.path("versions");
    fs::create_dir_all(&folder).unwrap();
    place.write("versions/a.sql", input);
    match ScriptDirectory::load(&[folder], false) {
        Ok(scripts) => {
            for dialect in DIALECTS {
                let _ = scripts.sections(dialect).map_err(|error| error.to_string());
            }
        }
        Err(error) => assert!(!error.to_string().is_empty() && !error.kind().is_empty()),
    }
}

pub fn configuration() -> Reader {
    const WORDS: &[&str] = &[
        "[migrator]\n",
        "[database]\n",
        "[env.a.database]\n",
        "[autogenerate]\n",
        "[[post_write_hooks]]\n",
        "url",
        "url_file",
        "script_location",
        "version_locations",
        "file_template",
        "timezone",
        "transaction",
        "lock_wait",
        "schema",
        "command",
        " = ",
        "\"",
        "'",
        "\"\"\"",
        "'''",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\n",
        "#",
        "${A}",
        "${A:-",
        "}",
        "$${",
        "${",
        "$",
        "true",
        "0",
        "1e9",
        "\"60s\"",
        "99999999999999999999",
        "\"single\"",
        "\"apply\"",
        "a.b.c = 1\n",
        "é",
        "\\u0000",
        "\\",
        "inf",
        "1979-05-27T07:32:00Z",
        "name = \"x\"\n",
        "url = \"sqlite:///a.db\"\n",
    ];
    Reader { name: "configuration", words: WORDS, share: 10, check: load_configuration }
}

/// Whatever `migrator.toml` says: a configuration, or an error with a place inside the file.
fn load_configuration(input: &[u8], place: &Place) {
    let file = place.write("migrator.toml", input);
    let request = Request {
        directory: place.path(""),
        config: Some(file),
        environment: Environment::from([("A", "value"), ("EMPTY", "")]),
        ..Request::default()
    };
    check_configuration(&request, input);
    check_configuration(&Request { name: Some("a".into()), ..request }, input);
}

fn check_configuration(request: &Request, file: &[u8]) {
    let error = match Config::load(request) {
        Ok(config) => {
            assert!(config.databases.iter().all(|name| config.environments.contains(name)));
            // A program that a mutated file names is not to be run.
            if text(file).contains("url_command") {
                return;
            }
            match config.database_url() {
                Ok(_) => return,
                Err(error) => error.clone(),
            }
        }
        Err(error) => error,
    };
    assert!(!error.to_string().is_empty());
    if let Some(place) = error.place() {
        let lines = text(file).matches('\n').count() + 1;
        assert!(place.line >= 1 && place.line as usize <= lines && place.column >= 1, "{place:?}");
    }
}

pub fn dot_env() -> Reader {
    const WORDS: &[&str] = &[
        "A",
        "B",
        "=",
        "\n",
        "\r\n",
        " ",
        "export ",
        "\"",
        "'",
        "#",
        " #",
        "\\",
        "\\n",
        "\\\"",
        "${A}",
        "${B:-",
        "}",
        "$${",
        "$",
        "é",
        "C=\"${B}${B}\"\n",
        "B=${A}${A}\n",
        "A=${B}\n",
        "\t",
        ":-",
    ];
    Reader { name: "dot_env", words: WORDS, share: 10, check: load_dot_env }
}

/// Whatever `.env` says: the configuration loads, or the error has a place and nothing of a value.
fn load_dot_env(input: &[u8], place: &Place) {
    let file = place.write("migrator.toml", b"[database]\nurl = \"${URL:-sqlite:///a.db}\"\n");
    place.write(".env", input);
    let request = Request { directory: place.path(""), config: Some(file), ..Request::default() };
    match Config::load(&request) {
        Ok(config) => drop(config.database_url().map_err(|error| error.to_string())),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

const URL_WORDS: &[&str] = &[
    "postgresql://",
    "postgres://",
    "postgresql+psycopg2://",
    "sqlite://",
    "sqlite:///",
    "sqlite::memory:",
    "mysql://",
    "@",
    ":",
    "/",
    "?",
    "&",
    "=",
    "#",
    "%",
    "%2F",
    "%40",
    "%00",
    "%ff",
    "%c3%a9",
    "[",
    "]",
    "[::1]",
    ",",
    "host",
    "user",
    "host=",
    "port=",
    "5432",
    "99999",
    "0",
    "password=",
    "sslmode=require",
    "sslpassword=",
    "dbname=",
    "options=",
    " ",
    "\n",
    "é",
    "..",
    "\\",
    "+",
    "-",
];

pub fn url() -> Reader {
    Reader { name: "url", words: URL_WORDS, share: 1, check: |input, _| read_url(&text(input)) }
}

/// A URL that is understood is shown as one that means the same, secrets aside.
fn read_url(text: &str) {
    let base = Path::new("/base");
    match DatabaseUrl::parse(text, base) {
        Ok(url) => {
            let shown = url.to_string();
            let again = DatabaseUrl::parse(&shown, base).unwrap_or_else(|error| panic!("{shown}: {error}"));
            assert_eq!(again.to_string(), shown);
            match (&url, &again) {
                (DatabaseUrl::Sqlite(one), DatabaseUrl::Sqlite(other)) => assert_eq!(one, other),
                (DatabaseUrl::PostgreSql(one), DatabaseUrl::PostgreSql(other)) => {
                    assert_eq!((&one.hosts, &one.user, &one.database), (&other.hosts, &other.user, &other.database));
                    assert_eq!(one.password().is_some(), other.password().is_some());
                }
                _ => panic!("{shown} is of another kind"),
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

pub fn redaction() -> Reader {
    Reader { name: "url", words: URL_WORDS, share: 1, check: |input, _| hide_password(&text(input)) }
}

/// A password never shows, whatever stands around it in it and wherever it is cut.
///
/// Only behind a `?`, what looks like a parameter that libpq has is taken for one.
fn hide_password(text: &str) {
    const SECRET: &str = "Xq7hunter2";
    let middle = text.chars().count() / 2;
    let (before, behind) = text.split_at(offset_of_character(text, middle));
    let query = before.replace('=', "");
    let (before, behind) = (before.replace('?', ""), behind.replace('?', ""));
    for url in [
        format!("postgresql://user:{query}{SECRET}@host/database"),
        format!("postgresql://user:{before}{SECRET}{behind}@host/database"),
        format!("postgresql+asyncpg://user:{before}{SECRET}@host:1234/database?sslmode=require"),
        format!("postgres://user:{SECRET}{behind}@/database"),
        format!("postgresql://host/database?user=a&password={SECRET}{}", behind.replace('&', "")),
    ] {
        let shown = match DatabaseUrl::parse(&url, Path::new("/base")) {
            Ok(url) => format!("{url} {url:?}"),
            Err(error) => format!("{error} {error:?} {:?}", error.hint()),
        };
        assert!(!shown.contains(SECRET), "{url} is shown as {shown}");
    }
}

pub fn service_file() -> Reader {
    const WORDS: &[&str] = &[
        "[a]\n",
        "[b]\n",
        "[",
        "]",
        "\n",
        "\r\n",
        "#",
        "=",
        "host=h\n",
        "port=5432\n",
        "port=x\n",
        "dbname=",
        "user=",
        "password=",
        "sslmode=verify-full\n",
        "service=a\n",
        " ",
        "é",
        "options=-c x=y\n",
        "connect_timeout=",
        "5",
        "-1",
        "99999999999",
        "hostaddr=127.0.0.1\n",
        "target_session_attrs=any\n",
    ];
    Reader { name: "service_file", words: WORDS, share: 10, check: read_service }
}

fn read_service(input: &[u8], place: &Place) {
    let file = place.write("services", input);
    resolve(
        input,
        "postgresql://?service=a",
        &[("PGSERVICEFILE", file.to_str().unwrap()), ("USER", "u"), ("HOME", "/nowhere")],
    );
}

pub fn password_file() -> Reader {
    const WORDS: &[&str] = &[
        "*",
        ":",
        "\\",
        "\\:",
        "\\\\",
        "\n",
        "\r\n",
        "#",
        "h",
        "5432",
        "d",
        "u",
        "secret",
        "localhost",
        " ",
        "é",
        "*:*:*:*:x\n",
    ];
    Reader { name: "password_file", words: WORDS, share: 10, check: read_passwords }
}

fn read_passwords(input: &[u8], place: &Place) {
    let file = place.write("passwords", input);
    resolve(input, "postgresql://u@h,localhost:1/d", &[("PGPASSFILE", file.to_str().unwrap()), ("HOME", "/nowhere")]);
}

/// What is put together has a server, and nothing of it shows a password, which the seeds have begin with `Xq7`.
fn resolve(input: &[u8], url: &str, variables: &[(&str, &str)]) {
    let DatabaseUrl::PostgreSql(url) = DatabaseUrl::parse(url, Path::new("/")).unwrap() else { panic!("{url}") };
    let environment: Environment = variables.iter().copied().collect();
    match ConnectionParameters::resolve(&url, &environment) {
        Ok(parameters) => {
            assert!(!parameters.servers.is_empty());
            let passwords: Vec<_> = parameters.servers.iter().filter_map(|server| server.password.as_ref()).collect();
            assert!(passwords.iter().all(|password| !password.secret.expose().is_empty()));
            // A copy may have become a name, which is shown.
            let only_there = text(input).matches("Xq7").count() == 1
                && passwords.iter().any(|password| password.secret.expose().contains("Xq7"));
            assert!(!only_there || !format!("{parameters:?}").contains("Xq7"), "{parameters:?}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

pub fn target() -> Reader {
    const WORDS: &[&str] = &[
        "head",
        "heads",
        "base",
        "current",
        "@",
        "+",
        "-",
        ":",
        "1",
        "23",
        "99999999999",
        "abc",
        "é",
        "_",
        ".",
        " ",
        "shop",
        "\n",
        "@head",
        "+2",
    ];
    Reader { name: "target", words: WORDS, share: 1, check: |input, _| read_target(&text(input)) }
}

/// What was read is written as it was read.
fn read_target(text: &str) {
    match text.parse::<Target>() {
        Ok(target) => assert_eq!(target.to_string().parse(), Ok(target)),
        Err(error) => assert_eq!(error.text, text),
    }
    match text.parse::<Range>() {
        Ok(range) => assert_eq!(range.to_string().parse(), Ok(range)),
        Err(error) => assert!(!error.reason.is_empty()),
    }
}

pub fn duration() -> Reader {
    const WORDS: &[&str] =
        &["0", "1", "60", "ms", "s", "m", "h", " ", "-", "+", ".", "e", "99999999999999999999", "٣", "\n"];
    Reader { name: "duration", words: WORDS, share: 1, check: |input, _| read_duration(&text(input)) }
}

/// A duration is a number of milliseconds that PostgreSQL can keep.
fn read_duration(text: &str) {
    match parse_duration(text) {
        Ok(duration) => {
            assert_eq!(parse_duration(&format!("{}ms", duration.as_millis())), Ok(duration));
            assert!(duration.as_millis() <= i32::MAX as u128);
        }
        Err(problem) => assert!(!problem.is_empty()),
    }
}

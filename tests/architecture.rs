//! The rules of the house: which module may know which, and what a file may be.
//!
//! ```text
//! 4  cli
//! 3  migrate  autogenerate  import   workflows, which do not import each other, save for the executor that proves
//! 2  backend
//! 1  script   config
//! 0  revision schema sql interrupt   no I/O, no clock, no randomness
//! ```
//!
//! Imports point down only; nothing below 4 prints. The tests read the sources as text: comments
//! and test modules do not count.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on should panic")]

use std::fs;
use std::path::{Path, PathBuf};

/// The floor of every top module. A new module has to be given one here.
const FLOORS: [(&str, u8); 13] = [
    ("interrupt", 0),
    ("revision", 0),
    ("schema", 0),
    ("sql", 0),
    ("script", 1),
    ("config", 1),
    ("failpoint", 1), // of the tests
    ("backend", 2),
    ("migrate", 3),
    ("autogenerate", 3),
    ("import", 3),
    ("export", 3),
    ("cli", 4),
];

/// The files beside the top modules, with their floor: `error.rs` joins the errors of all floors
/// below, for `cli`; `lib.rs` and `main.rs` stand above everything.
const ROOT_FILES: [(&str, u8); 3] = [("error", 3), ("lib", 5), ("main", 5)];

const WORKFLOWS: u8 = 3;
/// What a draft or an import is proven with is the executor that will run it, never a loop of its own.
const PROVES_WITH: [(&str, &str); 2] = [("autogenerate", "migrate"), ("import", "migrate")];
const CLI: u8 = 4;

/// What gives a module I/O, a clock or randomness.
const IMPURE: [&str; 10] = [
    "std::fs",
    "std::env",
    "std::io",
    "std::net",
    "std::process",
    "SystemTime",
    "Instant",
    "Utc::now",
    "Local::now",
    "RandomState",
];

/// The longest a source file may be, its tests not counted.
const LONGEST: usize = 500;

#[test]
fn the_sources_keep_the_rules() {
    let folder = root().join("src");
    let mut sources = Vec::new();
    collect(&folder, &folder, &mut sources);
    assert!(!sources.is_empty(), "no sources in {}", folder.display());
    let broken: Vec<String> = sources.iter().flat_map(broken_rules).collect();
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn every_command_is_in_the_readme() {
    let Ok(files) = fs::read_dir(root().join("src/cli/commands")) else {
        return; // No commands yet.
    };
    let readme = fs::read_to_string(root().join("README.md")).unwrap_or_default();
    let missing: Vec<String> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.file_stem().is_some_and(|stem| stem != "mod" && stem != "tests"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().replace('_', "-"))
        .filter(|name| !mentions_command(&readme, name))
        .collect();
    assert!(missing.is_empty(), "not in README.md as `migrator NAME`: {missing:?}");
}

/// What `kind()` says in an error of any floor is what programs rely on.
#[test]
fn every_error_kind_is_documented() {
    let folder = root().join("src");
    let mut sources = Vec::new();
    collect(&folder, &folder, &mut sources);
    let document = fs::read_to_string(root().join("docs/json.md")).unwrap();
    let mut kinds = 0;
    let mut missing = Vec::new();
    // The splitter's own kinds are all `script` in the end.
    for source in sources.iter().filter(|source| source.path != "sql/error.rs") {
        let from = source.lines.iter().skip_while(|line| !line.contains("fn kind(&self) -> &'static str"));
        let body: Vec<&str> = from.map(String::as_str).take_while(|line| *line != "    }").collect();
        for kind in body.iter().filter_map(|line| line.split('"').nth(1)) {
            kinds += 1;
            if !document.contains(&format!("`{kind}`")) {
                missing.push(format!("{}: {kind}", source.path));
            }
        }
    }
    assert!(kinds > 40, "only {kinds} kinds were found");
    assert!(missing.is_empty(), "not in docs/json.md: {missing:?}");
}

#[test]
fn every_connection_parameter_is_documented() {
    let keywords = fs::read_to_string(root().join("src/config/connection/keyword.rs")).unwrap();
    let is_read = |line: &&str| line.starts_with("read(") || line.contains("Treatment::Read)");
    let names: Vec<&str> =
        keywords.lines().map(str::trim).filter(is_read).filter_map(|line| line.split('"').nth(1)).collect();
    assert!(names.len() > 30, "only {names:?} were found");
    for document in ["README.md", "docs/postgresql.md"] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let missing: Vec<_> = names.iter().filter(|name| !text.contains(&format!("`{name}`"))).collect();
        assert!(missing.is_empty(), "not in {document}: {missing:?}");
    }
}

/// A source file without its comments and its tests.
struct Source {
    /// The path below `src`, with `/`.
    path: String,
    lines: Vec<String>,
}

impl Source {
    fn new(path: &str, text: &str) -> Source {
        let lines: Vec<&str> = text.lines().collect();
        // The convention: unit tests stand at the end of their file.
        let end = lines
            .windows(2)
            .position(|pair| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod tests {"))
            .unwrap_or(lines.len());
        let code = lines[..end].iter().map(|line| without_comment(line).to_owned());
        Source { path: path.into(), lines: code.collect() }
    }

    fn top_module(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    fn floor(&self) -> Option<u8> {
        floor(self.top_module())
    }
}

fn floor(module: &str) -> Option<u8> {
    let mut floors = FLOORS.iter().chain(&ROOT_FILES);
    floors.find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

/// What is wrong with a file, one `PATH:LINE: WHY` each.
fn broken_rules(source: &Source) -> Vec<String> {
    let mut broken = Vec::new();
    let Some(floor) = source.floor() else {
        return vec![format!(
            "{}: `{}` has no floor: give it one in tests/architecture.rs",
            source.path,
            source.top_module()
        )];
    };
    let mut report = |line: usize, why: String| {
        broken.push(format!("src/{}:{}: {why}", source.path, line + 1));
    };
    for (line, module) in imports(source) {
        if let Some(why) = forbidden_import(source.top_module(), floor, &module) {
            report(line, why);
        }
    }
    for (number, line) in source.lines.iter().enumerate() {
        for why in forbidden_names(source, floor, line) {
            report(number, why.into());
        }
    }
    if source.lines.len() > LONGEST {
        let why = format!("more than {LONGEST} lines: a second idea wants its own file");
        report(LONGEST, why);
    }
    broken
}

/// The first names after `crate::`, with their lines.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let text = source.lines.join("\n");
    let mut found = Vec::new();
    for (at, marker) in text.match_indices("crate::") {
        if text[..at].ends_with(is_word) {
            continue; // `$crate::` is one of ours, `my_crate::` is not.
        }
        let line = text[..at].matches('\n').count();
        let names = first_names(&text[at + marker.len()..]);
        found.extend(names.into_iter().map(|name| (line, name)));
    }
    found
}

/// The first name of a path, or of each path of a group: `a::b` gives a, `{a::{b, c}, d}` gives
/// a and d.
fn first_names(path: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|c| is_word(*c)).collect::<String>();
    let Some(group) = path.strip_prefix('{') else {
        return vec![word(path)];
    };
    let (mut depth, mut names, mut expects_name) = (0, Vec::new(), true);
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expects_name = true,
            _ if expects_name && is_word(character) => {
                names.push(word(&group[at..]));
                expects_name = false;
            }
            _ => {}
        }
    }
    names
}

fn forbidden_import(from: &str, from_floor: u8, to: &str) -> Option<String> {
    if from == to || from_floor > CLI {
        return None;
    }
    let Some(to_floor) = floor(to) else {
        // `crate::Error` is a name that lib.rs passes on: it hides where it comes from.
        return (from_floor < CLI).then(|| format!("imports `crate::{to}`, which is no module with a floor"));
    };
    if to == "error" && from_floor < CLI {
        return Some("imports `crate::error`, which joins the errors of the floors".into());
    }
    if from != "error" && from_floor == WORKFLOWS && to_floor == WORKFLOWS && !PROVES_WITH.contains(&(from, to)) {
        return Some(format!("imports `{to}`: workflows do not import each other"));
    }
    (to_floor > from_floor).then(|| format!("imports `{to}`, which is above it"))
}

/// What this line names that its file must not.
fn forbidden_names(source: &Source, floor: u8, line: &str) -> Vec<&'static str> {
    let mut why = Vec::new();
    // Where a module of ours is called `postgres`, that is what the name means.
    let own_module = source.lines.iter().any(|line| line.ends_with("mod postgres;"));
    let names_postgres = starts_path(line, "postgres") && line.contains("postgres::");
    if !source.path.starts_with("backend/postgres") && (line.contains(" ::postgres") || (names_postgres && !own_module))
    {
        why.push("names the crate `postgres`: only backend/postgres does");
    }
    if !source.path.starts_with("backend/sqlite") && has_word(line, "rusqlite") {
        why.push("names the crate `rusqlite`: only backend/sqlite does");
    }
    if floor < CLI && has_word(line, "anyhow") {
        why.push("names `anyhow`: only cli does");
    }
    let prints = ["println!", "print!", "eprintln!", "eprint!", "dbg!"];
    if floor < CLI && prints.iter().any(|name| has_word(line, name)) {
        why.push("prints: only cli does");
    }
    if floor == 0 && IMPURE.iter().any(|name| has_word(line, name)) {
        why.push("has I/O, a clock or randomness: the pure modules have none");
    }
    why
}

fn has_word(line: &str, word: &str) -> bool {
    words(line, word).next().is_some()
}

/// Is this word in the line as the first of a path, not as `other::word`?
fn starts_path(line: &str, word: &str) -> bool {
    words(line, word).any(|at| !line[..at].ends_with("::"))
}

fn words(line: &str, word: &str) -> impl Iterator<Item = usize> {
    line.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |at| !line[..*at].ends_with(is_word) && !line[at + word.len()..].starts_with(is_word))
}

fn mentions_command(readme: &str, name: &str) -> bool {
    let command = format!("migrator {name}");
    readme.match_indices(&command).any(|(at, _)| {
        let next = readme[at + command.len()..].chars().next();
        !next.is_some_and(|next| is_word(next) || next == '-')
    })
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn without_comment(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

fn collect(folder: &Path, top: &Path, sources: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "tests" {
                collect(&path, top, sources);
            }
        } else if name.ends_with(".rs") && name != "tests.rs" && !name.ends_with("_tests.rs") {
            let below = path.strip_prefix(top).unwrap().to_string_lossy().replace('\\', "/");
            sources.push(Source::new(&below, &fs::read_to_string(&path).unwrap()));
        }
    }
}

#[track_caller]
fn breaks(path: &str, text: &str, why: &str) {
    let broken = broken_rules(&Source::new(path, text));
    assert!(broken.len() == 1 && broken[0].contains(why), "{broken:?}");
}

#[track_caller]
fn keeps(path: &str, text: &str) {
    assert_eq!(broken_rules(&Source::new(path, text)), [] as [&str; 0]);
}

#[test]
fn an_import_may_not_point_up() {
    breaks("revision/graph.rs", "use crate::script::Script;", "src/revision/graph.rs:1: imports `script`");
    breaks("sql/mod.rs", "use crate::{\n  sql::quote,\n  cli::{Output, Context},\n};", "imports `cli`");
    breaks("backend/mod.rs", "fn f() {\n    crate::migrate::run();\n}", "backend/mod.rs:2: imports `migrate`");
    breaks("migrate/mod.rs", "use crate::autogenerate::Draft;", "do not import each other");
    breaks("import/mod.rs", "use crate::autogenerate::Draft;", "do not import each other");
    breaks("migrate/mod.rs", "use crate::Error;", "no module with a floor");
    breaks("migrate/mod.rs", "use crate::error::Error;", "joins the errors");
    breaks("helpers.rs", "", "has no floor");
    keeps("autogenerate/proof.rs", "use crate::migrate::execute;");
    keeps("import/proof.rs", "use crate::migrate::execute;");
    keeps("migrate/plan.rs", "use crate::{backend::{Sink, sqlite}, revision::Graph};");
    keeps("schema/diff.rs", "use crate::sql::quote; // crate::cli is above");
    keeps("cli/mod.rs", "use crate::Error; use crate::error; use crate::migrate;");
    keeps("error.rs", "use crate::{migrate, autogenerate, sql};");
    keeps("sql/mod.rs", "fn f() {}\n#[cfg(test)]\nmod tests {\n use crate::cli;\n}");
}

#[test]
fn a_name_may_be_where_it_belongs_only() {
    breaks("migrate/mod.rs", "use postgres::Client;", "`postgres`");
    breaks("backend/mod.rs", "use ::postgres::Client;", "`postgres`");
    breaks("migrate/mod.rs", "use rusqlite::Connection;", "`rusqlite`");
    breaks("backend/postgres/mod.rs", "use rusqlite::Connection;", "`rusqlite`");
    breaks("config/mod.rs", "-> anyhow::Result<()> {", "`anyhow`");
    breaks("backend/mod.rs", "    eprintln!(\"a\");", "prints");
    breaks("sql/mod.rs", "use std::fs::File;", "I/O");
    breaks("revision/id.rs", "let now = chrono::Utc::now();", "clock");
    keeps("backend/postgres/mod.rs", "use postgres::Client;");
    keeps("backend/mod.rs", "mod postgres;\npub use postgres::Postgres;");
    keeps("migrate/mod.rs", "use crate::backend::postgres::Postgres; use crate::config::url::postgres::Url;");
    keeps("cli/mod.rs", "use anyhow::Context; println!()");
    keeps("main.rs", "use anyhow::Result;");
    keeps("script/mod.rs", "use std::fs;");
    keeps("sql/mod.rs", "my_println!(); struct InstantNoodles;");
}

#[test]
fn a_file_has_one_idea() {
    let long = "\n".repeat(LONGEST + 1);
    breaks("sql/mod.rs", &long, "more than 500 lines");
    keeps("sql/mod.rs", &format!("#[cfg(test)]\nmod tests {{\n{long}}}"));
}

#[test]
fn a_command_is_mentioned_by_its_whole_name() {
    assert!(mentions_command("run `migrator list-templates`.", "list-templates"));
    assert!(!mentions_command("run `migrator heads`.", "head"));
    assert!(!mentions_command("run `migrator list-templates`.", "list"));
}

//! Schema cases: what leads from `from.sql` to `to.sql` is drafted and proven, in both directions.
//!
//! A case is a folder below `tests/schema_cases/sqlite/` and needs no Rust. Besides its two schemas it may have
//! an `expect.txt`, with lines of
//!
//! - `rename OLD=NEW`: is said, as with `--rename`;
//! - `does: TITLE`: what the draft does, in order; all of it;
//! - `without rows: TABLES`, `back without rows: TABLES`: what could only be proven without rows, because rows
//!   need not allow the change. Where this is not said, every table had rows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on should panic")]

#[path = "schema_cases/dice.rs"]
mod dice;
#[path = "schema_cases/dumps.rs"]
mod dumps;
#[path = "schema_cases/proof.rs"]
mod proof;
#[path = "schema_cases/random.rs"]
mod random;

use std::fs;
use std::path::{Path, PathBuf};

use migrator::autogenerate::{Aim, Options, Source, compare, draft, prove, render};
use migrator::schema::Rename;
use migrator::{Project, Request};

#[test]
fn sqlite_cases_are_proven() {
    let cases = cases();
    let failures: Vec<String> = [false, true]
        .into_iter()
        .flat_map(|foreign_keys| {
            let (_folder, project) = project(foreign_keys);
            cases.iter().filter_map(|case| judge(case, &project).err()).collect::<Vec<_>>()
        })
        .collect();
    assert!(failures.is_empty(), "{} of {} failed\n\n{}", failures.len(), cases.len(), failures.join("\n\n"));
}

/// The folders of the cases; `MIGRATOR_TEST_SCHEMA_CASE` names one of them.
fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema_cases/sqlite");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let only = std::env::var("MIGRATOR_TEST_SCHEMA_CASE").ok();
    cases.retain(|case| only.as_deref().is_none_or(|only| case.ends_with(only)));
    assert!(only.is_some() || cases.len() >= 80, "only {} cases", cases.len());
    cases
}

/// A project without revisions on an SQLite database that is not there.
fn project(foreign_keys: bool) -> (tempfile::TempDir, Project) {
    let folder = tempfile::tempdir().unwrap();
    let configuration = format!("[database]\nurl = \"sqlite:///app.db\"\nforeign_keys = {foreign_keys}\n");
    fs::write(folder.path().join("migrator.toml"), configuration).unwrap();
    fs::create_dir_all(folder.path().join("migrations/versions")).unwrap();
    let project = Project::open(&Request { directory: folder.path().into(), ..Request::default() }).unwrap();
    (folder, project)
}

#[derive(Default)]
struct Expectation {
    renames: Vec<Rename>,
    does: Vec<String>,
    without_rows: String,
    back_without_rows: String,
}

impl Expectation {
    fn read(case: &Path) -> Self {
        let mut expectation = Self::default();
        for line in fs::read_to_string(case.join("expect.txt")).unwrap_or_default().lines() {
            match line.split_once(": ").or_else(|| line.split_once(' ')) {
                Some(("rename", rename)) => expectation.renames.push(rename.parse().unwrap()),
                Some(("does", title)) => expectation.does.push(title.into()),
                Some(("without rows", tables)) => expectation.without_rows = tables.into(),
                Some(("back without rows", tables)) => expectation.back_without_rows = tables.into(),
                _ => panic!("{}: `{line}` is no expectation", case.display()),
            }
        }
        expectation
    }
}

fn judge(case: &Path, project: &Project) -> Result<(), String> {
    let name = case.file_name().unwrap().to_string_lossy();
    let side = |file: &str| Source::File(case.join(file).display().to_string());
    let expectation = Expectation::read(case);
    let back: Vec<Rename> = expectation.renames.iter().map(Rename::inverse).collect();
    let directions = [
        ("from.sql", "to.sql", &expectation.renames, &expectation.without_rows, &expectation.does),
        ("to.sql", "from.sql", &back, &expectation.back_without_rows, &Vec::new()),
    ];
    for (from, to, renames, without_rows, does) in directions {
        let way = format!("{name}, {from} -> {to}");
        let fail = |error: String| format!("{way}: {error}");
        let comparison =
            compare(project, &side(from), &side(to), Aim::Revision).map_err(|error| fail(error.to_string()))?;
        if !comparison.unmodelled().is_empty() {
            return Err(fail(format!("not compared: {:?}", comparison.unmodelled())));
        }
        let options = Options { renames: renames.clone(), no_renames: true, ..Options::default() };
        let draft = draft(&comparison, &options).map_err(|error| fail(format!("{error}: {error:?}")))?;
        let rendered = render(&draft, None);
        let proof = prove(project.config(), &comparison, &draft, &rendered)
            .map_err(|error| fail(format!("{error}\n{error:#?}\n{}\n{}", rendered.upgrade, rendered.downgrade)))?;
        if proof.without_rows.join(", ") != *without_rows {
            return Err(fail(format!("without rows: {}", proof.without_rows.join(", "))));
        }
        let titles: Vec<&String> = draft.actions().map(|action| &action.title).collect();
        if !does.is_empty() && titles != does.iter().collect::<Vec<_>>() {
            return Err(fail(format!("it does {titles:#?}")));
        }
    }
    Ok(())
}

//! The graph behaves as recorded from Alembic, on every backend: see `tests/conformance/README.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on should panic"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Deserialize;
use serde_json::Value;
use support::postgres::servers;
use support::project::Project;

/// Every so many cases one runs on PostgreSQL too.
const SAMPLE: usize = 12;

#[derive(Deserialize)]
struct Recording {
    graphs: BTreeMap<String, Vec<Node>>,
    cases: Vec<Case>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Node {
    id: String,
    down: Vec<String>,
    depends_on: Vec<String>,
    labels: Vec<String>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    graph: String,
    #[serde(default)]
    setup: Vec<Vec<String>>,
    #[serde(default)]
    start: Vec<String>,
    run: Vec<String>,
    expect: Expect,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Expect {
    any: bool,
    error: Option<Vec<String>>,
    steps: Option<Vec<String>>,
    heads: Option<Vec<String>>,
    ids: Option<Vec<String>>,
    branches: Option<BTreeMap<String, Vec<String>>>,
    script: Option<Vec<String>>,
    file: Option<BTreeMap<String, Vec<String>>>,
    unordered: bool,
}

#[test]
fn every_case_on_sqlite() {
    let recording = recording();
    let cases: Vec<&Case> = recording.cases.iter().collect();
    report(&cases, &failures(&cases, &|case| case.check(&recording, &Project::sqlite())));
}

#[test]
fn a_sample_of_the_cases_on_postgresql() {
    let recording = recording();
    let cases: Vec<&Case> = recording.cases.iter().step_by(SAMPLE).collect();
    for server in servers() {
        let on_server = |case: &Case| {
            let database = server.database();
            case.check(&recording, &Project::postgres(&database))
                .map_err(|why| format!("on PostgreSQL {}: {why}", server.version()))
        };
        report(&cases, &failures(&cases, &on_server));
    }
}

fn recording() -> Recording {
    serde_json::from_str(include_str!("conformance/cases.json")).unwrap()
}

/// The names of the cases that are expected to differ.
fn deviations() -> BTreeSet<&'static str> {
    let lines = include_str!("conformance_deviations.txt").lines();
    lines.map(|line| line.split('#').next().unwrap_or_default().trim()).filter(|name| !name.is_empty()).collect()
}

/// Why each of `cases` fails, by name; on all processors.
fn failures(cases: &[&Case], check: &(dyn Fn(&Case) -> Result<(), String> + Sync)) -> BTreeMap<String, String> {
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let work = || {
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(why) = check(case) {
                failures.lock().unwrap().insert(case.name.clone(), why);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(work);
        }
    });
    failures.into_inner().unwrap()
}

/// Panics unless just the deviations failed.
fn report(cases: &[&Case], failures: &BTreeMap<String, String>) {
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    let deviations = deviations();
    let unexpected = failures.iter().filter(|(name, _)| !deviations.contains(name.as_str()));
    let mut wrong: Vec<String> = unexpected.map(|(name, why)| format!("{name}: {why}")).collect();
    let all: BTreeSet<String> = recording().cases.into_iter().map(|case| case.name).collect();
    for name in deviations {
        if !all.contains(name) {
            wrong.push(format!("{name}: listed as a deviation, but there is no such case"));
        } else if names.contains(name) && !failures.contains_key(name) {
            wrong.push(format!("{name}: listed as a deviation, but it holds"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// What a command answered.
struct Answer {
    code: i32,
    document: Value,
}

impl Answer {
    fn error_kind(&self) -> Option<&str> {
        self.document["error"]["kind"].as_str()
    }

    /// A list of ids in the document, sorted.
    fn sorted(&self, key: &str) -> Vec<String> {
        sorted(&strings(&self.document[key]))
    }
}

impl Case {
    fn check(&self, recording: &Recording, project: &Project) -> Result<(), String> {
        for (number, node) in recording.graphs[&self.graph].iter().enumerate() {
            project.write(&format!("migrations/versions/{}", node.file_name(number)), &node.file());
        }
        let mut heads = Vec::new();
        for command in &self.setup {
            let answer = run(project, command)?;
            if answer.code != 0 {
                break;
            }
            heads = answer.sorted("heads");
        }
        same("the start", &heads, &self.start)?;
        let answer = run(project, &self.run)?;
        match (&self.expect, answer.code) {
            (Expect { any: true, .. }, 0) => Ok(()),
            (Expect { any: true, .. }, _) => self.failed_cleanly(&[], &answer),
            (Expect { error: Some(kinds), .. }, _) => {
                self.failed_cleanly(kinds, &answer)?;
                self.left_everything(project, &heads)
            }
            (_, 0) => self.succeeded(project, &answer),
            _ => Err(format!("failed: {}", answer.document)),
        }
    }

    fn failed_cleanly(&self, kinds: &[String], answer: &Answer) -> Result<(), String> {
        if kinds == ["not_at_head"] {
            // A check that found something answers with its document.
            return same("the check", &(answer.code, answer.document["at_head"].as_bool()), &(3, Some(false)));
        }
        let Some(kind) = answer.error_kind() else {
            return Err(format!("exit code {} without an error: {}", answer.code, answer.document));
        };
        let usage = answer.code == 2 && kinds == ["bad_option_combination"];
        if answer.code == 0 || !(kinds.is_empty() || usage || kinds.iter().any(|expected| expected == kind)) {
            return Err(format!("error {kind}, expected {kinds:?}"));
        }
        Ok(())
    }

    /// A command that failed must not have changed what is applied.
    fn left_everything(&self, project: &Project, heads: &[String]) -> Result<(), String> {
        let changes = ["upgrade", "downgrade", "stamp"].contains(&self.run[0].as_str());
        if !changes || self.graph.starts_with("bad_") || self.graph.starts_with("dup") {
            return Ok(());
        }
        same("what the failed command left", &run(project, &["current".to_owned()])?.sorted("heads"), heads)
    }

    fn succeeded(&self, project: &Project, answer: &Answer) -> Result<(), String> {
        let expect = &self.expect;
        let in_order = |list: &[String]| if expect.unordered { sorted(list) } else { list.to_vec() };
        let document = &answer.document;
        if let Some(steps) = &expect.steps {
            same("the steps", &in_order(&each(&document["steps"], step)), &in_order(steps))?;
        }
        if let Some(heads) = &expect.heads {
            same("the heads", &answer.sorted("heads"), heads)?;
        }
        if let Some(ids) = &expect.ids {
            let key = if self.run[0] == "heads" { "heads" } else { "revisions" };
            same("the ids", &in_order(&each(&document[key], |row| string(&row["revision"]))), &in_order(ids))?;
        }
        if let Some(branches) = &expect.branches {
            let rows = document["branches"].as_array().unwrap();
            let children = |row: &Value| (string(&row["revision"]), sorted(&strings(&row["children"])));
            same("the branches", &rows.iter().map(children).collect::<BTreeMap<_, _>>(), branches)?;
        }
        if let Some(tables) = &expect.script {
            same("the script", &in_order(&tables_of(&string(&document["sql"]), &self.run[0])), &in_order(tables))?;
        }
        if let Some(file) = &expect.file {
            let shown = run(project, &["show".to_owned(), string(&document["revision"])])?;
            for (key, expected) in file {
                same(key, &sorted(&strings(&shown.document["revisions"][0][key])), &sorted(expected))?;
            }
        }
        Ok(())
    }
}

impl Node {
    /// Files load in id order; an id that occurs twice gets a second file.
    fn file_name(&self, number: usize) -> String {
        format!("{}_{number}.sql", only_word_characters(&self.id))
    }

    fn file(&self) -> String {
        let mut text = format!("-- revision {0}\n--\n-- migrator:revision {0}\n", self.id);
        for (key, names) in [("revises", &self.down), ("depends-on", &self.depends_on), ("branch-labels", &self.labels)]
        {
            if !names.is_empty() {
                text += &format!("-- migrator:{key} {}\n", names.join(", "));
            }
        }
        let table = only_word_characters(&self.id);
        text + &format!(
            "\n-- migrator:upgrade\nCREATE TABLE t_{table} (id INTEGER);\n\n-- migrator:downgrade\nDROP TABLE t_{table};\n"
        )
    }
}

fn only_word_characters(text: &str) -> String {
    text.chars().map(|character| if character.is_ascii_alphanumeric() { character } else { '_' }).collect()
}

fn run(project: &Project, command: &[String]) -> Result<Answer, String> {
    let arguments: Vec<&str> = ["--json", "--yes"].into_iter().chain(command.iter().map(String::as_str)).collect();
    let output = project.run(&arguments);
    let code = output.code.filter(|code| (0..100).contains(code));
    match (code, serde_json::from_str(&output.stdout)) {
        (Some(code), Ok(document @ Value::Object(_))) => Ok(Answer { code, document }),
        _ => Err(format!("{command:?} crashed or gave no JSON object: {output:?}")),
    }
}

fn step(step: &Value) -> String {
    let sign = if step["direction"] == "upgrade" { "+" } else { "-" };
    format!("{sign}{}", string(&step["revision"]))
}

/// The ids of the tables that a script makes or drops, as steps.
fn tables_of(script: &str, command: &str) -> Vec<String> {
    // The version table's rows may hold the other direction's text.
    let (sign, statement) = if command == "upgrade" { ("+", "CREATE TABLE t_") } else { ("-", "DROP TABLE t_") };
    let tables = script.lines().filter_map(|line| line.strip_prefix(statement));
    tables.map(|rest| format!("{sign}{}", rest.split([' ', ';']).next().unwrap_or_default())).collect()
}

fn each(list: &Value, map: impl Fn(&Value) -> String) -> Vec<String> {
    list.as_array().into_iter().flatten().map(map).collect()
}

fn strings(list: &Value) -> Vec<String> {
    each(list, string)
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn sorted(list: &[String]) -> Vec<String> {
    let mut list = list.to_vec();
    list.sort_unstable();
    list
}

fn same<T: PartialEq<U> + std::fmt::Debug + ?Sized, U: std::fmt::Debug + ?Sized>(
    what: &str,
    is: &T,
    expected: &U,
) -> Result<(), String> {
    if is == expected { Ok(()) } else { Err(format!("{what}: {is:?}, expected {expected:?}")) }
}

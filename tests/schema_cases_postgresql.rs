//! Schema cases on PostgreSQL: what leads from `from.sql` to `to.sql` is drafted and proven, in both directions; and
//! a dump, loaded again, is the same database by `pg_dump` and by the second judge. Folders with a `schema.sql` below
//! `tests/schema_cases/postgresql_dumps/` are dumped only.
//!
//! A case is a folder below `tests/schema_cases/postgresql/` and needs no Rust. Besides its two schemas it may have
//! an `expect.txt`, with lines of
//!
//! - `versions: FIRST-`: runs from this version of PostgreSQL on;
//! - `without rows: TABLES`, `back without rows: TABLES`: what could only be proven without rows;
//! - `does: STATEMENT`: a statement that the upgrade has;
//! - `compares: owners, grants`: what is compared besides;
//! - `roles: NAMES`: roles that are there; wherever the case writes one of them as `$NAME`, the name is the run's own.
//! - `rename: OLD=NEW`: is said, as with `--rename`.
//!
//! With several servers each gets its share of the cases; `MIGRATOR_TEST_SCHEMA_ALL=1` gives all to each.
//! `MIGRATOR_TEST_SCHEMA_CASE` names the only cases to run, joined by commas; `MIGRATOR_TEST_SCHEMA_FOLDER` a folder of larger schemas,
//! whose files are dumped and loaded again besides: those of one folder below it one after the other, folders with
//! a `from.sql` as cases.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that cannot go on should panic"
)]

#[path = "schema_cases/dice.rs"]
mod dice;
#[path = "schema_cases/postgresql_hazards.rs"]
mod hazards;
#[path = "schema_cases/postgresql_random/mod.rs"]
mod random;
#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use migrator::autogenerate::{Aim, Draft, Error, Options, Rendered, Source, compare, draft, prove, render, settle};
use migrator::backend::schema::DraftPart;
use migrator::schema::{Action, Rename};
use migrator::{Project, Request};
use support::postgres::{Database, Server, each_postgres, servers};

/// A project on a database; `compares` is what it compares besides.
fn project(database: &Database, compares: &[String]) -> (tempfile::TempDir, Project) {
    let folder = tempfile::tempdir().unwrap();
    let mut toml = format!("[database]\nurl = \"{}\"\n[autogenerate]\n", database.url());
    toml.extend(compares.iter().map(|what| format!("{what} = true\n")));
    fs::write(folder.path().join("migrator.toml"), toml).unwrap();
    fs::create_dir_all(folder.path().join("migrations/versions")).unwrap();
    let project = Project::open(&Request { directory: folder.path().into(), ..Request::default() }).unwrap();
    (folder, project)
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema_cases/postgresql");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    if let Some(folder) = larger() {
        let pairs = fs::read_dir(folder.join("pairs")).unwrap().map(|entry| entry.unwrap().path());
        cases.extend(pairs);
    }
    cases.sort();
    let only = std::env::var("MIGRATOR_TEST_SCHEMA_CASE").ok();
    cases.retain(|case| only.as_deref().is_none_or(|only| only.split(',').any(|only| case.ends_with(only))));
    cases
}

/// Where several servers are tested against, each gets its share of what runs everywhere, so that a run stays short;
/// with `MIGRATOR_TEST_SCHEMA_ALL` or a single case, each gets everything.
fn is_turn_of(database: &Database, number: usize, case: &Path) -> bool {
    let all = ["MIGRATOR_TEST_SCHEMA_ALL", "MIGRATOR_TEST_SCHEMA_CASE"];
    let versions: Vec<u32> = servers().iter().map(|server| server.version()).collect();
    let first = Expectation::read(case).first_version;
    let everywhere = first > 0 || all.iter().any(|name| std::env::var_os(name).is_some());
    database.version() >= first && (everywhere || versions[number % versions.len()] == database.version())
}

fn larger() -> Option<PathBuf> {
    std::env::var_os("MIGRATOR_TEST_SCHEMA_FOLDER").map(PathBuf::from).filter(|folder| folder.is_dir())
}

#[derive(Default)]
struct Expectation {
    first_version: u32,
    renames: Vec<Rename>,
    does: Vec<String>,
    compares: Vec<String>,
    roles: Vec<String>,
    without_rows: String,
    back_without_rows: String,
}

impl Expectation {
    fn read(case: &Path) -> Self {
        let mut expectation = Self::default();
        let list = |text: &str| text.split(", ").map(str::to_owned).collect();
        for line in fs::read_to_string(case.join("expect.txt")).unwrap_or_default().lines() {
            match line.split_once(": ") {
                Some(("versions", first)) => expectation.first_version = first.trim_end_matches('-').parse().unwrap(),
                Some(("compares", what)) => expectation.compares = list(what),
                Some(("roles", names)) => expectation.roles = list(names),
                Some(("rename", rename)) => expectation.renames.push(rename.parse().unwrap()),
                Some(("does", statement)) => expectation.does.push(statement.into()),
                Some(("without rows", tables)) => expectation.without_rows = tables.into(),
                Some(("back without rows", tables)) => expectation.back_without_rows = tables.into(),
                _ => panic!("{}: `{line}` is no expectation", case.display()),
            }
        }
        expectation
    }
}

/// A case with roles of its own, which are gone when this is.
struct Cast {
    folder: tempfile::TempDir,
    server: &'static Server,
    roles: Vec<(String, String)>,
}

impl Cast {
    fn of(case: &Path, server: &'static Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let suffix = folder.path().file_name().unwrap().to_string_lossy().trim_start_matches(".tmp").to_lowercase();
        let own = |name: &String| (format!("${name}"), format!("{name}_{suffix}"));
        let mut roles: Vec<_> = Expectation::read(case).roles.iter().map(own).collect();
        // No name is replaced by a shorter one that it begins with.
        roles.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let create: String = roles.iter().map(|(_, role)| format!("CREATE ROLE {role};")).collect();
        server.client().batch_execute(&create).unwrap();
        let cast = Self { folder, server, roles };
        for name in ["from.sql", "to.sql"] {
            fs::write(cast.file(name), cast.with_roles(&fs::read_to_string(case.join(name)).unwrap())).unwrap();
        }
        cast
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn with_roles(&self, text: &str) -> String {
        self.roles.iter().fold(text.to_owned(), |text, (name, role)| text.replace(name, role))
    }
}

impl Drop for Cast {
    fn drop(&mut self) {
        for (_, role) in &self.roles {
            self.server.client().batch_execute(&format!("DROP ROLE {role}")).unwrap();
        }
    }
}

#[test]
fn postgresql_cases_are_proven() {
    each_postgres(|database| {
        let cases: Vec<PathBuf> = cases()
            .into_iter()
            .enumerate()
            .filter(|(number, case)| is_turn_of(database, *number, case))
            .map(|(_, case)| case)
            .collect();
        let judged = in_threads(&cases, |case| judge(case, database));
        let failures: Vec<String> = judged.into_iter().filter_map(Result::err).collect();
        assert!(failures.is_empty(), "{} of {} failed\n\n{}", failures.len(), cases.len(), failures.join("\n\n"));
    });
}

/// Most of the time is the server's, making databases.
fn in_threads<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    std::thread::scope(|scope| {
        let share = |number: usize| items.iter().skip(number).step_by(4);
        let work = &work;
        let running: Vec<_> =
            (0..4).map(|number| scope.spawn(move || share(number).map(work).collect::<Vec<R>>())).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

fn judge(case: &Path, database: &Database) -> Result<(), String> {
    let name = case.file_name().unwrap().to_string_lossy();
    let expectation = Expectation::read(case);
    let is_larger = larger().is_some_and(|folder| case.starts_with(folder));
    let (cast, project) = (Cast::of(case, database.server()), project(database, &expectation.compares));
    let back: Vec<Rename> = expectation.renames.iter().map(Rename::inverse).collect();
    let directions = [
        ("from.sql", "to.sql", &expectation.renames, &expectation.without_rows, &expectation.does),
        ("to.sql", "from.sql", &back, &expectation.back_without_rows, &Vec::new()),
    ];
    for (from, to, renames, without_rows, does) in directions {
        let fail = |error: String| format!("{name}, {from} -> {to}: {error}");
        let files = (cast.file(from), cast.file(to));
        let (rendered, proven) = proven(&project.1, &files.0, &files.1, renames).map_err(fail)?;
        let rendered = rendered.upgrade;
        if !is_larger && proven.join(", ") != *without_rows {
            return Err(fail(format!("without rows: {}\n{}", proven.join(", "), rendered)));
        }
        for statement in does {
            if !rendered.contains(&cast.with_roles(statement)) {
                return Err(fail(format!("it lacks `{statement}`:\n{rendered}")));
            }
        }
    }
    Ok(())
}

/// Drafts and proves the way between two files; gives it, and the tables that had no rows.
fn proven(project: &Project, from: &Path, to: &Path, renames: &[Rename]) -> Result<(Rendered, Vec<String>), String> {
    let side = |file: &Path| Source::File(file.display().to_string());
    let comparison =
        compare(project, &side(from), &side(to), Aim::Revision).map_err(|error| format!("{error}: {error:?}"))?;
    if !comparison.unmodelled().is_empty() {
        return Err(format!("not compared: {:?}", comparison.unmodelled()));
    }
    let options = Options { renames: renames.to_vec(), no_renames: true, ..Options::default() };
    let mut draft = draft(&comparison, &options).map_err(|error| format!("{error}: {error:?}"))?;
    let result = settle(project.config(), &comparison, &mut draft);
    let rendered = render(&draft, None);
    let proof = result
        .map_err(|error| format!("{error}\n{error:#?}\n{}\n-- down\n{}", rendered.upgrade, rendered.downgrade))?;
    Ok((rendered, proof.without_rows))
}

#[test]
fn what_is_written_anew_without_a_word_is_found() {
    each_postgres(|database| {
        let (folder, project) = project(database, &[]);
        let side = |name: &str, kind: &str, also: &str| {
            let sql = format!(
                "CREATE TABLE t (id integer, a {kind}); CREATE TABLE u (a {kind}{also}); \
                 CREATE MATERIALIZED VIEW v AS SELECT a FROM t;"
            );
            fs::write(folder.path().join(name), sql).unwrap();
            Source::File(folder.path().join(name).display().to_string())
        };
        let (from, to) = (side("from.sql", "integer", ""), side("to.sql", "bigint", ", b integer"));
        let comparison = compare(&project, &from, &to, Aim::Revision).unwrap();
        let cleared = |way: fn(&mut Draft) -> &mut Vec<DraftPart>, is_meant: fn(&Action) -> bool| {
            let mut draft = draft(&comparison, &Options::default()).unwrap();
            let rendered = render(&draft, None);
            prove(project.config(), &comparison, &draft, &rendered).unwrap();
            let actions = way(&mut draft).iter_mut().flat_map(|part| &mut part.actions);
            actions.filter(|action| is_meant(action)).for_each(|action| action.hazards.clear());
            match prove(project.config(), &comparison, &draft, &rendered) {
                Err(Error::NotProven { stage, message, details, .. }) => {
                    assert_eq!(message, "rows are written anew, and no hazard `table-rewrite` says so");
                    (stage, details.join(", "))
                }
                other => panic!("{other:?}"),
            }
        };
        let all = cleared(|draft| &mut draft.upgrade, |_| true);
        assert_eq!(all, ("after the upgrade", "materialized view v, table t, table u".into()));
        let back = cleared(|draft| &mut draft.downgrade, |action| action.title == "alter table u");
        assert_eq!(back, ("after the downgrade", "table u".into()));
    });
}

/// A database's schema by `pg_dump`, if the one at hand knows the server's version. Owners and grants are dumped where
/// they are compared.
fn pg_dump(database: &Database, compares: &[String]) -> Option<String> {
    if database.version() > 15 {
        return None;
    }
    let left_out = [("owners", "--no-owner"), ("grants", "--no-acl")];
    let left_out = left_out.iter().filter(|(what, _)| !compares.iter().any(|compared| compared == what));
    let output = Command::new("pg_dump")
        .args(["-s", &database.url()])
        .args(left_out.map(|(_, option)| option))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().filter(|line| !line.starts_with("\\")).collect::<Vec<_>>().join("\n"))
}

fn load(database: &Database, file: &Path) {
    let text = fs::read_to_string(file).unwrap();
    let text: String = text
        .lines()
        .filter(|line| !line.starts_with('\\') && !line.contains(" DATABASE ") && !line.contains(" SCHEMA public "))
        .map(|line| format!("{line}\n"))
        .collect();
    let output = {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("schema.sql");
        fs::write(&file, text).unwrap();
        let arguments = ["-qX", "-v", "ON_ERROR_STOP=1", "-f", file.to_str().unwrap(), &database.url()];
        Command::new("psql").args(arguments).output().unwrap()
    };
    assert!(output.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_dump_makes_the_same_database() {
    let mut files: Vec<PathBuf> =
        cases().iter().flat_map(|case| [case.join("from.sql"), case.join("to.sql")]).collect();
    let functions = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema_cases/postgresql_dumps");
    files.extend(fs::read_dir(functions).unwrap().map(|entry| entry.unwrap().path().join("schema.sql")));
    if let Some(folder) = larger() {
        files.push(folder.join("chinook/Chinook_PostgreSql_SerialPKs.sql"));
        let pagila = fs::read_dir(folder.join("pagila")).unwrap().map(|entry| entry.unwrap().path());
        files.extend(pagila.filter(|file| file.extension().is_some_and(|extension| extension == "sql")));
    }
    files.sort();
    each_postgres(|database| {
        // Both files of a case are of the same number.
        let files: Vec<&PathBuf> = files
            .iter()
            .enumerate()
            .filter(|(number, file)| is_turn_of(database, number / 2, file.parent().unwrap()))
            .map(|(_, file)| file)
            .collect();
        let judged = in_threads(&files, |file| judge_dump(file, database));
        let failures: Vec<String> = judged.into_iter().filter_map(Result::err).collect();
        assert!(failures.is_empty(), "{} of {} failed\n\n{}", failures.len(), files.len(), failures.join("\n\n"));
    });
}

/// Dumps the schema of `file`, and what that dump makes of another database.
fn judge_dump(file: &Path, database: &Database) -> Result<(), String> {
    let case = file.parent().unwrap();
    let Expectation { compares, roles, .. } = Expectation::read(case);
    let cast = (!roles.is_empty()).then(|| Cast::of(case, database.server()));
    let name = file.file_name().unwrap().to_string_lossy();
    let source = cast.as_ref().map_or_else(|| file.to_owned(), |cast| cast.file(&name));
    let original = database.server().database();
    load(&original, &source);
    let again = database.server().database();
    let dumped = dump(&original, &compares);
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("dump.sql");
    fs::write(&copy, &dumped).unwrap();
    load(&again, &copy);
    if dump(&again, &compares) != dumped {
        return Err(format!("{}: dumped again it is another text", file.display()));
    }
    let (before, after) = (pg_dump(&original, &compares), pg_dump(&again, &compares));
    if before != after && (compares.is_empty() || sorted(before.clone()) != sorted(after.clone())) {
        return Err(format!("{}:\n{}", file.display(), changes(&before.unwrap(), &after.unwrap())));
    }
    Ok(())
}

fn dump(database: &Database, compares: &[String]) -> String {
    migrator::autogenerate::dump(&project(database, compares).1).unwrap().sql
}

fn changes(before: &str, after: &str) -> String {
    let lines = |text: &str| -> BTreeSet<String> { text.lines().map(str::to_owned).collect() };
    let (before, after) = (lines(before), lines(after));
    let gone = before.difference(&after).map(|line| format!("- {line}\n"));
    gone.chain(after.difference(&before).map(|line| format!("+ {line}\n"))).collect()
}

/// The draft is proven, and what it makes of a database is by `pg_dump` what the other file makes, there and back.
fn leads_to(database: &Database, project: &Project, from: &Path, to: &Path) -> Result<(), String> {
    let rendered = proven(project, from, to, &[])?.0;
    let (start, wanted) = (database.server().database(), database.server().database());
    load(&start, from);
    load(&wanted, to);
    let expected = [sorted(pg_dump(&wanted, &[])), sorted(pg_dump(&start, &[]))];
    for (text, (expected, file)) in
        [&rendered.upgrade, &rendered.downgrade].into_iter().zip(expected.iter().zip([to, from]))
    {
        start.client().batch_execute(text).map_err(|error| format!("{error:?}"))?;
        if sorted(pg_dump(&start, &[])) != *expected {
            return Err(format!("pg_dump finds another schema than {}", file.display()));
        }
        let again = compare(
            &self::project(&start, &[]).1,
            &Source::Database,
            &Source::File(file.display().to_string()),
            Aim::Difference,
        );
        let left: Vec<String> =
            again.map_err(|error| error.to_string())?.changes().iter().map(ToString::to_string).collect();
        if !left.is_empty() {
            return Err(format!("still to do: {}", left.join(", ")));
        }
    }
    Ok(())
}

/// The lines of a dump in an order of their own: columns that were added are the last, and who was granted something
/// later comes later.
fn sorted(dump: Option<String>) -> Vec<String> {
    let mut lines: Vec<String> =
        dump.iter().flat_map(|text| text.lines()).map(|line| line.trim_end_matches(',').to_owned()).collect();
    lines.sort();
    lines
}

#[test]
fn the_larger_schemas_lead_to_each_other() {
    let Some(folder) = larger() else { return };
    let mut states: Vec<PathBuf> =
        fs::read_dir(folder.join("pagila")).unwrap().map(|entry| entry.unwrap().path()).collect();
    states.retain(|file| file.extension().is_some_and(|extension| extension == "sql"));
    states.sort();
    each_postgres(|database| {
        let project = project(database, &[]);
        // A proof goes both ways, but what was drafted in a direction may not be what is in the other.
        let pairs: Vec<(&PathBuf, &PathBuf)> = states
            .iter()
            .flat_map(|from| states.iter().map(move |to| (from, to)))
            .filter(|(from, to)| from != to)
            .collect();
        let results = in_threads(&pairs, |(from, to)| {
            let result = leads_to(database, &project.1, from, to);
            result.map_err(|error| format!("{} -> {}: {error}", from.display(), to.display()))
        });
        let failures: Vec<String> = results.into_iter().filter_map(Result::err).collect();
        assert!(failures.is_empty(), "{} of {} failed\n\n{}", failures.len(), pairs.len(), failures.join("\n\n"));
    });
}

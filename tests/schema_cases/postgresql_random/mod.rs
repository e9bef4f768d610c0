//! Random schemas and random edits on PostgreSQL: whatever they are, the draft is proven, and what it makes of a
//! database leaves nothing to do.
//!
//! A round is one schema that is edited. Several run side by side in one database, each in schemas of its own, and
//! one after the other from what the last one left. `MIGRATOR_TEST_SCHEMA_ROUNDS` and `MIGRATOR_TEST_SCHEMA_SEED`
//! make it longer, or repeat from a seed.

mod constraints;
mod edits;
mod model;
mod routines;
mod tables;
mod types;
mod views;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use migrator::Project;
use migrator::autogenerate::{Aim, Options, Source, compare, draft, dump, render, script, settle};
use migrator::schema::Rename;
use model::World;

use super::support::postgres::{Server, servers};
use crate::dice::Random;

const ROUNDS: u64 = 300;
/// Schemas side by side in a database.
const WORLDS: u64 = 5;
/// Edited one after the other.
const STEPS: u64 = 5;
const WORKERS: usize = 2;

#[test]
fn random_edits_are_proven() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let rounds: u64 = number("MIGRATOR_TEST_SCHEMA_ROUNDS").unwrap_or(ROUNDS);
    let first: u64 = number("MIGRATOR_TEST_SCHEMA_SEED").unwrap_or(1);
    let (next, last) = (AtomicU64::new(first), first + rounds.div_ceil(WORLDS * STEPS));
    let work = || {
        let (mut failures, mut renamed) = (Vec::new(), 0);
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= last {
                return (failures, renamed);
            }
            let servers = servers();
            let server = &servers[usize::try_from(seed).unwrap() % servers.len()];
            match chain(seed, server) {
                Ok(renames) => renamed += renames,
                Err(failure) => failures.push(failure),
            }
        }
    };
    let results: Vec<(Vec<String>, usize)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let failures: Vec<&str> = results.iter().flat_map(|(failures, _)| failures).map(String::as_str).collect();
    assert!(failures.is_empty(), "{} failed\n\n{}", failures.len(), failures[..failures.len().min(3)].join("\n\n"));
    let renamed: usize = results.iter().map(|(_, renamed)| renamed).sum();
    assert!(renamed as u64 >= rounds / 20, "only {renamed} renames in {rounds} rounds");
}

/// A database from one state to the next; gives how much is renamed.
fn chain(seed: u64, server: &'static Server) -> Result<usize, String> {
    let mut random = Random::new(seed);
    let database = server.database();
    let (folder, project) = super::project(&database, &[]);
    let delicate = seed.is_multiple_of(3);
    let mut worlds: Vec<World> =
        (0..WORLDS).map(|number| World::new(number, server.version(), delicate, &mut random)).collect();
    let mut renamed = 0;
    let mut from = String::new();
    for step in 0..=STEPS {
        for world in &mut worlds {
            world.remember_names();
            let edits = if step == 0 { 10 + random.below(15) } else { 1 + random.below(6) };
            (0..edits).for_each(|_| world.edit(&mut random));
        }
        let to: String = worlds.iter().map(World::sql).collect();
        let renames: Vec<Rename> = match step {
            0 => Vec::new(),
            _ => worlds.iter().flat_map(World::renames).map(|(from, to)| Rename { from, to }).collect(),
        };
        renamed += renames.len();
        let fail = |error: String| {
            format!(
                "PostgreSQL {}, seed {seed}, step {step}: {error}\n--- from\n{from}\n--- to\n{to}",
                server.version()
            )
        };
        let sql = taken(&project, folder.path(), &to, renames).map_err(fail)?;
        database.client().batch_execute(&sql).map_err(|error| fail(format!("{error:?}\n{sql}")))?;
        nothing_left(&project, folder.path()).map_err(fail)?;
        from = to;
    }
    Ok(renamed)
}

/// What takes the database to `to`, proven.
fn taken(project: &Project, folder: &Path, to: &str, renames: Vec<Rename>) -> Result<String, String> {
    let path = folder.join("to.sql");
    fs::write(&path, to).unwrap();
    let declared = Source::File(path.display().to_string());
    let comparison =
        compare(project, &Source::Database, &declared, Aim::Revision).map_err(|error| format!("{error:#?}"))?;
    if !comparison.unmodelled().is_empty() {
        return Err(format!("not compared: {:?}", comparison.unmodelled()));
    }
    let options = Options { renames, no_renames: true, ..Options::default() };
    let mut draft = draft(&comparison, &options).map_err(|error| format!("{error:#?}"))?;
    let result = settle(project.config(), &comparison, &mut draft);
    let rendered = render(&draft, None);
    result.map_err(|error| format!("{error}\n{error:#?}\n{}\n-- down\n{}", rendered.upgrade, rendered.downgrade))?;
    Ok(script(&draft))
}

/// The database is what was declared, and so is its dump.
fn nothing_left(project: &Project, folder: &Path) -> Result<(), String> {
    let dumped = dump(project).map_err(|error| error.to_string())?.sql;
    let path = folder.join("dump.sql");
    fs::write(&path, &dumped).unwrap();
    let declared = Source::File(folder.join("to.sql").display().to_string());
    let live =
        compare(project, &Source::Database, &declared, Aim::Difference).map_err(|error| format!("{error:#?}"))?;
    if !live.changes().is_empty() {
        return Err(format!("still to do: {:?}", live.changes()));
    }
    let again = Source::File(path.display().to_string());
    let dump = compare(project, &Source::Database, &again, Aim::Difference)
        .map_err(|error| format!("the dump: {error:#?}\n{dumped}"))?;
    let changes = dump.changes();
    if changes.is_empty() { Ok(()) } else { Err(format!("the dump differs: {changes:?}\n{dumped}")) }
}

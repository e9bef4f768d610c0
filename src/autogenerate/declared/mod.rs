//! The declared schema: SQL files or what a program prints, loaded into a scratch database.

mod places;
mod renames;
mod text;

use std::path::PathBuf;

use super::error::DeclaredFailure;
use super::proof::Told;
use super::{Aim, Error};
use crate::backend::{RunMode, Workshop};
use crate::config::Config;
use crate::schema::{Catalog, Rename};
use places::{output_of, paths};
use text::Text;

/// A schema that was declared, with the renames that its files tell.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub catalog: Catalog,
    pub renames: Vec<Rename>,
    /// What others said of it, where it is the aim of a revision.
    pub told: Option<Told>,
}

/// The schema that the configuration declares.
pub(super) fn configured(config: &Config, workshop: &Workshop, aim: Aim) -> Result<Declared, Error> {
    match &config.autogenerate.command {
        Some(command) => load(workshop, vec![("the output of the command".into(), output_of(command, config)?)], aim),
        None => files(config, workshop, &config.autogenerate.schema, aim),
    }
}

/// The schema of files, directories and globs.
pub(super) fn files(config: &Config, workshop: &Workshop, patterns: &[String], aim: Aim) -> Result<Declared, Error> {
    let paths = paths(&config.directory, patterns)?;
    let read = |path: PathBuf| match std::fs::read_to_string(&path) {
        Ok(text) => Ok((path, text.trim_start_matches('\u{feff}').replace("\r\n", "\n"))),
        Err(source) => Err(Error::Unreadable { path, source }),
    };
    load(workshop, paths.into_iter().map(read).collect::<Result<_, _>>()?, aim)
}

/// Loads whole texts in rounds, so that they may come in any order: a text that fails waits for the others.
fn load(workshop: &Workshop, texts: Vec<(PathBuf, String)>, aim: Aim) -> Result<Declared, Error> {
    let mut connection = workshop.empty()?;
    let dialect = connection.dialect();
    let mut waiting =
        texts.into_iter().map(|(path, text)| Text::new(path, text, dialect)).collect::<Result<Vec<_>, _>>()?;
    let mut renames = Vec::new();
    for text in &waiting {
        renames.extend(text.renames(connection.as_mut(), dialect)?);
    }
    connection.start(RunMode::PerRevision)?;
    let alone = waiting.len() == 1;
    while !waiting.is_empty() {
        let count = waiting.len();
        let (mut failed, mut failures) = (Vec::new(), Vec::new());
        for text in waiting {
            if let Err(failure) = text.run(connection.as_mut(), alone)? {
                failed.push(text);
                failures.push(failure);
            }
        }
        waiting = failed;
        let mut failures = failures.into_iter();
        if waiting.len() == count
            && let Some(first) = failures.next()
        {
            return Err(Error::Declared(Box::new(joined(first, failures))));
        }
    }
    connection.finish()?;
    let schema = connection.schema()?;
    let catalog = schema.catalog()?;
    let told = if aim == Aim::Revision { Some(Told::of(schema)?) } else { None };
    Ok(Declared { catalog, renames, told })
}

/// The first failure, with the others in its hint: any of them may be the cause, and the rest what comes of it.
fn joined(first: DeclaredFailure, others: impl Iterator<Item = DeclaredFailure>) -> DeclaredFailure {
    let others = others
        .map(|other| format!("not loaded either: {}:{}: {}", other.path.display(), other.position, other.message));
    let hints: Vec<String> = first.hint.into_iter().chain(others).collect();
    DeclaredFailure { hint: (!hints.is_empty()).then(|| hints.join("\n")), ..first }
}

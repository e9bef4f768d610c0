//! The revision files that take the place of another tool's, read back before one is written.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};

use super::migration::{Migration, Section};
use super::{ImportError, Source};
use crate::config::Config;
use crate::revision::{Graph, Revision};
use crate::script::template::comment_lines;
use crate::script::{Downgrade, Part, PartMode, Script, ScriptDirectory, ScriptError, naming};
use crate::sql::Dialect;

/// A revision file that is to be.
#[derive(Debug)]
pub struct Planned {
    /// The id.
    pub revision: String,
    /// Where it goes, or where it is.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// Does the project have it already?
    pub is_there: bool,
}

/// Plans a line of revisions in `folder` for the migrations of `source`; those that are among `scripts` already stay.
///
/// # Errors
/// A revision that is there with another text, an id that cannot be one, or a file that would not be read back as
/// what it was written from.
pub fn plan(
    source: &Source,
    scripts: &ScriptDirectory,
    config: &Config,
    folder: &Path,
    dialect: Dialect,
    now: DateTime<Utc>,
) -> Result<Vec<Planned>, ImportError> {
    let mut planned: Vec<Planned> = Vec::new();
    let mut revisions: Vec<Arc<Revision>> =
        scripts.scripts().iter().map(|script| Arc::clone(&script.header.revision)).collect();
    for migration in &source.migrations {
        let revision = Revision {
            id: migration.id(),
            parents: planned.last().map(|parent| parent.revision.clone()).into_iter().collect(),
            ..Revision::default()
        };
        let text = render(migration, &revision);
        let path = folder.join(file_name(migration, config, now)?);
        let script = read_back(migration, &revision, &path, &text, dialect)?;
        let there = scripts.graph().find(&revision.id).map(|node| scripts.script(node));
        match there {
            None => revisions.push(Arc::clone(&script.header.revision)),
            Some(there) => refuse_other(there, &script, dialect)?,
        }
        planned.push(Planned {
            revision: revision.id,
            path: there.map_or(path, |there| there.path.clone()),
            text,
            is_there: there.is_some(),
        });
    }
    Graph::new(revisions).map_err(|error| ScriptError::Graph { error, paths: Vec::new() })?;
    Ok(planned)
}

fn file_name(migration: &Migration, config: &Config, now: DateTime<Utc>) -> Result<String, ImportError> {
    let slug = naming::slug(&migration.message, config.truncate_slug_length);
    let created = config.timezone.local(created(&migration.version).unwrap_or(now));
    let name = naming::file_name(&config.file_template, &migration.id(), &slug, created).map_err(ScriptError::from)?;
    if name.contains('/') && !config.recursive_version_locations {
        return Err(ScriptError::NotRecursive { name }.into());
    }
    Ok(name)
}

/// The time that a version of fourteen digits is.
fn created(version: &str) -> Option<DateTime<Utc>> {
    NaiveDateTime::parse_from_str(version, "%Y%m%d%H%M%S")
        .ok()
        .filter(|_| version.len() == 14)
        .map(|time| time.and_utc())
}

fn render(migration: &Migration, revision: &Revision) -> String {
    let mut text = comment_lines(&migration.message) + "\n--\n";
    let comment = migration.comment.trim();
    for line in comment.lines() {
        let line = line.trim();
        text.push_str(if line.is_empty() { "--" } else { line });
        text.push('\n');
    }
    if !comment.is_empty() {
        text.push_str("--\n");
    }
    text.push_str(&format!("-- migrator:revision {}\n", revision.id));
    if let [parent] = &revision.parents[..] {
        text.push_str(&format!("-- migrator:revises {parent}\n"));
    }
    if let Some(created) = created(&migration.version) {
        text.push_str(&format!("-- migrator:created {}\n", created.to_rfc3339_opts(SecondsFormat::Secs, true)));
    }
    let ways = [("upgrade", Some(&migration.upgrade)), ("downgrade", migration.downgrade.as_ref())];
    for (way, section) in
        ways.into_iter().flat_map(|(way, sections)| sections.into_iter().flatten().map(move |s| (way, s)))
    {
        let attribute = if section.mode == PartMode::NoTransaction { " no-transaction" } else { "" };
        text.push_str(&format!("\n-- migrator:{way}{attribute}\n{}", section.sql()));
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}

/// Reads what was rendered as any revision file is read, and compares it with what it was rendered from.
fn read_back(
    migration: &Migration,
    revision: &Revision,
    path: &Path,
    text: &str,
    dialect: Dialect,
) -> Result<Script, ImportError> {
    let different = || ImportError::NotReadBack { path: migration.path.clone() };
    let script = Script::parse(path.to_owned(), text.to_owned()).map_err(|_| different())?;
    let sections = script.sections(dialect).map_err(|_| different())?;
    let is_same = |parts: &[Part], sources: &[Section]| {
        let is_whole = |part: &Part, source: &Section| {
            let rest = text[part.span.clone()].strip_prefix(source.sql());
            part.mode == source.mode && rest.is_some_and(|rest| rest.trim().is_empty())
        };
        parts.len() == sources.len() && parts.iter().zip(sources).all(|(part, source)| is_whole(part, source))
    };
    let same_downgrade = match (&sections.downgrade, &migration.downgrade) {
        (Downgrade::Absent, None) => true,
        (Downgrade::Parts(parts), Some(sources)) => is_same(parts, sources),
        _ => false,
    };
    if *script.header.revision != *revision || !is_same(&sections.upgrade, &migration.upgrade) || !same_downgrade {
        return Err(different());
    }
    Ok(script)
}

/// Refuses a revision of the project that is not what would be written now.
fn refuse_other(there: &Script, new: &Script, dialect: Dialect) -> Result<(), ImportError> {
    let taken = |what| ImportError::Taken { revision: new.id().to_owned(), path: there.path.clone(), what };
    if there.header.revision.parents != new.header.revision.parents {
        return Err(taken("other parents"));
    }
    if there.sections(dialect)?.upgrade_checksum != new.sections(dialect)?.upgrade_checksum {
        return Err(taken("another upgrade"));
    }
    Ok(())
}

//! Making a new revision file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::hooks::{Hook, HookOutput, run_hooks};
use super::template::{self, RevisionDraft, render_revision};
use super::{Script, ScriptDirectory, ScriptError, naming, new_file};
use crate::config::Config;
use crate::revision::{Graph, Revision};
use crate::sql::Dialect;

/// What a new revision is to be.
#[derive(Debug, Clone)]
pub struct NewRevision<'a> {
    /// The id; a random one if absent.
    pub id: Option<&'a str>,
    /// The ids it follows; none for a base.
    pub parents: Vec<String>,
    /// Ids or labels it depends on.
    pub depends_on: Vec<String>,
    /// Its branch labels.
    pub branch_labels: Vec<String>,
    /// Its message.
    pub message: &'a str,
    /// The version location it goes to; otherwise its parent's.
    pub location: Option<&'a Path>,
    /// When it is made.
    pub created: DateTime<Utc>,
    /// Its upgrade; empty if it is to be written by hand. It may begin with a marker of its own.
    pub upgrade: &'a str,
    /// Its downgrade, likewise.
    pub downgrade: &'a str,
}

/// A revision file that was made.
#[derive(Debug)]
pub struct CreatedRevision {
    /// Its id.
    pub revision: String,
    /// Its path.
    pub path: PathBuf,
    /// What the post-write hooks printed.
    pub hooks: Vec<HookOutput>,
}

/// Renders the project's template, checks that the file would make a good graph, writes it and runs the
/// post-write hooks.
///
/// # Errors
/// An id or label that is illegal or taken, a template that does not give a revision file, a file that
/// exists already or cannot be written, or a hook that fails (the file is written then).
pub fn create(
    directory: &ScriptDirectory,
    config: &Config,
    new: &NewRevision<'_>,
) -> Result<CreatedRevision, ScriptError> {
    let id = match new.id {
        Some(id) => id.to_owned(),
        None => naming::new_revision_id()?,
    };
    let revision = Revision {
        id: id.clone(),
        parents: new.parents.clone(),
        depends_on: new.depends_on.clone(),
        branch_labels: new.branch_labels.clone(),
    };
    let revisions = directory.scripts().iter().map(|script| script.header.revision.clone());
    Graph::new(revisions.chain([Arc::new(revision.clone())]).collect())
        .map_err(|error| ScriptError::Graph { error, paths: Vec::new() })?;

    let path = path(directory, config, new, &id)?;
    let text = render(config, new, &revision)?;
    new_file::write_new(&path, &text)?;
    let hooks: Vec<Hook<'_>> =
        config.post_write_hooks.iter().map(|hook| Hook { name: &hook.name, command: &hook.command }).collect();
    let hooks = run_hooks(&hooks, &path, &config.directory)?;
    Ok(CreatedRevision { revision: id, path, hooks })
}

fn render(config: &Config, new: &NewRevision<'_>, revision: &Revision) -> Result<String, ScriptError> {
    let template_path = config.script_location.join("revision.sql.tera");
    let template = match std::fs::read_to_string(&template_path) {
        Ok(template) => template,
        // A project made by hand has no copy of its own.
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => template::DEFAULT.to_owned(),
        Err(source) => return Err(ScriptError::unreadable(&template_path, source)),
    };
    let draft = RevisionDraft {
        revision: &revision.id,
        revises: &revision.parents,
        depends_on: &revision.depends_on,
        branch_labels: &revision.branch_labels,
        message: new.message,
        created: new.created,
        upgrade: new.upgrade,
        downgrade: new.downgrade,
    };
    let text = without_empty_sections(&render_revision(&template_path, &template, &draft)?);
    // An edited template must still give a file that says what was asked for.
    let bad = |reason: String| ScriptError::BadTemplate { path: template_path.clone(), reason };
    let script = Script::parse(template_path.clone(), text).map_err(|error| bad(error.to_string()))?;
    let dialect = config.database_url().map_or(Dialect::PostgreSql, crate::config::DatabaseUrl::dialect);
    script.sections(dialect).map_err(|error| bad(error.to_string()))?;
    if *script.header.revision != *revision {
        return Err(bad(
            "its `migrator:` lines do not carry the revision's id, parents, dependencies or labels".to_owned()
        ));
    }
    Ok(script.text().to_owned())
}

/// `text` without markers that a marker of the same section follows at once: the template's, where the SQL
/// brings its own with attributes.
fn without_empty_sections(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines() {
        let section = ["-- migrator:upgrade", "-- migrator:downgrade"]
            .into_iter()
            .find(|marker| line.strip_prefix(marker).is_some_and(|rest| rest.starts_with(' ')));
        if let Some(marker) = section
            && let Some(last) = lines.iter().rposition(|line| !line.trim().is_empty())
            && lines[last] == marker
        {
            lines.truncate(last);
        }
        lines.push(line);
    }
    lines.join("\n") + if text.ends_with('\n') { "\n" } else { "" }
}

fn path(directory: &ScriptDirectory, config: &Config, new: &NewRevision<'_>, id: &str) -> Result<PathBuf, ScriptError> {
    let slug = naming::slug(new.message, config.truncate_slug_length);
    let name = naming::file_name(&config.file_template, id, &slug, config.timezone.local(new.created))?;
    if name.contains('/') && !config.recursive_version_locations {
        return Err(ScriptError::NotRecursive { name });
    }
    Ok(location(directory, config, new)?.join(name))
}

/// The version location a new revision goes to: the one asked for, its parent's, or the only one.
fn location<'c>(
    directory: &ScriptDirectory,
    config: &'c Config,
    new: &NewRevision<'_>,
) -> Result<&'c Path, ScriptError> {
    let locations = &config.version_locations;
    let holding = |path: &Path| locations.iter().find(|location| path.starts_with(location)).map(PathBuf::as_path);
    if let Some(wanted) = new.location {
        let wanted = config.directory.join(wanted);
        return locations
            .iter()
            .find(|location| same_path(location, &wanted))
            .map(PathBuf::as_path)
            .ok_or_else(|| ScriptError::NotALocation { path: wanted.clone(), locations: locations.clone() });
    }
    let parent = new.parents.first().and_then(|parent| directory.graph().find(parent));
    if let Some(location) = parent.and_then(|parent| holding(&directory.script(parent).path)) {
        return Ok(location);
    }
    match &locations[..] {
        [only] => Ok(only),
        _ => Err(ScriptError::LocationNeeded { locations: locations.clone() }),
    }
}

/// Are these two names of one file or folder?
#[must_use]
pub fn same_path(a: &Path, b: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.components().collect());
    real(a) == real(b)
}

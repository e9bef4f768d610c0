//! New projects: what `migrator init` writes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tera::{Context, Kwargs, State, Tera};

use super::new_file::write_new;
use super::template::refused;
use super::template_error::TemplateError;

/// A kind of project that can be begun.
#[derive(Debug)]
pub struct ProjectTemplate {
    /// What to call it by.
    pub name: &'static str,
    /// What it is for, in one line.
    pub description: &'static str,
    /// `migrator.toml`, to be rendered.
    configuration: &'static str,
    /// `README`, to be rendered.
    readme: &'static str,
    /// `revision.sql.tera`, to be copied as it is.
    revision: &'static str,
    /// `schema.py`, to be copied as it is: what prints the schema that a program's models declare.
    models: Option<&'static str>,
    /// The folders for revision files.
    version_folders: &'static [&'static str],
    /// What to do after `init`.
    pub next: &'static str,
}

const GENERIC: &str = include_str!("../../templates/generic/migrator.toml.tera");
const REVISION: &str = include_str!("../../templates/generic/revision.sql.tera");
const SQLALCHEMY_MODELS: &str = include_str!("../../templates/sqlalchemy/schema.py");

static TEMPLATES: [ProjectTemplate; 4] = [
    ProjectTemplate {
        name: "generic",
        description: "one database",
        configuration: GENERIC,
        readme: include_str!("../../templates/generic/README.tera"),
        revision: REVISION,
        models: None,
        version_folders: &["versions"],
        next: "set the database URL in migrator.toml, then `migrator revision -m \"first revision\"`",
    },
    ProjectTemplate {
        name: "multidb",
        description: "several databases, each with revisions of its own",
        configuration: include_str!("../../templates/multidb/migrator.toml.tera"),
        readme: include_str!("../../templates/multidb/README.tera"),
        revision: include_str!("../../templates/multidb/revision.sql.tera"),
        models: None,
        version_folders: &["versions/users", "versions/orders"],
        next: "set the database URLs in migrator.toml, then `migrator -n users revision -m \"first revision\"`",
    },
    ProjectTemplate {
        name: "flask",
        description: "the models of a Flask app, by Flask-SQLAlchemy",
        configuration: include_str!("../../templates/flask/migrator.toml.tera"),
        readme: include_str!("../../templates/flask/README.tera"),
        revision: REVISION,
        models: Some(SQLALCHEMY_MODELS),
        version_folders: &["versions"],
        next: "set FLASK_APP as for `flask run`, then `migrator revision --autogenerate -m \"first revision\"`",
    },
    ProjectTemplate {
        name: "sqlalchemy",
        description: "models of SQLAlchemy or SQLModel",
        configuration: include_str!("../../templates/sqlalchemy/migrator.toml.tera"),
        readme: include_str!("../../templates/sqlalchemy/README.tera"),
        revision: REVISION,
        models: Some(SQLALCHEMY_MODELS),
        version_folders: &["versions"],
        next: "set the database URL and name the models in migrator.toml, \
               then `migrator revision --autogenerate -m \"first revision\"`",
    },
];

/// All project templates, the usual one first.
pub fn templates() -> &'static [ProjectTemplate] {
    &TEMPLATES
}

/// The project template called `name`.
///
/// # Errors
/// [`TemplateError::UnknownTemplate`] with the names there are and the likeliest of them.
pub fn find(name: &str) -> Result<&'static ProjectTemplate, TemplateError> {
    let known = || TEMPLATES.iter().map(|template| template.name);
    TEMPLATES.iter().find(|template| template.name == name).ok_or_else(|| TemplateError::UnknownTemplate {
        name: name.to_owned(),
        known: known().collect(),
        suggestion: known()
            .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
            .filter(|(likeness, _)| *likeness > 0.8)
            .max_by(|(one, _), (other, _)| one.total_cmp(other))
            .map(|(_, candidate)| candidate),
    })
}

/// Something that [`initialize`] made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// A directory.
    Directory(PathBuf),
    /// A file.
    File(PathBuf),
}

/// Begins a project: `migrator.toml` in `root`, everything else in `directory`, which is relative
/// to `root` or absolute. Answers what was made, in that order; directories that were there already
/// are used and not listed.
///
/// # Errors
/// [`TemplateError::Exists`] with all files that are in the way, before anything is written.
/// [`TemplateError::IllegalDirectory`] when `directory` is empty or has control characters.
/// [`TemplateError::Io`] when the file system refuses; what was made is then removed again.
pub fn initialize(root: &Path, directory: &str, template: &ProjectTemplate) -> Result<Vec<Created>, TemplateError> {
    let directory = legal(directory)?;
    let location = root.join(directory);
    let mut folders = vec![root.to_owned()];
    folders.extend(template.version_folders.iter().map(|folder| location.join(folder)));
    let configuration = root.join("migrator.toml");
    let readme = location.join("README");
    let mut files = vec![(location.join("revision.sql.tera"), template.revision.to_owned())];
    files.extend(template.models.map(|models| (location.join("schema.py"), models.to_owned())));
    files.push((readme.clone(), fill(&readme, template.readme, directory)?));
    // Last, so that there is no configuration of a project that is not there.
    files.push((configuration.clone(), fill(&configuration, template.configuration, directory)?));

    let paths: Vec<PathBuf> =
        files.iter().map(|(path, _)| path.clone()).filter(|path| path.symlink_metadata().is_ok()).collect();
    if !paths.is_empty() {
        return Err(TemplateError::Exists { paths });
    }

    let mut created = Vec::new();
    let written = write(&folders, &files, &mut created);
    if written.is_err() {
        undo(&created);
    }
    written.map(|()| created)
}

fn legal(directory: &str) -> Result<&str, TemplateError> {
    let refuse = |reason| Err(TemplateError::IllegalDirectory { directory: directory.to_owned(), reason });
    if directory.trim().is_empty() {
        return refuse("is empty");
    }
    if directory.chars().any(char::is_control) {
        return refuse("has a control character");
    }
    match directory.trim_end_matches('/') {
        "" => Ok("/"),
        trimmed => Ok(trimmed),
    }
}

/// What the template that is rendered is called; its ending says that nothing is escaped.
const RENDERED: &str = "rendered.tera";

fn fill(path: &Path, template: &str, directory: &str) -> Result<String, TemplateError> {
    let mut tera = Tera::default();
    tera.register_filter("toml", |text: &str, _: Kwargs, _: &State<'_>| toml_string(text));
    // The others say only what is different in theirs.
    let templates = [("generic/migrator.toml.tera", GENERIC), (RENDERED, template)];
    let rendered = tera.add_raw_templates(templates);
    let mut context = Context::new();
    context.insert("directory", directory);
    rendered.and_then(|()| tera.render(RENDERED, &context)).map_err(|error| refused(path, &error))
}

/// A TOML string that `migrator.toml` reads back as `text`: there `$${` stands for `${`.
fn toml_string(text: &str) -> String {
    toml::Value::String(text.replace("${", "$${")).to_string()
}

fn write(folders: &[PathBuf], files: &[(PathBuf, String)], created: &mut Vec<Created>) -> Result<(), TemplateError> {
    for folder in folders {
        create_directory(folder, created)?;
    }
    for (path, contents) in files {
        write_new(path, contents)?;
        created.push(Created::File(path.clone()));
    }
    Ok(())
}

/// Creates a directory after its parents and notes each that was missing.
fn create_directory(path: &Path, created: &mut Vec<Created>) -> Result<(), TemplateError> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        create_directory(parent, created)?;
    }
    match fs::create_dir(path) {
        Ok(()) => created.push(Created::Directory(path.to_owned())),
        // Made by somebody else just now, or `a/.` after `a`.
        Err(_) if path.is_dir() => {}
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
            return Err(TemplateError::Exists { paths: vec![path.to_owned()] });
        }
        Err(cause) => return Err(TemplateError::io("create directory", path)(cause)),
    }
    Ok(())
}

/// Takes back what was made, as far as that goes: the error to tell is the one that led here.
/// A directory in which somebody put something meanwhile is not empty and stays.
fn undo(created: &[Created]) {
    for made in created.iter().rev() {
        let _ = match made {
            Created::File(path) => fs::remove_file(path),
            Created::Directory(path) => fs::remove_dir(path),
        };
    }
}

#[cfg(test)]
mod tests;

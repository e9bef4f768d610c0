//! What a command loads: the configuration and the project.

use std::mem::ManuallyDrop;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::arguments::Global;
use super::output::{Output, clean};
use crate::backend::Purpose;
use crate::config::{Config, Environment, Request};
use crate::migrate::{Error, Opening, Project, wait_for_server};
use crate::revision::{GraphError, Range, Target};

/// The project of a command. The process ends with the command, and takes back the thousands of small texts
/// of a long history faster than one by one.
pub type CommandProject = ManuallyDrop<Project>;

/// The arguments of every command, and where to write.
pub struct Context<'c, 's> {
    pub global: &'c Global,
    /// The `[env.NAME]` to use.
    name: Option<String>,
    pub output: &'c mut Output<'s>,
}

impl<'c, 's> Context<'c, 's> {
    pub fn new(global: &'c Global, name: Option<String>, output: &'c mut Output<'s>) -> Self {
        Self { global, name, output }
    }

    /// The configuration the arguments ask for; with `--wait`, as soon as its database can be reached.
    pub fn config(&mut self) -> Result<Config> {
        let mut config = configuration(self.global, self.name.clone())?;
        config.interrupt = self.output.interrupt();
        if let Some(limit) = self.global.wait {
            let output = &mut *self.output;
            // A story that cannot be written does not stop the waiting.
            wait_for_server(&config, limit, &mut |why| {
                drop(output.story(&format!("waiting: {}", clean(&why.to_string()))))
            })?;
        }
        Ok(config)
    }

    /// The project the arguments ask for, with its database being opened.
    pub fn project_and_database(&mut self, purpose: Purpose) -> Result<(CommandProject, Opening)> {
        let (project, opening) = Project::open_with_database(self.config()?, purpose)?;
        Ok((ManuallyDrop::new(project), opening))
    }

    /// Asks a question on a terminal; elsewhere, and with `--yes`, the answer is yes.
    pub fn confirm(&mut self, question: &str) -> Result<bool> {
        if self.global.yes || !self.output.can_ask() {
            return Ok(true);
        }
        self.output.problem(&format!("{question} [y/N]"))?;
        self.output.flush()?;
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer)?;
        Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
    }

    /// The project the arguments ask for.
    pub fn project(&mut self) -> Result<CommandProject> {
        Ok(ManuallyDrop::new(Project::with_config(self.config()?)?))
    }
}

/// The configuration that the arguments ask for, with the settings under `name`.
pub fn configuration(global: &Global, name: Option<String>) -> Result<Config> {
    let request = Request {
        directory: std::env::current_dir().context("there is no working directory")?,
        config: global.config.clone(),
        name,
        url: global.url.clone(),
        lock_wait: global.lock_wait,
        environment: Environment::from_process(),
        ..Request::default()
    };
    Ok(Config::load(&request).map_err(Error::from)?)
}

/// Takes a target from the command line: `-1` and `-3:head` as typed, but not an option that does not exist.
pub fn target_text(text: &str) -> Result<String, String> {
    let digit = |rest: &str| rest.starts_with(|character: char| character.is_ascii_digit());
    match text.strip_prefix('-') {
        Some(rest) if !digit(rest) => Err("it looks like an option, and there is none of that name".to_owned()),
        _ => Ok(text.to_owned()),
    }
}

/// Reads what `--sql` takes: `from:to` or only `to`.
pub fn sql_range(text: &str) -> Result<(Option<Target>, Target)> {
    if !text.contains(':') {
        return Ok((None, target(text)?));
    }
    let range: Range = text.parse().map_err(Error::from)?;
    match range {
        Range { from: Some(from), to: Some(to) } => Ok((Some(from), to)),
        _ => Err(Error::from(GraphError::RangeRequired { target: text.to_owned() }).into()),
    }
}

/// Reads a target.
pub fn target(text: &str) -> Result<Target> {
    if text.contains(':') {
        return Err(Error::from(GraphError::RangeNotAllowed { range: text.to_owned() }).into());
    }
    Ok(text.parse().map_err(Error::from)?)
}

/// A path as people want to see it: relative to where they are, if it is below.
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    here.and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path).display().to_string()
}

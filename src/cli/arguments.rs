//! The arguments every command takes.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, ValueEnum};

use super::commands::Command;
use crate::config::parse_duration;

/// Schema migrations in plain SQL, for PostgreSQL and SQLite.
#[derive(Debug, Parser)]
#[command(name = "migrator", version, max_term_width = 100, arg_required_else_help = true, subcommand_required = true)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

impl Arguments {
    /// Reads the arguments.
    ///
    /// A `--name` may stand before the command and behind it, and each counts: of clap's global options those
    /// behind the command would take the place of the others.
    pub fn read(args: &[OsString]) -> Result<Self, clap::Error> {
        let command = Self::command();
        let name = command.get_arguments().find(|argument| argument.get_id() == "name").cloned();
        let mut command = command.mut_subcommands(|subcommand| subcommand.args(name.clone()));
        let matches = command.try_get_matches_from_mut(args)?;
        let mut arguments = Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        let behind = matches.subcommand().and_then(|(_, matches)| matches.get_many::<String>("name"));
        arguments.global.name.extend(behind.into_iter().flatten().cloned());
        Ok(arguments)
    }
}

/// The options of every command.
#[derive(Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// The configuration file [default: migrator.toml here or in a parent directory; env: MIGRATOR_CONFIG]
    #[arg(short, long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Use the settings under [env.NAME]; given several times, one after the other [env: MIGRATOR_ENV]
    // Not `global`: see `Arguments::read`.
    #[arg(short, long)]
    pub name: Vec<String>,
    /// Every [env.NAME] that has a database URL, in the order of the file
    #[arg(long, global = true)]
    pub all: bool,
    /// With several databases: go on with the next one after a failure
    #[arg(long, global = true)]
    pub keep_going: bool,
    /// The database URL [env: MIGRATOR_DATABASE_URL]
    #[arg(long, global = true)]
    pub url: Option<String>,
    /// First wait until the database server can be reached, for 60s or as long as DURATION says
    #[arg(
        long,
        global = true,
        value_name = "DURATION",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "60s",
        value_parser = parse_duration
    )]
    pub wait: Option<Duration>,
    /// How long to wait for another migrator, and to try again what waits for a lock, such as 500ms, 60s or 5m; 0 tries
    /// once [default: lock_wait in migrator.toml, or 60s]
    #[arg(long, global = true, value_name = "DURATION", value_parser = parse_duration)]
    pub lock_wait: Option<Duration>,
    /// Only the answer, not the story
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// More detail
    #[arg(short, long, global = true, action = ArgAction::SetTrue)]
    pub verbose: bool,
    /// The answer as one JSON object, also on failure
    #[arg(long, global = true)]
    pub json: bool,
    /// Colour: on a terminal, always or never
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Answer every question with yes
    #[arg(short, long, global = true)]
    pub yes: bool,
    /// No progress bar
    #[arg(long, global = true)]
    pub no_progress: bool,
}

// Written by hand because a URL may hold a password.
impl std::fmt::Debug for Global {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Global").field("config", &self.config).field("name", &self.name).finish_non_exhaustive()
    }
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Use colour on a stream that is a terminal or not? <https://no-color.org>, <https://bixense.com/clicolors>
    pub fn enabled(self, terminal: bool) -> bool {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if set("NO_COLOR") => false,
            Self::Auto => terminal || set("CLICOLOR_FORCE"),
        }
    }

    /// The `--color` of arguments that did not parse.
    pub fn from_arguments(args: &[OsString]) -> Self {
        let mut args = args.iter().map(|arg| arg.to_string_lossy());
        while let Some(arg) = args.next() {
            let value = match arg.strip_prefix("--color") {
                Some("") => args.next().map(|value| value.into_owned()),
                Some(value) => value.strip_prefix('=').map(str::to_owned),
                None => continue,
            };
            return value.and_then(|value| Self::from_str(&value, true).ok()).unwrap_or(Self::Auto);
        }
        Self::Auto
    }
}

//! One file per command.

mod accept;
mod branches;
mod check;
mod current;
mod diff;
mod downgrade;
mod dump;
mod edit;
mod ensure_version;
mod export;
mod graph;
mod heads;
mod history;
mod import;
mod init;
mod list_templates;
mod merge;
mod rebase;
mod resolve;
mod revision;
mod show;
mod stamp;
mod status;
mod upgrade;
mod verify;

use anyhow::Result;
use clap::Subcommand;

use super::context::Context;

/// The commands, in the order of the help.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    Init(init::Args),
    #[command(alias = "list_templates")]
    ListTemplates(list_templates::Args),
    Import(import::Args),
    Revision(revision::Args),
    Merge(merge::Args),
    Rebase(rebase::Args),
    Upgrade(upgrade::Args),
    Downgrade(downgrade::Args),
    Stamp(stamp::Args),
    Resolve(resolve::Args),
    Accept(accept::Args),
    Current(current::Args),
    Status(status::Args),
    Verify(verify::Args),
    Check(check::Args),
    Diff(diff::Args),
    Dump(dump::Args),
    History(history::Args),
    Graph(graph::Args),
    Heads(heads::Args),
    Branches(branches::Args),
    Show(show::Args),
    Edit(edit::Args),
    #[command(alias = "ensure_version")]
    EnsureVersion(ensure_version::Args),
    Export(export::Args),
}

impl Command {
    /// Why this command is for one database at a time, if it is.
    pub fn single(&self) -> Option<&'static str> {
        match self {
            Self::Init(_)
            | Self::ListTemplates(_)
            | Self::Import(_)
            | Self::Export(_)
            | Self::Revision(_)
            | Self::Merge(_)
            | Self::Rebase(_)
            | Self::Edit(_) => Some("a file is written for one database at a time"),
            Self::Dump(_) => Some("a schema is written for one database at a time"),
            Self::Resolve(_) => Some("how far a revision got is to be said for one database at a time"),
            Self::Graph(_) => Some("a drawing is of one database"),
            Self::Diff(_)
            | Self::Upgrade(upgrade::Args { sql: true, .. })
            | Self::Downgrade(downgrade::Args { sql: true, .. })
            | Self::Stamp(stamp::Args { sql: true, .. }) => Some("a script is for one database"),
            Self::Upgrade(_)
            | Self::Downgrade(_)
            | Self::Stamp(_)
            | Self::Accept(_)
            | Self::Current(_)
            | Self::Status(_)
            | Self::Verify(_)
            | Self::Check(_)
            | Self::History(_)
            | Self::Heads(_)
            | Self::Branches(_)
            | Self::Show(_)
            | Self::EnsureVersion(_) => None,
        }
    }

    /// Runs the command; gives its exit code.
    pub fn run(self, context: &mut Context<'_, '_>) -> Result<u8> {
        match self {
            Self::Init(args) => init::run(args, context),
            Self::ListTemplates(args) => list_templates::run(args, context),
            Self::Import(args) => import::run(args, context),
            Self::Revision(args) => revision::run(args, context),
            Self::Merge(args) => merge::run(args, context),
            Self::Rebase(args) => rebase::run(args, context),
            Self::Upgrade(args) => upgrade::run(args, context),
            Self::Downgrade(args) => downgrade::run(args, context),
            Self::Stamp(args) => stamp::run(args, context),
            Self::Resolve(args) => resolve::run(args, context),
            Self::Accept(args) => accept::run(args, context),
            Self::Current(args) => current::run(args, context),
            Self::Status(args) => status::run(args, context),
            Self::Verify(args) => verify::run(args, context),
            Self::Check(args) => check::run(args, context),
            Self::Diff(args) => diff::run(args, context),
            Self::Dump(args) => dump::run(args, context),
            Self::History(args) => history::run(args, context),
            Self::Graph(args) => graph::run(args, context),
            Self::Heads(args) => heads::run(args, context),
            Self::Branches(args) => branches::run(args, context),
            Self::Show(args) => show::run(args, context),
            Self::Edit(args) => edit::run(args, context),
            Self::EnsureVersion(args) => ensure_version::run(args, context),
            Self::Export(args) => export::run(args, context),
        }
    }
}

//! What the commands that compare schemas have in common: their options, questions and words.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::context::Context;
use super::failure::UsageError;
use super::output::{Output, Paint, clean};
use crate::autogenerate::{
    self, Aim, Comparison, Draft, Options, Proof, Rendered, Source, compare, draft, render, settle,
};
use crate::migrate::Project;
use crate::schema::{Change, Hazard, Kind, Rename};

/// The options of a draft.
#[derive(Debug, Clone, clap::Args)]
pub struct DraftArgs {
    /// A table or column under a new name: users=accounts, users.name=users.full_name (repeatable)
    #[arg(long, value_name = "OLD=NEW")]
    pub rename: Vec<Rename>,
    /// What looks like a rename is a drop and an add
    #[arg(long)]
    pub no_renames: bool,
    /// Fail if a change has this hazard: data-loss, not-reversible, may-fail, table-rewrite, blocking-lock (repeatable)
    #[arg(long, value_name = "HAZARD")]
    pub refuse: Vec<Hazard>,
    /// Fail if there are objects that are not compared
    #[arg(long)]
    pub strict: bool,
}

impl DraftArgs {
    /// Has anything been said?
    fn is_given(&self) -> bool {
        let Self { rename, no_renames, refuse, strict } = self;
        !rename.is_empty() || *no_renames || !refuse.is_empty() || *strict
    }

    fn options(self) -> Options {
        let Self { rename, no_renames, refuse, strict } = self;
        Options { renames: rename, no_renames, refuse: refuse.into_iter().collect::<BTreeSet<_>>(), strict }
    }
}

/// The options of `revision` for a draft.
#[derive(Debug, Clone, clap::Args)]
pub struct AutogenerateArgs {
    /// Write what leads from the current schema to the declared one, once it is proven on a scratch database
    #[arg(long)]
    autogenerate: bool,
    /// With --autogenerate, the current schema: the database, or `migrations` on a scratch database
    #[arg(long, requires = "autogenerate", value_parser = ["database", "migrations"], value_name = "SIDE")]
    from: Option<String>,
    /// With --autogenerate: write it without proof
    #[arg(long, requires = "autogenerate")]
    no_prove: bool,
    #[command(flatten)]
    draft: DraftArgs,
}

impl AutogenerateArgs {
    /// Is a draft asked for? Options about one make no sense without.
    pub fn is_asked(&self) -> Result<bool> {
        if !self.autogenerate && self.draft.is_given() {
            return Err(UsageError::combination("options about changes make sense only with --autogenerate"));
        }
        Ok(self.autogenerate)
    }
}

/// What a new revision does.
#[derive(Default)]
pub struct Content {
    pub sections: Rendered,
    /// What `--json` has besides.
    pub document: Map<String, Value>,
}

/// Drafts and proves what leads to the declared schema; nothing if that is what there is.
pub fn content(project: &Project, args: AutogenerateArgs, context: &mut Context<'_, '_>) -> Result<Option<Content>> {
    let AutogenerateArgs { autogenerate: _, from, no_prove, draft } = args;
    let config = project.config();
    let from = Source::parse(from.as_deref().unwrap_or("database"), config).map_err(told)?;
    let comparison = compare(project, &from, &Source::Schema, Aim::Revision).map_err(told)?;
    let mut draft = drafted(&comparison, draft, context)?;
    if draft.is_empty() {
        if context.output.json {
            context.output.document(&json!({"revision": null, "path": null, "changes": []}))?;
        } else {
            context.output.answer("nothing to do: the declared schema is what there is")?;
            if project.graph().is_empty() && comparison.to.objects().any(|object| object.id.kind == Kind::TABLE) {
                context.output.story(
                    "no revision makes it yet: `--from migrations` writes the first one, and `migrator stamp head` \
                     records it where the tables are already",
                )?;
            }
        }
        return Ok(None);
    }
    tell_actions(&draft, context.output)?;
    let proof = match no_prove {
        true => None,
        false => Some(settle(config, &comparison, &mut draft).map_err(told)?),
    };
    for line in proof.iter().flat_map(Proof::lines) {
        context.output.story(&clean(&line))?;
    }
    let mut document = Map::new();
    document.insert("changes".to_owned(), json!(action_objects(&draft)));
    document.insert("proof".to_owned(), json!(proof.as_ref().map(|proof| json!({"without_rows": proof.without_rows}))));
    Ok(Some(Content { sections: render(&draft, proof.as_ref()), document }))
}

/// Drafts; what may be a rename is asked on a terminal.
pub fn drafted(comparison: &Comparison, args: DraftArgs, context: &mut Context<'_, '_>) -> Result<Draft> {
    let mut options = args.options();
    tell_what_is_left_out(comparison, context.output)?;
    let asks = context.output.can_ask() && !context.global.yes;
    let result = draft(comparison, &options);
    let Err(autogenerate::Error::AmbiguousRename { candidates }) = &result else { return result.map_err(told) };
    if !asks {
        return result.map_err(told);
    }
    for rename in candidates {
        let is_free = |taken: &Rename| taken.from != rename.from && taken.to != rename.to;
        let (from, to) = (rename.from.join("."), rename.to.join("."));
        if options.renames.iter().all(is_free)
            && context
                .confirm(&clean(&format!("was `{from}` renamed to `{to}`? (no: it is dropped, and the other added)")))?
        {
            options.renames.push(rename.clone());
        }
    }
    options.no_renames = true;
    draft(comparison, &options).map_err(told)
}

/// Ends with what was compared. The process ends next, and takes large schemas with it faster than they are taken
/// apart object by object.
pub fn leave(comparison: Comparison, draft: Option<Draft>) {
    let Comparison { from, to, .. } = comparison;
    std::mem::forget((from, to, draft));
}

/// The error of a workflow below as itself.
pub fn told(error: autogenerate::Error) -> anyhow::Error {
    match error {
        autogenerate::Error::Migrate(error) => error.into(),
        other => other.into(),
    }
}

/// What is not compared is told, so that nobody relies on it.
pub fn tell_what_is_left_out(comparison: &Comparison, output: &mut Output<'_>) -> Result<()> {
    for name in comparison.unmodelled() {
        output.story(&format!("not compared, and not touched: {}", clean(name)))?;
    }
    for table in comparison.reordered() {
        output.story(&format!("the columns of {} are declared in another order, which is left alone", clean(table)))?;
    }
    Ok(())
}

/// Says what a draft does, with its hazards.
pub fn tell_actions(draft: &Draft, output: &mut Output<'_>) -> Result<()> {
    for action in draft.actions() {
        output.story(&format!("  {}", clean(&action.title)))?;
        for note in &action.notes {
            output.story(&format!("    {}", clean(note)))?;
        }
        if !action.hazards.is_empty() {
            let hazards = action.hazards.iter().map(|hazard| hazard.as_str()).collect::<Vec<_>>().join(", ");
            let hazards = output.paint_story(Paint::Notice, &hazards);
            output.story(&format!("    hazard: {hazards}"))?;
        }
    }
    Ok(())
}

/// The actions of a draft for `--json`.
pub fn action_objects(draft: &Draft) -> Vec<Value> {
    let object = |action: &crate::schema::Action| {
        let hazards: Vec<&str> = action.hazards.iter().map(|hazard| hazard.as_str()).collect();
        json!({"action": action.title, "changes": action.notes, "hazards": hazards, "sql": action.sql})
    };
    draft.actions().map(object).collect()
}

/// A difference for `--json`.
pub fn change_object(change: &Change<'_>) -> Value {
    let id = change.id();
    json!({"change": change.verb(), "kind": id.kind.0, "name": id.path(), "attributes": change.attributes()})
}

//! The proof: a draft is run on a scratch database with rows in it, up, down and up again.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use super::printed::is_of_expressions;
use super::rewritten::Storage;
use super::{Comparison, Draft, Error, Rendered, scratch};
use crate::backend::schema::{Filling, Fingerprint, Kept, Schema};
use crate::backend::{BackendError, Connection, Provenance, RunMode};
use crate::config::Config;
use crate::migrate::{self, Plan, Resume, Run, Step, execute};
use crate::schema::{Catalog, Hazard, Identity, Kind, Object, diff};
use crate::script::{Direction, Downgrade, Script, Sections};

/// That a draft does what it says, and how it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The tables that had no rows while it was tried.
    pub without_rows: Vec<String>,
}

impl Proof {
    /// The proof in words.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec!["proven on a scratch database: up, down and up again".to_owned()];
        if !self.without_rows.is_empty() {
            lines.push(format!("not proven with rows: {}", self.without_rows.join(", ")));
        }
        lines
    }
}

/// Runs the draft, as it was rendered, through the same executor as any revision, and judges every step by the
/// catalog and by what the database itself says.
///
/// Where rows do not allow a change that is known to depend on them, it is tried with sparser ones, and at last
/// without.
///
/// # Errors
/// [`Error::NotProven`].
pub fn prove(config: &Config, comparison: &Comparison, draft: &Draft, rendered: &Rendered) -> Result<Proof, Error> {
    let text = format!(
        "-- proof\n--\n-- migrator:revision proof\n\n-- migrator:upgrade\n{}\n-- migrator:downgrade\n{}\n",
        rendered.upgrade, rendered.downgrade
    );
    let script = Script::parse(PathBuf::from("the draft"), text).map_err(migrate::Error::from)?;
    let sections = script.sections(config.database_url()?.dialect()).map_err(migrate::Error::from)?;
    let trial = |wanted| Trial { config, comparison, draft, script: &script, sections: &sections, wanted };
    if let Some(told) = &comparison.told {
        let wanted = State { catalog: draft.declared.clone(), told: told.clone() };
        let result = trial(wanted).with_rows();
        if !matches!(&result, Err(Error::NotProven { stage, .. }) if !is_of_run(stage)) {
            return result;
        }
    }
    // The same schema may be written differently, or have owners that do not count: what is made of what it printed
    // has the last word. Its database is given back before the next one is asked for.
    let wanted = State::of(scratch::with(&comparison.workshop, &draft.declared)?.as_mut())?;
    wanted.is_faithful("the declared schema, made anew", &draft.declared)?;
    trial(wanted).with_rows()
}

/// A run of a trial, and what it and the time after it are called.
struct Stage {
    direction: Direction,
    run: &'static str,
    after: &'static str,
}

const STAGES: [Stage; 3] = [
    Stage { direction: Direction::Upgrade, run: "the upgrade", after: "after the upgrade" },
    Stage { direction: Direction::Downgrade, run: "the downgrade", after: "after the downgrade" },
    Stage { direction: Direction::Upgrade, run: "the second upgrade", after: "after the second upgrade" },
];

/// Is it about a run itself, not about what came of it?
fn is_of_run(stage: &str) -> bool {
    STAGES.iter().any(|known| known.run == stage)
}

struct Trial<'t> {
    config: &'t Config,
    comparison: &'t Comparison,
    draft: &'t Draft,
    script: &'t Script,
    sections: &'t Sections,
    /// The schema that shall be.
    wanted: State,
}

/// What others than our catalog say of a schema.
#[derive(Debug, Clone)]
pub(super) struct Told {
    witness: BTreeSet<String>,
    /// By the engine's own program.
    dump: Option<BTreeSet<String>>,
}

impl Told {
    pub(super) fn of(schema: &mut dyn Schema) -> Result<Self, BackendError> {
        Ok(Self { witness: schema.witness()?, dump: schema.dumped() })
    }

    /// Who says that it is not what is wanted, and what differs.
    fn difference(&self, wanted: &Self) -> Option<(&'static str, Vec<String>)> {
        let only = |sign: char, ours: &BTreeSet<String>, other: &BTreeSet<String>| -> Vec<String> {
            ours.difference(other).map(|line| format!("{sign} {line}")).collect()
        };
        let witnesses = ("the database says", Some((&self.witness, &wanted.witness)));
        let dumps = ("pg_dump says", self.dump.as_ref().zip(wanted.dump.as_ref()));
        [witnesses, dumps].into_iter().find_map(|(who, both)| {
            let (is, shall) = both.filter(|(is, shall)| is != shall)?;
            Some((who, [only('-', shall, is), only('+', is, shall)].concat()))
        })
    }
}

/// A schema as all judges see it. An expression that was read as it was printed may be printed differently, so the
/// first one looks at a database, too.
struct State {
    catalog: Catalog,
    told: Told,
}

impl State {
    fn of(database: &mut dyn Connection) -> Result<Self, Error> {
        let schema = database.schema()?;
        Ok(Self { catalog: schema.catalog()?, told: Told::of(schema)? })
    }

    /// Is it what was to be made, save for how expressions are printed?
    fn is_faithful(&self, stage: &'static str, original: &Catalog) -> Result<(), Error> {
        let changes = diff(&self.catalog, original);
        let details: Vec<String> = changes
            .iter()
            .filter(|change| !is_of_expressions(change))
            .map(|change| format!("still to do: {change}"))
            .collect();
        if details.is_empty() {
            return Ok(());
        }
        Err(Error::NotProven {
            stage,
            message: "the schema is not the one it should be".to_owned(),
            details,
            hint: None,
        })
    }
}

impl Trial<'_> {
    /// Runs it with as many rows as it allows.
    fn with_rows(&self) -> Result<Proof, Error> {
        let delicate = self.delicate_tables();
        let mut result = self.run(&Filling::default());
        for filling in [
            Filling { sparse: delicate.clone(), ..Filling::default() },
            Filling { empty: delicate.clone(), ..Filling::default() },
        ] {
            // Rows may be refused; that they are lost or that something else is made of the schema has no excuse.
            let is_refused = match &result {
                Err(Error::NotProven { stage, message, .. }) => is_of_run(stage) && !self.lacks(message)?,
                _ => false,
            };
            if delicate.is_empty() || !is_refused {
                break;
            }
            result = self.run(&filling);
        }
        result
    }

    fn run(&self, filling: &Filling) -> Result<Proof, Error> {
        let from = &self.comparison.from;
        let mut database = scratch::with(&self.comparison.workshop, from)?;
        database.ensure_version_table()?;
        let start = State::of(database.as_mut())?;
        start.is_faithful("the current schema, made anew", from)?;
        let empty = database.schema()?.fill(from, filling)?;
        let kept = self.kept(database.as_mut())?;
        let rows = fingerprints(database.as_mut(), &kept.before)?;

        let mut storage = Storage::of(database.as_mut(), self.draft, false)?;
        for stage in &STAGES {
            let Stage { direction, after, .. } = *stage;
            let is_upgrade = direction == Direction::Upgrade;
            let (wanted, kept) = if is_upgrade { (&self.wanted, &kept.after) } else { (&start, &kept.before) };
            self.step(stage, database.as_mut())?;
            judge(after, database.as_mut(), wanted)?;
            survive(after, database.as_mut(), kept, &rows)?;
            let now = Storage::of(database.as_mut(), self.draft, is_upgrade)?;
            storage.announced(&now, after, direction, (self.comparison, self.draft))?;
            storage = now;
        }
        Ok(Proof { without_rows: empty.iter().map(Identity::path).collect() })
    }

    fn step(&self, stage: &Stage, database: &mut dyn Connection) -> Result<(), Error> {
        let direction = stage.direction;
        let parts = match (direction, &self.sections.downgrade) {
            (Direction::Upgrade, _) => &self.sections.upgrade[..],
            (Direction::Downgrade, Downgrade::Parts(parts)) => parts,
            (Direction::Downgrade, _) => &[],
        };
        let step = Step {
            direction,
            script: self.script,
            sections: self.sections,
            parts,
            needs: Vec::new(),
            resume: Resume::default(),
        };
        let plan = Plan {
            direction,
            steps: vec![step],
            heads_before: Vec::new(),
            heads_after: Vec::new(),
            beyond_branch: Vec::new(),
        };
        let provenance = Provenance { applied_by: None, migrator_version: env!("CARGO_PKG_VERSION").to_owned() };
        let dialect = database.dialect();
        // Nobody else is there to wait for.
        let run = Run {
            mode: RunMode::PerRevision,
            dialect,
            provenance: &provenance,
            timed: false,
            lock_wait: Duration::ZERO,
            lock_timeout: Duration::ZERO,
            interrupt: &self.config.interrupt,
        };
        match execute(&plan, database, &run, &mut |_| {}) {
            Ok(_) => Ok(()),
            Err(migrate::Error::Revision(failure)) if matches!(failure.cause, BackendError::Interrupted(_)) => {
                Err(failure.cause.into())
            }
            Err(migrate::Error::Revision(failure)) => Err(Error::NotProven {
                stage: stage.run,
                message: failure.cause.to_string(),
                details: vec![failure.statement.unwrap_or_else(|| "at its end".to_owned())],
                hint: failure.cause.hint(),
            }),
            Err(other) => Err(other.into()),
        }
    }

    /// Is a failure about something that was not there yet, whatever the rows?
    fn lacks(&self, message: &str) -> Result<bool, Error> {
        let mut database = self.comparison.workshop.any()?;
        let schema = database.schema()?;
        let catalogs = [&self.draft.declared, &self.draft.renamed_schema];
        Ok(catalogs.iter().any(|catalog| schema.missing(message, catalog).is_some()))
    }

    /// The columns that are to keep their values, as the old and as the new schema call them.
    fn kept(&self, database: &mut dyn Connection) -> Result<KeptColumns, Error> {
        let schema = database.schema()?;
        let (middle, to) = (&self.draft.renamed_schema, &self.draft.declared);
        let tables = to.of_kind(Kind::TABLE).filter(|table| middle.contains(&table.id));
        let after: Vec<Kept> = tables.map(|table| schema.kept(&table.id, middle, to)).collect();
        let before = after.iter().map(|kept| self.under_old_names(kept)).collect();
        Ok(KeptColumns { before, after })
    }

    fn under_old_names(&self, kept: &Kept) -> Kept {
        let renamed = self.draft.renamed.iter().find(|(_, new)| *new == kept.table);
        let table = renamed.map_or(&kept.table, |(old, _)| old).clone();
        let columns: Vec<&Object> = self.draft.renamed_schema.parts_of(&kept.table).collect();
        let old = |name: &String| {
            let column = columns.iter().find(|part| part.id.kind == Kind::COLUMN && part.name == *name);
            column.map_or_else(|| name.clone(), |column| self.old_name(column))
        };
        Kept { table, columns: kept.columns.iter().map(old).collect(), ..kept.clone() }
    }

    /// What a column was called. One that is inherited was renamed with the one above.
    fn old_name(&self, column: &Object) -> String {
        let renamed = self.draft.renamed.iter().find(|(_, new)| *new == column.id);
        let own = renamed.and_then(|(old, _)| self.comparison.from.get(old)).map(|old| old.name.clone());
        let is_above = |id: &&Identity| id.kind == Kind::COLUMN && id.names.last() == column.id.names.last();
        let above = || column.needs.iter().filter(is_above).filter_map(|id| self.draft.renamed_schema.get(id));
        own.or_else(|| above().map(|above| self.old_name(above)).find(|name| *name != column.name))
            .unwrap_or_else(|| column.name.clone())
    }

    /// Tables whose rows may not allow what is to be done, in the old schema.
    fn delicate_tables(&self) -> BTreeSet<Identity> {
        let parts = self.draft.upgrade.iter().chain(&self.draft.downgrade);
        let delicate = parts.flat_map(|part| &part.actions).filter(|action| action.hazards.contains(&Hazard::MayFail));
        let made = delicate.flat_map(|action| &action.makes);
        let catalogs = [&self.draft.declared, &self.comparison.from];
        made.flat_map(|id| -> Vec<Identity> {
            let object = catalogs.into_iter().find_map(|catalog| catalog.get(id));
            let whole = object.and_then(|object| object.part_of.clone()).unwrap_or_else(|| id.clone());
            if whole.kind == Kind::TABLE {
                return vec![whole];
            }
            // Of a type, those that have a column of it.
            let users = self.comparison.from.objects().filter(|user| user.needs.contains(&whole));
            users.filter_map(|user| user.part_of.clone()).filter(|whole| whole.kind == Kind::TABLE).collect()
        })
        .flat_map(|table| {
            let renamed = self.draft.renamed.iter().find(|(_, new)| *new == table).map(|(old, _)| old.clone());
            [Some(table), renamed].into_iter().flatten()
        })
        .filter(|table| self.comparison.from.contains(table))
        .collect()
    }
}

struct KeptColumns {
    before: Vec<Kept>,
    after: Vec<Kept>,
}

fn fingerprints(database: &mut dyn Connection, kept: &[Kept]) -> Result<Vec<Fingerprint>, Error> {
    Ok(database.schema()?.fingerprints(kept)?)
}

/// Is the schema what it should be, by the catalog and by what others say?
fn judge(stage: &'static str, database: &mut dyn Connection, wanted: &State) -> Result<(), Error> {
    let State { catalog, told } = State::of(database)?;
    let changes: Vec<String> =
        diff(&catalog, &wanted.catalog).iter().map(|change| format!("still to do: {change}")).collect();
    let (message, details) = match told.difference(&wanted.told) {
        _ if !changes.is_empty() => ("the schema is not the one it should be".to_owned(), changes),
        Some((who, details)) => (format!("{who} that it is not what it should be"), details),
        None => return Ok(()),
    };
    Err(Error::NotProven { stage, message, details, hint: None })
}

fn survive(
    stage: &'static str,
    database: &mut dyn Connection,
    kept: &[Kept],
    before: &[Fingerprint],
) -> Result<(), Error> {
    let after = fingerprints(database, kept)?;
    let lost: Vec<String> = kept
        .iter()
        .zip(before.iter().zip(&after))
        .filter(|(_, (before, after))| before != after)
        .map(|(kept, (before, after))| {
            format!("table {}: {} rows before, {} after, or other values", kept.table.path(), before.rows, after.rows)
        })
        .collect();
    if lost.is_empty() {
        return Ok(());
    }
    Err(Error::NotProven { stage, message: "rows were lost or changed".to_owned(), details: lost, hint: None })
}

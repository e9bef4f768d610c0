//! Two schemas side by side.

use super::declared::Declared;
use super::printed::pair;
use super::proof::Told;
use super::source::filter;
use super::{Error, Source};
use crate::backend::Workshop;
use crate::migrate::Project;
use crate::schema::{ASSUMED, Catalog, Change, Filter, Object, Rename, diff};

/// Two schemas that were read.
#[derive(Debug)]
pub struct Comparison {
    /// What there is.
    pub from: Catalog,
    /// What there shall be.
    pub to: Catalog,
    /// The renames that the declared schema tells and that are still to be made.
    pub renames: Vec<Rename>,
    /// What others said of the declared schema, if that is compared as it is.
    pub(super) told: Option<Told>,
    /// What is compared.
    pub(super) filter: Filter,
    /// Where databases for trying things out come from.
    pub(super) workshop: Workshop,
}

impl Comparison {
    /// What differs, without regard to renames.
    #[must_use]
    pub fn changes(&self) -> Vec<Change<'_>> {
        diff(&self.from, &self.to)
    }

    /// Objects of either side that are not compared, each once.
    #[must_use]
    pub fn unmodelled(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.from.unmodelled.iter().chain(&self.to.unmodelled).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Tables that have the same columns in another order, which is no difference: it cannot be changed without
    /// building the table anew.
    #[must_use]
    pub fn reordered(&self) -> Vec<&str> {
        let columns = |text: Option<&str>| text.map(str::to_lowercase);
        let tables = self.from.objects().filter_map(|from| Some((from, self.to.get(&from.id)?)));
        let order = tables.filter(|(from, to)| {
            let (from, to) = (columns(from.fact("columns")), columns(to.fact("columns")));
            let sorted = |text: &Option<String>| {
                let mut names: Vec<String> = text.iter().flat_map(|text| text.split('\n')).map(str::to_owned).collect();
                names.sort();
                names
            };
            from != to && sorted(&from) == sorted(&to)
        });
        order.map(|(from, _)| from.name.as_str()).collect()
    }
}

/// What two schemas are compared for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// The difference between any two.
    Difference,
    /// Whether there is anything to write. The configured database must have all revisions, if it is one of them.
    Check,
    /// A revision, which must have them, too, and will be proven.
    Revision,
}

/// Reads both sides.
///
/// # Errors
/// A side that cannot be read, [`Error::NotAtHead`], or a database whose schemas cannot be compared.
pub fn compare(project: &Project, from: &Source, to: &Source, aim: Aim) -> Result<Comparison, Error> {
    if aim != Aim::Difference && [from, to].contains(&&Source::Database) {
        refuse_behind_head(project)?;
    }
    let config = project.config();
    let workshop = Workshop::of(config)?;
    let (Declared { catalog: mut current, .. }, Declared { catalog: mut declared, renames, told }) =
        both(from, to, project, &workshop, aim)?;
    let has_patterns = !config.autogenerate.include.is_empty() || !config.autogenerate.exclude.is_empty();
    let kinds = if has_patterns { workshop.any()?.schema()?.kinds() } else { &[] };
    let filter = filter(config, kinds)?;
    let as_declared = told.map(|told| (told, stripped(&filter, &declared)));
    filter.apply(&mut current, &mut declared);
    share_assumed(&mut current, &mut declared);
    share_assumed(&mut declared, &mut current);
    pair(&workshop, &current, &mut declared)?;
    let renames = open_renames(renames, &current);
    let told = as_declared.filter(|(_, as_declared)| declared == *as_declared).map(|(told, _)| told);
    Ok(Comparison { from: current, to: declared, renames, told, filter, workshop })
}

/// What counts of a catalog.
fn stripped(filter: &Filter, catalog: &Catalog) -> Catalog {
    let mut catalog = catalog.clone();
    filter.strip(&mut catalog);
    catalog
}

/// Reads both sides, and at the same time if there is no scratch database to be made for one of them. To have two of
/// them at once would make each wait until the other is on the disk.
fn both(
    from: &Source,
    to: &Source,
    project: &Project,
    workshop: &Workshop,
    aim: Aim,
) -> Result<(Declared, Declared), Error> {
    if !from.is_live() && !to.is_live() {
        return Ok((from.read(project, workshop, Aim::Difference)?, to.read(project, workshop, aim)?));
    }
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(|| from.read(project, workshop, Aim::Difference));
        let second = to.read(project, workshop, aim);
        (first.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), second)
    });
    Ok((first?, second?))
}

/// What a side only assumes is as the other side knows it.
fn share_assumed(assuming: &mut Catalog, knowing: &mut Catalog) {
    let assumed: Vec<Object> = assuming.objects().filter(|object| object.fact(ASSUMED).is_some()).cloned().collect();
    for object in assumed {
        match knowing.get(&object.id) {
            Some(known) => assuming.insert(known.clone()),
            None => knowing.insert(object),
        }
    }
}

/// Those that are still to be made: once the new name is there, a rename is history.
fn open_renames(renames: Vec<Rename>, current: &Catalog) -> Vec<Rename> {
    let has = |names: &[String]| current.objects().any(|object| object.id.names == names);
    let is_open = |rename: &Rename| has(&rename.from) && !has(&rename.to);
    let tables: Vec<Rename> = renames.iter().filter(|rename| is_open(rename)).cloned().collect();
    let with_old_table = |rename: Rename| {
        // A column is declared under the new name of its table.
        let table =
            tables.iter().find(|table| rename.from.len() > table.to.len() && rename.from.starts_with(&table.to));
        match table {
            Some(table) => Rename { from: [&table.from, &rename.from[table.to.len()..]].concat(), to: rename.to },
            None => rename,
        }
    };
    renames.into_iter().map(with_old_table).filter(is_open).collect()
}

fn refuse_behind_head(project: &Project) -> Result<(), Error> {
    let applied = project.connect_to_read()?.applied()?;
    let graph = project.graph();
    let pending = graph.ids(graph.closure(graph.heads()).difference(&applied.nodes).iter());
    if pending.is_empty() && applied.missing.is_empty() && applied.ledger.is_empty() {
        return Ok(());
    }
    Err(Error::NotAtHead { pending: pending.len(), current: applied.heads(graph) })
}

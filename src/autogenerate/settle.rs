//! What only a trial finds out: a statement may look into the body of a function before what it names is there.
//!
//! Bodies that are text leave no dependencies behind. A default that writes a table anew, an index on an expression, a
//! check or a generated column may run one; the error that comes of it says what has to be made before.

use super::{Comparison, Draft, Error, Proof, prove, render};
use crate::backend::schema::{DraftPart, Schema};
use crate::config::Config;
use crate::schema::{Action, Catalog, Identity};

/// How many times something is put in another place.
pub(super) const TRIALS: usize = 20;

/// Proves a draft, and drafts again where something has to come earlier.
///
/// # Errors
/// [`Error::NotProven`].
pub fn settle(config: &Config, comparison: &Comparison, draft: &mut Draft) -> Result<Proof, Error> {
    for _ in 0..TRIALS {
        let result = prove(config, comparison, draft, &render(draft, None));
        let Err(Error::NotProven { message, details, .. }) = &result else { return result };
        if !draft.learn(comparison, message, details)? {
            return result;
        }
    }
    prove(config, comparison, draft, &render(draft, None))
}

impl Draft {
    /// Orders the draft anew by what a failure tells; says whether it tells anything.
    fn learn(&mut self, comparison: &Comparison, message: &str, details: &[String]) -> Result<bool, Error> {
        let mut database = comparison.workshop.any()?;
        let schema = database.schema()?;
        let mut learnt = false;
        for parts in [&self.upgrade, &self.downgrade] {
            let actions: Vec<&Action> = parts.iter().flat_map(|part: &DraftPart| &part.actions).collect();
            for catalog in [&mut self.renamed_schema, &mut self.declared] {
                learnt |= learn(schema, catalog, &actions, message, details);
            }
        }
        if learnt {
            self.order(schema);
        }
        Ok(learnt)
    }
}

/// Notes in `catalog` what the statement that failed needs.
pub(super) fn learn(
    schema: &dyn Schema,
    catalog: &mut Catalog,
    actions: &[&Action],
    message: &str,
    statements: &[String],
) -> bool {
    let Some(missing) = schema.missing(message, catalog) else { return false };
    let failed = actions.iter().filter(|action| action.sql.iter().any(|sql| statements.contains(sql)));
    let made: Vec<Identity> = failed.flat_map(|action| &action.makes).cloned().collect();
    made.iter().any(|id| catalog.learn(id, &missing))
}

use std::collections::BTreeSet;

use super::{Hazard, Identity};

/// One step on the way from a schema to another: statements that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Action {
    /// When it is done, where nothing else decides: lower phases first.
    pub phase: u8,
    /// What it does, in a line.
    pub title: String,
    /// What to know about it, a line each.
    pub notes: Vec<String>,
    /// The statements, without final semicolons.
    pub sql: Vec<String>,
    /// What can go wrong.
    pub hazards: BTreeSet<Hazard>,
    /// What is there when it is done, and was not, or not so, before.
    pub makes: Vec<Identity>,
    /// What is gone when it begins to work, or is about to be different.
    pub removes: Vec<Identity>,
}

//! What a run did.

use std::time::Duration;

use super::{Event, Plan};
use crate::script::Direction;

/// One revision that ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    /// Its id.
    pub revision: String,
    /// Its message.
    pub message: String,
    /// Which way.
    pub direction: Direction,
    /// How long its statements took.
    pub duration: Duration,
}

impl StepReport {
    /// The report of a step that `event` says is finished.
    pub(super) fn of(event: &Event<'_>) -> Option<Self> {
        let &Event::StepFinished { revision, message, direction, duration, .. } = event else { return None };
        Some(Self { revision: revision.to_owned(), message: message.to_owned(), direction, duration })
    }
}

/// What an upgrade or downgrade did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The revisions that ran, in order.
    pub steps: Vec<StepReport>,
    /// The current ids afterwards, sorted.
    pub heads: Vec<String>,
}

impl Report {
    /// The report of a plan without steps.
    pub(super) fn nothing(plan: &Plan<'_>) -> Self {
        Self { steps: Vec::new(), heads: plan.heads_before.clone() }
    }
}

/// What a stamp did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampReport {
    /// The ids now recorded as applied that were not before, oldest first.
    pub stamped: Vec<String>,
    /// The ids not recorded any more, newest first.
    pub removed: Vec<String>,
    /// The current ids afterwards, sorted.
    pub heads: Vec<String>,
}

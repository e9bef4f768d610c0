//! What a run tells while it goes on.

use std::time::Duration;

use crate::backend::{BackendError, Blocker, Notice};
use crate::script::Direction;

/// Who hears of a run. It is called from the thread that runs and, while that one waits, from another; never
/// from both at once.
pub type Observer<'o> = dyn FnMut(Event<'_>) + Send + 'o;

/// Something that happened during a run.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Another migrator holds the lock; said once.
    Waiting {
        /// Who it is.
        holder: &'a str,
    },
    /// A revision begins.
    StepStarted {
        /// Which one of the run, from 0.
        index: usize,
        /// Of how many.
        total: usize,
        /// Its id.
        revision: &'a str,
        /// Its message.
        message: &'a str,
        /// Which way.
        direction: Direction,
    },
    /// The server said something.
    Notice {
        /// The revision that runs.
        revision: &'a str,
        /// The line of the statement in its file.
        line: u32,
        /// What it said.
        notice: &'a Notice,
    },
    /// The server said more than is kept.
    NoticesDropped {
        /// The revision that runs.
        revision: &'a str,
        /// How many messages more.
        count: usize,
    },
    /// A part failed for a reason that passes, such as a lock that somebody holds. It was rolled back and will be
    /// run again.
    Retrying {
        /// The revision that runs.
        revision: &'a str,
        /// The line of the statement in its file, if one failed.
        line: Option<u32>,
        /// Why it failed.
        cause: &'a BackendError,
        /// Who was in the way, as far as it is known.
        blockers: &'a [Blocker],
        /// How long is waited before.
        pause: Duration,
    },
    /// A statement waits for a lock; said when it has waited for about a second, and again as long as it does.
    Blocked {
        /// The revision that runs; empty before the first.
        revision: &'a str,
        /// Who is in the way.
        blockers: &'a [Blocker],
    },
    /// A revision is done, with its bookkeeping.
    StepFinished {
        /// Which one of the run, from 0.
        index: usize,
        /// Of how many.
        total: usize,
        /// Its id.
        revision: &'a str,
        /// Its message.
        message: &'a str,
        /// Which way.
        direction: Direction,
        /// How long its statements took.
        duration: Duration,
    },
}

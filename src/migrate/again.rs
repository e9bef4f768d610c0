//! Doing it again after another migrator came in between: nothing of the part ran then, and what is applied
//! has to be read and planned anew.

use std::time::{Duration, Instant};

use super::{Error, Event, Report, StepReport};

/// How often it is tried without getting any further, however long that takes.
const TRIES: usize = 3;

/// How long to go on trying: as long as for the lock, from the last revision on that was applied.
pub(super) struct Patience {
    limit: Duration,
    since: Instant,
    tries: usize,
    done: usize,
}

impl Patience {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, since: Instant::now(), tries: 0, done: 0 }
    }

    /// Is it worth another try after `error`?
    pub(super) fn allows(&mut self, error: &Error) -> bool {
        if !error.is_overtaken() {
            return false;
        }
        let done = if let Error::Revision(failure) = error { failure.before.len() } else { 0 };
        if done > self.done {
            *self = Self { done, ..Self::new(self.limit) };
        }
        self.tries += 1;
        self.tries <= TRIES || self.since.elapsed() < self.limit
    }
}

/// One try of a run, reported together with what `earlier` tries applied.
pub(super) fn run(
    earlier: &mut Vec<StepReport>,
    observe: &mut dyn FnMut(Event<'_>),
    run: impl FnOnce(&mut dyn FnMut(Event<'_>)) -> Result<Report, Error>,
) -> Result<Report, Error> {
    let mut finished = Vec::new();
    let result = run(&mut |event| {
        finished.extend(StepReport::of(&event));
        observe(event);
    });
    match result {
        Ok(mut report) => {
            report.steps.splice(0..0, earlier.drain(..));
            Ok(report)
        }
        Err(Error::Revision(mut failure)) => {
            finished.retain(|step| failure.before.contains(&step.revision));
            failure.before.splice(0..0, earlier.iter().map(|step| step.revision.clone()));
            earlier.append(&mut finished);
            Err(Error::Revision(failure))
        }
        Err(error) => Err(error),
    }
}

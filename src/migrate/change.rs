//! A change of what is recorded, with nothing run.

use std::time::Duration;

use super::back_off::BackOff;
use super::watch::watched;
use super::{Database, Error, Event, Observer, aftermath};
use crate::backend::{BackendError, Expectation, Recorded, RunMode, Sink};
use crate::script::PartMode;

/// Sends one transaction to `sink`, whose records `send` gives, and takes it back if that fails.
pub(super) fn in_transaction(
    sink: &mut dyn Sink,
    send: impl FnOnce(&mut dyn Sink) -> Result<(), Error>,
) -> Result<(), Error> {
    let sent = sink.begin(PartMode::Transaction).map_err(Error::from).and_then(|()| send(sink));
    let result = sent.and_then(|()| Ok(sink.commit(true)?));
    if result.is_err() {
        sink.heed_interrupt(false);
        // The first error is the one to tell.
        let _ = sink.rollback();
    }
    result
}

/// Makes a change of the database, which is locked, if `expectation` holds there. Of a change whose end was not heard,
/// `is_made` says whether it is in what is recorded. It is made again after a failure for a reason that passes, such as
/// a lock on the version table.
pub(super) fn make(
    database: &mut Database<'_>,
    expectation: &Expectation<'_>,
    observe: &mut Observer<'_>,
    send: impl Fn(&mut dyn Sink) -> Result<(), Error>,
    is_made: impl Fn(&Recorded) -> bool,
) -> Result<(), Error> {
    let made = watched(database, observe, |database, observe| {
        let (config, sink) = (database.project.config(), database.connection.as_mut());
        let mut back_off = BackOff::new(config.lock_wait);
        sink.start(RunMode::PerRevision)?;
        sink.expect(Some(expectation));
        loop {
            let result = in_transaction(sink, &send);
            let blockers = sink.take_blockers();
            let Err(Error::Backend(cause)) = result else { return result };
            let attempt = if cause.is_lock_timeout() { config.lock_timeout } else { Duration::ZERO };
            let Some(pause) = back_off.next(attempt).filter(|_| cause.is_passing()) else { return Err(cause.into()) };
            let revision = expectation.revision;
            observe(Event::Retrying { revision, line: None, cause: &cause, blockers: &blockers, pause });
            config.interrupt.sleep(pause).map_err(BackendError::from)?;
            sink.heed_interrupt(true);
        }
    });
    made.map_err(|error| aftermath::tell_of_change(error, database, |other| Ok(is_made(&other.recorded()?))))
}

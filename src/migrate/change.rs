//! A change of what is recorded, with nothing run.

use super::watch::watched;
use super::{Database, Error, Observer, aftermath};
use crate::backend::{Expectation, Recorded, RunMode, Sink};
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
/// `is_made` says whether it is in what is recorded.
pub(super) fn make(
    database: &mut Database<'_>,
    expectation: &Expectation<'_>,
    observe: &mut Observer<'_>,
    send: impl FnOnce(&mut dyn Sink) -> Result<(), Error>,
    is_made: impl Fn(&Recorded) -> bool,
) -> Result<(), Error> {
    let made = watched(database, observe, |database, _| {
        database.connection.start(RunMode::PerRevision)?;
        database.connection.expect(Some(expectation));
        in_transaction(database.connection.as_mut(), send)
    });
    made.map_err(|error| aftermath::tell_of_change(error, database, |other| Ok(is_made(&other.recorded()?))))
}

//! Waiting for a server that is starting up, or not there yet.

use std::time::{Duration, Instant};

use super::Error;
use super::opening::open;
use crate::backend::{BackendError, Purpose};
use crate::config::Config;
use crate::sql::Dialect;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Returns as soon as the server of the configured database lets us in, and asks it again and again for as long
/// as `limit` while it is starting up or out of reach. `waiting` hears why, once for each reason.
///
/// An SQLite database has no server to wait for.
///
/// # Errors
/// No usable URL; a failure that waiting does not mend, such as a wrong password; or what was wrong when the
/// time was up.
pub fn wait_for_server(config: &Config, limit: Duration, waiting: &mut dyn FnMut(&BackendError)) -> Result<(), Error> {
    if config.database_url()?.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let started = Instant::now();
    let mut pause = FIRST_PAUSE;
    let mut told = None;
    loop {
        match open(config, Purpose::Read) {
            Ok(_) => return Ok(()),
            Err(Error::Backend(error)) if error.is_passing() && started.elapsed() < limit => {
                if told.as_ref() != Some(&error) {
                    waiting(&error);
                    told = Some(error);
                }
            }
            Err(error) => return Err(error),
        }
        let pause_now = pause.min(limit.saturating_sub(started.elapsed()));
        config.interrupt.sleep(pause_now).map_err(BackendError::from)?;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
}

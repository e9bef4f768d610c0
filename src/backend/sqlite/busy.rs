//! Waiting while another program uses the file, as SQLite's own busy handler does, but not past an interrupt.
//! <https://www.sqlite.org/c3ref/busy_handler.html>

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::interrupt::Interrupt;

/// The pauses grow, in milliseconds, so that short waits end soon.
const PAUSES: [u64; 8] = [1, 2, 5, 10, 15, 20, 25, 50];

/// A busy handler that waits as long as `limit`; what it is given is the number of the attempt, from 0.
pub(super) fn patience(interrupt: Interrupt, heeds: Arc<AtomicBool>, limit: Duration) -> impl FnMut(i32) -> bool {
    let mut since = Instant::now();
    move |attempt| {
        if attempt == 0 {
            since = Instant::now();
        }
        let index = usize::try_from(attempt).unwrap_or(0).min(PAUSES.len() - 1);
        let pause = Duration::from_millis(PAUSES[index]).min(limit.saturating_sub(since.elapsed()));
        if pause.is_zero() {
            return false;
        }
        if heeds.load(Ordering::Relaxed) {
            return interrupt.sleep(pause).is_ok();
        }
        std::thread::sleep(pause);
        true
    }
}

//! Trying again what failed for a reason that passes: pauses that grow, with some chance in them.

use std::time::{Duration, Instant};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The pauses between the attempts at one thing.
pub(super) struct BackOff {
    limit: Duration,
    first_failure: Option<Instant>,
    pause: Duration,
}

impl BackOff {
    /// Attempts for as long as `limit`, from the first failure on.
    pub fn new(limit: Duration) -> Self {
        Self { limit, first_failure: None, pause: FIRST_PAUSE }
    }

    /// After a failure: how long to pause before the next attempt, which takes about as long as `attempt`.
    /// Nothing if it would not be over in time.
    pub fn next(&mut self, attempt: Duration) -> Option<Duration> {
        let elapsed = self.first_failure.get_or_insert_with(Instant::now).elapsed();
        let left = self.limit.checked_sub(elapsed + attempt).filter(|left| !left.is_zero())?;
        let pause = shortened(self.pause).min(left);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        Some(pause)
    }
}

/// By chance something between the half and the whole of `pause`, so that two that were in each other's way
/// do not meet again.
fn shortened(pause: Duration) -> Duration {
    // Where the system gives no randomness it is the whole.
    let random = getrandom::u32().map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX));
    pause.mul_f64(0.5 + random / 2.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{BackOff, LONGEST_PAUSE};

    #[test]
    fn pauses_grow_up_to_the_longest() {
        let mut back_off = BackOff::new(Duration::from_secs(3600));
        let mut whole = Duration::from_millis(100);
        for _ in 0..10 {
            let pause = back_off.next(Duration::ZERO);
            assert!(pause.is_some_and(|pause| (whole / 2..=whole).contains(&pause)), "{pause:?} of {whole:?}");
            whole = (whole * 2).min(LONGEST_PAUSE);
        }
    }

    #[test]
    fn the_last_attempt_ends_in_time() {
        let attempt = Duration::from_secs(5);
        assert_eq!(BackOff::new(attempt).next(attempt), None);
        let last = BackOff::new(attempt + Duration::from_millis(10)).next(attempt);
        assert!(last.is_some_and(|pause| pause <= Duration::from_millis(10)), "{last:?}");
    }
}

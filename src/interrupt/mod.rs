//! A request to stop, and who heeds it.
//!
//! Whoever embeds the library keeps a clone of the [`Interrupt`] that he gave to the configuration and triggers it
//! from any thread. A run then cancels the statement that is under way, takes its revision back, keeps the ones
//! before and gives `interrupted` as its error.

mod watch;

pub use watch::Watch;

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// It was asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("interrupted")]
pub struct Interrupted;

/// A request to stop that can be made once, from any thread. Its clones are the same request.
#[derive(Clone, Default)]
pub struct Interrupt {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    is_triggered: bool,
    holds: usize,
    watches: Vec<Weak<watch::Shared>>,
}

/// Says that there is work which heeds the interrupt and ends in order, for as long as it lives.
pub struct Hold {
    interrupt: Interrupt,
}

impl Interrupt {
    /// A request that nobody has made yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the request, without waiting for what comes of it. A second time changes nothing.
    ///
    /// Says whether there is work under way that heeds it and ends in order. None begins any more.
    pub fn trigger(&self) -> bool {
        let (watches, is_held) = {
            let mut state = self.state();
            state.is_triggered = true;
            (std::mem::take(&mut state.watches), state.holds > 0)
        };
        self.shared.changed.notify_all();
        for watched in watches.iter().filter_map(Weak::upgrade) {
            watch::cancel_from_now_on(watched);
        }
        is_held
    }

    /// Was the request made?
    #[must_use]
    pub fn is_triggered(&self) -> bool {
        self.state().is_triggered
    }

    /// Asks whether to go on.
    ///
    /// # Errors
    /// [`Interrupted`] once the request was made.
    pub fn check(&self) -> Result<(), Interrupted> {
        if self.is_triggered() { Err(Interrupted) } else { Ok(()) }
    }

    /// Sleeps, but not past the request.
    ///
    /// # Errors
    /// [`Interrupted`] once the request was made, at once.
    pub fn sleep(&self, duration: Duration) -> Result<(), Interrupted> {
        let state = self.state();
        let slept = self.shared.changed.wait_timeout_while(state, duration, |state| !state.is_triggered);
        let (state, _) = slept.unwrap_or_else(PoisonError::into_inner);
        if state.is_triggered { Err(Interrupted) } else { Ok(()) }
    }

    /// Begins work that will end in order when the request is made.
    ///
    /// # Errors
    /// [`Interrupted`] if it was made already.
    pub fn hold(&self) -> Result<Hold, Interrupted> {
        let mut state = self.state();
        if state.is_triggered {
            return Err(Interrupted);
        }
        state.holds += 1;
        Ok(Hold { interrupt: self.clone() })
    }

    /// Watches over a connection, whose running statement `cancel` ends. That is called from another thread, and
    /// again until the statement has ended: a database ignores a request that comes before it has begun.
    pub fn watch(&self, cancel: impl Fn() + Send + Sync + 'static) -> Watch {
        let (watch, shared) = Watch::new(self.clone(), Box::new(cancel));
        let mut state = self.state();
        if state.is_triggered {
            drop(state);
            watch::cancel_from_now_on(shared);
        } else {
            state.watches.retain(|watched| watched.strong_count() > 0);
            state.watches.push(Arc::downgrade(&shared));
        }
        watch
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.interrupt.state().holds -= 1;
    }
}

impl fmt::Debug for Interrupt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Interrupt").field("is_triggered", &self.is_triggered()).finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_sleep_ends_with_the_request() {
        let interrupt = Interrupt::new();
        assert_eq!(interrupt.sleep(Duration::from_millis(1)), Ok(()));
        let other = interrupt.clone();
        let sleeper = std::thread::spawn(move || other.sleep(LONG));
        interrupt.trigger();
        assert_eq!(sleeper.join().unwrap(), Err(Interrupted));
        assert_eq!(interrupt.sleep(LONG), Err(Interrupted));
    }

    #[test]
    fn nothing_begins_after_the_request() {
        let interrupt = Interrupt::new();
        let hold = interrupt.hold().unwrap();
        assert!(interrupt.trigger());
        drop(hold);
        assert!(!interrupt.trigger());
        assert!(interrupt.hold().is_err());
        assert!(interrupt.watch(|| {}).run(|| ()).is_err());
    }

    #[test]
    fn a_statement_is_cancelled_until_it_ends() {
        let interrupt = Interrupt::new();
        let (cancelled, heard) = mpsc::channel();
        let watch = interrupt.watch(move || cancelled.send(()).unwrap());
        let other = interrupt.clone();
        let result = watch.run(move || {
            other.trigger();
            // The first request came too early for the database.
            heard.recv_timeout(LONG).unwrap();
            heard.recv_timeout(LONG).unwrap();
            "ended"
        });
        assert_eq!(result, Ok("ended"));
        assert!(watch.run(|| ()).is_err());
    }

    #[test]
    fn a_request_under_way_does_not_reach_the_next_statement() {
        let interrupt = Interrupt::new();
        let (begun, has_begun) = mpsc::channel();
        let under_way = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&under_way);
        let mut watch = interrupt.watch(move || {
            count.fetch_add(1, Ordering::SeqCst);
            let _ = begun.send(());
            std::thread::sleep(Duration::from_millis(50));
            count.fetch_sub(1, Ordering::SeqCst);
        });
        let other = interrupt.clone();
        watch
            .run(move || {
                other.trigger();
                has_begun.recv_timeout(LONG).unwrap();
            })
            .unwrap();
        assert_eq!(under_way.load(Ordering::SeqCst), 0);
        watch.heed(false);
        let later = watch.run(|| {
            std::thread::sleep(Duration::from_millis(50));
            under_way.load(Ordering::SeqCst)
        });
        assert_eq!(later, Ok(0));
    }
}

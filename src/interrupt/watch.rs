//! Cancelling what runs on one connection, and nothing that comes after it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Interrupt, Interrupted};

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Watches over one connection: what runs under it can be cancelled.
pub struct Watch {
    interrupt: Interrupt,
    shared: Arc<Shared>,
    heeds: bool,
}

pub(super) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    cancel: Box<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
struct State {
    /// Is there a statement that may be cancelled?
    is_open: bool,
    /// Is a request to cancel on its way?
    is_cancelling: bool,
    /// Is the connection no more?
    has_ended: bool,
    /// Is there a thread that wants to know?
    is_attended: bool,
}

/// Open while a statement runs; closing it waits until no request is on its way any more.
struct Window<'a>(&'a Shared);

impl Watch {
    pub(super) fn new(interrupt: Interrupt, cancel: Box<dyn Fn() + Send + Sync>) -> (Self, Arc<Shared>) {
        let shared = Arc::new(Shared { state: Mutex::default(), changed: Condvar::new(), cancel });
        (Self { interrupt, shared: Arc::clone(&shared), heeds: true }, shared)
    }

    /// Whether what runs from now on is cancelled; what cleans up must not be.
    pub fn heed(&mut self, heeds: bool) {
        self.heeds = heeds;
    }

    /// Has what ran been cancelled, if it failed?
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.heeds && self.interrupt.is_triggered()
    }

    /// Runs `work`, which is cancelled when the request is made.
    ///
    /// # Errors
    /// [`Interrupted`] if it was made before, so that nothing was run.
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> Result<T, Interrupted> {
        if !self.heeds {
            return Ok(work());
        }
        let _hold = self.interrupt.hold()?;
        let _window = Window::open(&self.shared);
        Ok(work())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.shared.change(|state| state.has_ended = true);
    }
}

impl<'a> Window<'a> {
    fn open(shared: &'a Shared) -> Self {
        shared.change(|state| state.is_open = true);
        Self(shared)
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        self.0.change(|state| state.is_open = false);
        let state = self.0.state();
        drop(self.0.changed.wait_while(state, |state| state.is_cancelling));
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        if state.is_attended {
            self.changed.notify_all();
        }
    }
}

/// Cancels whatever runs from now on, on a thread of its own.
pub(super) fn cancel_from_now_on(shared: Arc<Shared>) {
    shared.state().is_attended = true;
    // Without a thread the statement goes on to its end, and the request is heeded there.
    let _ = std::thread::Builder::new().name("interrupt".to_owned()).spawn(move || attend(&shared));
}

fn attend(shared: &Shared) {
    let mut pause = FIRST_PAUSE;
    let mut state = shared.state();
    loop {
        let waited = shared.changed.wait_while(state, |state| !state.is_open && !state.has_ended);
        state = waited.unwrap_or_else(PoisonError::into_inner);
        if state.has_ended {
            return;
        }
        state.is_cancelling = true;
        drop(state);
        (shared.cancel)();
        shared.change(|state| state.is_cancelling = false);
        let waited = shared.changed.wait_timeout_while(shared.state(), pause, |state| state.is_open);
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

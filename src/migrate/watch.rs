//! Telling who is in the way while a statement waits.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Database, Event, Observer};
use crate::backend::Blocker;

/// Who hears of a run, from the thread that runs and from the one that watches.
struct Listener<'o> {
    observe: &'o mut Observer<'o>,
    revision: String,
}

impl Listener<'_> {
    fn pass(&mut self, event: Event<'_>) {
        if let Event::StepStarted { revision, .. } = event {
            revision.clone_into(&mut self.revision);
        }
        (self.observe)(event);
    }

    fn blocked(&mut self, blockers: &[Blocker]) {
        if !blockers.is_empty() {
            (self.observe)(Event::Blocked { revision: &self.revision, blockers });
        }
    }
}

/// Runs `work` while another thread looks who is in its way, and tells it.
pub(super) fn watched<'p, T>(
    database: &mut Database<'p>,
    observe: &mut Observer<'_>,
    work: impl FnOnce(&mut Database<'p>, &mut dyn FnMut(Event<'_>)) -> T,
) -> T {
    let Some(mut watcher) = database.connection.watcher() else {
        return work(database, &mut |event| observe(event));
    };
    let mut observe = |event: Event<'_>| observe(event);
    let listener = Mutex::new(Listener { observe: &mut observe, revision: String::new() });
    let listener = &listener;
    std::thread::scope(|scope| {
        let (working, done) = channel::<()>();
        let watch = move || {
            loop {
                let look = watcher();
                lock(listener).blocked(&look.blockers);
                // Nothing is ever sent: the other end goes when the work is done.
                if done.recv_timeout(look.next_in) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        };
        // A system that has no thread left for it has nobody to tell; the run goes on.
        let _ = std::thread::Builder::new().name("watcher".into()).spawn_scoped(scope, watch);
        let result = work(database, &mut |event| lock(listener).pass(event));
        drop(working);
        result
    })
}

fn lock<'m, 'o>(listener: &'m Mutex<Listener<'o>>) -> MutexGuard<'m, Listener<'o>> {
    listener.lock().unwrap_or_else(PoisonError::into_inner)
}

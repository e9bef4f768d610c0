//! SIGINT and SIGTERM: the first asks the run to end in order, the second ends the program at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use super::exit_code::INTERRUPTED;
use crate::interrupt::Interrupt;

/// What is known of the signals that came, and of who speaks for the program.
#[derive(Clone)]
pub struct Signals {
    /// What the first signal triggers.
    pub interrupt: Interrupt,
    code: Arc<AtomicU8>,
    has_spoken: Arc<AtomicBool>,
    json: bool,
}

impl Signals {
    /// Listens from now on.
    pub fn listen(json: bool) -> Self {
        let signals = Self {
            interrupt: Interrupt::new(),
            code: Arc::new(AtomicU8::new(INTERRUPTED)),
            has_spoken: Arc::default(),
            json,
        };
        listen(&signals);
        signals
    }

    /// The exit code of a program that was interrupted.
    pub fn exit_code(&self) -> u8 {
        self.code.load(Ordering::Relaxed)
    }

    /// Takes the last word for the one that asks. The other one never gets it, and has nothing more to do.
    pub fn take_last_word(&self) {
        if self.has_spoken.swap(true, Ordering::SeqCst) {
            loop {
                std::thread::park();
            }
        }
    }
}

#[cfg(unix)]
fn listen(signals: &Signals) {
    use signal_hook::consts::{SIGINT, SIGTERM};

    // Without a listener the system's own way stays, which is to end the program.
    let Ok(incoming) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else { return };
    let signals = signals.clone();
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(move || unix::attend(incoming, &signals));
}

#[cfg(not(unix))]
fn listen(_signals: &Signals) {}

#[cfg(unix)]
mod unix {
    use std::io::Write as _;
    use std::sync::atomic::Ordering;
    use std::time::{Duration, Instant};

    use signal_hook::low_level::exit;

    use super::Signals;
    use crate::backend::BackendError;
    use crate::cli::failure;
    use crate::interrupt::Interrupted;
    use crate::migrate::Error;

    /// `timeout` and others signal the process and then its group: that is one request, not two.
    const SAME: Duration = Duration::from_millis(50);

    pub fn attend(mut incoming: signal_hook::iterator::Signals, signals: &Signals) {
        let mut first: Option<Instant> = None;
        for signal in incoming.forever() {
            // https://www.gnu.org/software/bash/manual/html_node/Exit-Status.html
            let code = 128 + signal;
            match first {
                None => {
                    first = Some(Instant::now());
                    signals.code.store(u8::try_from(code).unwrap_or(u8::MAX), Ordering::Relaxed);
                    if !signals.interrupt.trigger() {
                        let signals = signals.clone();
                        // On a thread of its own, because whoever reads what we say may be slow.
                        let _ = std::thread::Builder::new().spawn(move || leave(&signals));
                    }
                }
                Some(first) if first.elapsed() < SAME => {}
                Some(_) => exit(code),
            }
        }
    }

    /// Ends the program, which has nothing to take back.
    fn leave(signals: &Signals) {
        signals.take_last_word();
        let error = anyhow::Error::from(Error::from(BackendError::from(Interrupted)));
        // There may be nobody left to tell.
        let _ = if signals.json {
            let mut out = std::io::stdout().lock();
            writeln!(out, "{}", failure::document(&error)).and_then(|()| out.flush())
        } else {
            std::io::stderr().write_all(b"error: interrupted\n")
        };
        exit(signals.exit_code().into());
    }
}

//! The program while it runs: signals to it, what it says meanwhile, and an end that has to come.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub use rustix::process::Signal;

use super::project::Output;

/// How long anything may take on a machine that is busy with other tests.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The program, started.
pub struct Running {
    child: Child,
    stdout: File,
    stderr: File,
}

impl Running {
    /// Starts `command`, with its output kept for [`Running::output`].
    pub fn start(mut command: Command) -> Running {
        let (stdout, stderr) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
        command.stdin(Stdio::null()).stdout(stdout.try_clone().unwrap()).stderr(stderr.try_clone().unwrap());
        Running { child: command.spawn().unwrap(), stdout, stderr }
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits until it listens to signals, so that they do not just end it.
    pub fn until_listens(&self) {
        if !cfg!(target_os = "linux") {
            return std::thread::sleep(Duration::from_secs(2));
        }
        let caught = 1 << (Signal::TERM.as_raw() - 1);
        let path = format!("/proc/{}/status", self.child.id());
        // https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
        until("it listens to signals", || {
            let status = std::fs::read_to_string(&path).unwrap_or_default();
            let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
            mask.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).unwrap() & caught != 0)
        });
    }

    /// What it has said on stderr so far.
    pub fn story(&self) -> String {
        read(&self.stderr)
    }

    /// Waits until it has said this on stderr.
    #[track_caller]
    pub fn until_says(&mut self, part: &str) {
        let started = Instant::now();
        while !self.story().contains(part) {
            assert!(
                !self.has_ended() && started.elapsed() < PATIENCE,
                "it never said `{part}`, but:\n{}",
                self.story()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Has it ended?
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// What it gave, if it ends within `limit`.
    #[track_caller]
    pub fn output_within(mut self, limit: Duration) -> Output {
        until_within(limit, "the program ends", || self.has_ended());
        Output { code: self.child.wait().unwrap().code(), stdout: read(&self.stdout), stderr: read(&self.stderr) }
    }

    /// What it gave, at its end.
    #[track_caller]
    pub fn output(self) -> Output {
        self.output_within(PATIENCE)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// All of a file that somebody else writes at its end.
fn read(file: &File) -> String {
    let mut bytes = vec![0; usize::try_from(file.metadata().unwrap().len()).unwrap()];
    file.read_exact_at(&mut bytes, 0).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Waits until it `holds`.
#[track_caller]
pub fn until(what: &str, holds: impl FnMut() -> bool) {
    until_within(PATIENCE, what, holds);
}

#[track_caller]
fn until_within(limit: Duration, what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < limit, "not within {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

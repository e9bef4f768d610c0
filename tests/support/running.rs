//! The program while it runs: signals to it, what it says meanwhile, and an end that has to come.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

#[cfg(unix)]
pub use rustix::process::Signal;
use tempfile::NamedTempFile;

use super::project::Output;

/// How long anything may take on a machine that is busy with other tests.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The program, started; killed when it goes out of scope.
pub struct Running {
    child: Child,
    stdout: NamedTempFile,
    stderr: NamedTempFile,
}

impl Running {
    /// Starts `command`, with its output kept for [`Running::output`].
    pub fn start(mut command: Command) -> Running {
        let (stdout, stderr) = (NamedTempFile::new().unwrap(), NamedTempFile::new().unwrap());
        command.stdin(Stdio::null()).stdout(stdout.reopen().unwrap()).stderr(stderr.reopen().unwrap());
        Running { child: command.spawn().unwrap(), stdout, stderr }
    }

    /// Sends it a signal.
    #[cfg(unix)]
    pub fn signal(&self, signal: Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits until it listens to signals, so that they do not just end it.
    #[cfg(unix)]
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
        std::fs::read_to_string(&self.stderr).unwrap()
    }

    /// Waits for a line on stderr with `part` in it, and gives the first one.
    #[track_caller]
    pub fn says(&mut self, part: &str) -> String {
        let started = Instant::now();
        loop {
            // What it said last is there when it has ended.
            let is_over = self.has_ended() || started.elapsed() > PATIENCE;
            let story = self.story();
            if let Some(line) = story.split_inclusive('\n').find(|line| line.contains(part) && line.ends_with('\n')) {
                return line.trim_end().to_owned();
            }
            assert!(!is_over, "it never said `{part}`, but:\n{story}");
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
        let stdout = std::fs::read_to_string(&self.stdout).unwrap();
        Output { code: self.child.wait().unwrap().code(), stdout, stderr: self.story() }
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

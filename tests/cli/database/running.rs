//! Runs of the program that are looked at while they go on.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::Subject;

/// Longer than anything takes here, on a machine that has other things to do.
pub const LONG: Duration = Duration::from_secs(60);

/// A run of the program whose story can be followed.
pub struct Running {
    child: Child,
    lines: Receiver<String>,
    story: String,
}

impl Running {
    pub fn new(subject: &Subject<'_>, arguments: &[&str]) -> Self {
        let mut command = subject.command(arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).all(|line| send.send(line).is_ok()));
        Self { child, lines, story: String::new() }
    }

    /// Waits for a line with this in it.
    #[track_caller]
    pub fn says(&mut self, part: &str) -> String {
        let begun = Instant::now();
        while let Ok(line) = self.lines.recv_timeout(LONG.saturating_sub(begun.elapsed())) {
            self.story += &format!("{line}\n");
            if line.contains(part) {
                return line;
            }
        }
        panic!("it never said `{part}`, but:\n{}", self.story);
    }

    /// Waits for its end; gives the whole story.
    #[track_caller]
    pub fn exits(mut self, code: i32) -> String {
        while let Ok(line) = self.lines.recv_timeout(LONG) {
            self.story += &format!("{line}\n");
        }
        assert_eq!(self.child.wait().unwrap().code(), Some(code), "{}", self.story);
        std::mem::take(&mut self.story)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something is so.
#[track_caller]
pub fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < LONG, "never came: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

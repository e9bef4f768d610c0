//! The story of a run: a line per revision, and a bar on a terminal when the run is long.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::output::{Output, Paint, clean};
use crate::backend::Blocker;
use crate::migrate::Event;

/// From how many revisions on a bar is shown.
const LONG: usize = 8;

/// Tells the events of one run.
#[derive(Default)]
pub struct Progress {
    bar: Option<ProgressBar>,
    /// Who was told last to be in the way of which revision.
    blocked: (String, Vec<u32>),
}

impl Progress {
    /// Tells one event. A story that cannot be written does not stop a run.
    pub fn tell(&mut self, event: Event<'_>, output: &mut Output<'_>) {
        match event {
            Event::Waiting { holder } => {
                self.line(output, &format!("waiting for {}", clean(holder)));
            }
            Event::StepStarted { index, total, revision, message, .. } => {
                if index == 0 && total >= LONG && output.shows_progress() {
                    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} {msg}");
                    let bar = ProgressBar::new(total as u64);
                    self.bar = Some(style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style)));
                }
                if let Some(bar) = &self.bar {
                    bar.set_message(format!("{revision} {}", clean(message)));
                }
            }
            Event::Notice { revision, line, notice } => {
                let text = format!(
                    "{}: {} ({revision}, line {line})",
                    clean(&notice.severity).to_lowercase(),
                    clean(&notice.message)
                );
                let text = output.paint_story(Paint::Notice, &text);
                self.line(output, &text);
            }
            Event::NoticesDropped { revision, count } => {
                self.line(output, &format!("… and {count} more messages of the server ({revision})"));
            }
            Event::Blocked { revision, blockers } => self.blocked(revision, blockers, output),
            Event::Retrying { revision, line, cause, blockers, pause } => {
                self.blocked(revision, blockers, output);
                let line = line.map(|line| format!(", line {line}")).unwrap_or_default();
                let text = format!(
                    "{revision}{line}: {}; rolled back, to be tried again in {}{}",
                    clean(&cause.to_string()),
                    shown_duration(pause),
                    short_names(blockers)
                );
                let text = output.paint_story(Paint::Notice, &text);
                self.line(output, &text);
            }
            Event::StepFinished { index, total, revision, message, direction, duration } => {
                let text = format!(
                    "{} {} {} {}",
                    direction.as_str(),
                    output.paint_story(Paint::Revision, revision),
                    clean(message),
                    output.paint_story(Paint::Dim, &format!("({})", shown_duration(duration)))
                );
                self.line(output, &text);
                if let Some(bar) = &self.bar {
                    bar.inc(1);
                    if index + 1 == total {
                        bar.finish_and_clear();
                    }
                }
            }
        }
    }

    /// Tells who is in the way, once.
    fn blocked(&mut self, revision: &str, blockers: &[Blocker], output: &mut Output<'_>) {
        let found = (revision.to_owned(), blockers.iter().map(|blocker| blocker.pid).collect());
        if blockers.is_empty() || self.blocked == found {
            return;
        }
        self.blocked = found;
        let of = if revision.is_empty() { String::new() } else { format!("{revision}: ") };
        for text in blocker_lines(blockers) {
            let text = output.paint_story(Paint::Notice, &format!("{of}waiting, {text}"));
            self.line(output, &text);
        }
    }

    fn line(&self, output: &mut Output<'_>, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            // See `tell`.
            None => drop(output.story(text)),
        }
    }
}

/// How many of those in the way are named.
const NAMED: usize = 3;

/// Who is in the way, a line each: `blocked by pid 4711 (psql, user anna), active: SELECT …`
pub fn blocker_lines(blockers: &[Blocker]) -> Vec<String> {
    let named = blockers.iter().take(NAMED).map(|blocker| format!("blocked by {}", clean(&blocker.to_string())));
    let more = blockers.len().checked_sub(NAMED + 1).map(|more| format!("blocked by {} more", more + 1));
    named.chain(more).collect()
}

/// ` (blocked by pid 4711, pid 4712)`
fn short_names(blockers: &[Blocker]) -> String {
    let names: Vec<String> = blockers.iter().take(NAMED).map(Blocker::name).collect();
    match blockers.len().saturating_sub(NAMED) {
        _ if names.is_empty() => String::new(),
        0 => format!(" (blocked by {})", names.join(", ")),
        more => format!(" (blocked by {} and {more} more)", names.join(", ")),
    }
}

/// A duration as people say it: `0.4 ms`, `12 ms`, `3.4 s`, `2 min 5 s`.
pub fn shown_duration(duration: Duration) -> String {
    match duration.as_secs() {
        0 if duration.as_millis() < 10 => format!("{:.1} ms", (duration.as_secs_f64() * 1000.0).max(0.1)),
        0 => format!("{} ms", duration.as_millis()),
        seconds if seconds < 60 => format!("{:.1} s", duration.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

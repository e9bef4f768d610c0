//! Writing: the answer to stdout, the story to stderr, colour as decoration.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};
use anyhow::Result;
use serde_json::Value;

use super::Streams;
use super::arguments::Global;
use super::signals::Signals;
use crate::interrupt::Interrupt;

/// Where a command writes, and how.
pub struct Output<'s> {
    streams: Streams<'s>,
    pub json: bool,
    pub verbose: bool,
    quiet: bool,
    color_out: bool,
    color_err: bool,
    progress: bool,
    /// Keeps the document in the place of writing it.
    kept: Option<Value>,
    signals: Signals,
    has_last_word: bool,
}

/// What a piece of text is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// A revision id.
    Revision,
    /// Something good.
    Good,
    /// Something to look at.
    Notice,
    /// An error.
    Error,
    /// Something less important.
    Dim,
    /// A heading.
    Bold,
}

impl Paint {
    fn style(self) -> Style {
        match self {
            Self::Revision => AnsiColor::Yellow.on_default(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Notice => AnsiColor::Cyan.on_default(),
            Self::Error => AnsiColor::Red.on_default().bold(),
            Self::Dim => Style::new().dimmed(),
            Self::Bold => Style::new().bold(),
        }
    }
}

impl<'s> Output<'s> {
    pub fn new(streams: Streams<'s>, global: &Global, signals: Signals) -> Self {
        Self {
            json: global.json,
            verbose: global.verbose,
            quiet: global.quiet,
            color_out: global.color.enabled(streams.out_is_terminal) && !global.json,
            color_err: global.color.enabled(streams.err_is_terminal),
            progress: streams.err_is_terminal && !global.no_progress && !global.quiet && !global.json,
            kept: None,
            streams,
            signals,
            has_last_word: false,
        }
    }

    /// Is there somebody to answer a question?
    pub fn can_ask(&self) -> bool {
        self.streams.in_is_terminal && self.streams.err_is_terminal && !self.json
    }

    /// Is a progress bar wanted?
    pub fn shows_progress(&self) -> bool {
        self.progress
    }

    /// A line of the answer.
    pub fn answer(&mut self, line: &str) -> Result<()> {
        Ok(self.streams.out.write_all(format!("{line}\n").as_bytes())?)
    }

    /// Text of the answer, as it is: a script.
    pub fn raw(&mut self, text: &str) -> Result<()> {
        Ok(self.streams.out.write_all(text.as_bytes())?)
    }

    /// The whole answer under `--json`.
    pub fn document(&mut self, document: &Value) -> Result<()> {
        if let Some(kept) = &mut self.kept {
            *kept = document.clone();
            return Ok(());
        }
        self.take_last_word();
        Ok(self.streams.out.write_all(format!("{document}\n").as_bytes())?)
    }

    /// Does `work` and gives, besides its result, the document it had to write; null if there was none.
    pub fn keep_document<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> (T, Value) {
        self.kept = Some(Value::Null);
        let result = work(self);
        (result, self.kept.take().unwrap_or_default())
    }

    /// From here on nobody else says how the command ended.
    pub fn take_last_word(&mut self) {
        if !std::mem::replace(&mut self.has_last_word, true) {
            self.signals.take_last_word();
        }
    }

    /// What the first signal triggers.
    pub fn interrupt(&self) -> Interrupt {
        self.signals.interrupt.clone()
    }

    /// The exit code of a command that was interrupted.
    pub fn interrupted_code(&self) -> u8 {
        self.signals.exit_code()
    }

    /// A line of the story; not under `--quiet`.
    pub fn story(&mut self, line: &str) -> Result<()> {
        if self.quiet { Ok(()) } else { self.problem(line) }
    }

    /// A line on stderr that is written even under `--quiet`: an error.
    pub fn problem(&mut self, line: &str) -> Result<()> {
        // One write for a line: stderr has no buffer.
        Ok(self.streams.err.write_all(format!("{line}\n").as_bytes())?)
    }

    /// `text` in colour, for stdout.
    pub fn paint(&self, paint: Paint, text: &str) -> String {
        painted(self.color_out, paint, text)
    }

    /// `text` in colour, for stderr.
    pub fn paint_story(&self, paint: Paint, text: &str) -> String {
        painted(self.color_err, paint, text)
    }

    pub fn flush(&mut self) -> Result<()> {
        self.streams.out.flush()?;
        Ok(self.streams.err.flush()?)
    }
}

fn painted(color: bool, paint: Paint, text: &str) -> String {
    let text = clean(text);
    if !color {
        return text.into_owned();
    }
    let style = paint.style();
    format!("{style}{text}{style:#}")
}

/// `text` without control characters that a terminal would obey; line ends and tabs stay.
///
/// Messages, names and a server's errors come from elsewhere and are never passed on raw.
pub fn clean(text: &str) -> Cow<'_, str> {
    let harmful = |character: char| character.is_control() && !matches!(character, '\n' | '\t');
    if !text.chars().any(harmful) {
        return Cow::Borrowed(text);
    }
    let escaped = text.chars().map(|character| {
        if harmful(character) { character.escape_default().to_string() } else { character.to_string() }
    });
    Cow::Owned(escaped.collect())
}

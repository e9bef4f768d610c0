//! The grammar of targets: how people name revisions on the command line.
//!
//! ```text
//! target = [ branch "@" ] [ symbol ] [ offset ]      (not all three absent)
//! symbol = "head" | "heads" | "base" | "current" | id, partial id or label
//! offset = ( "+" | "-" ) digits
//! range  = [ target ] ":" [ target ]
//! ```

use std::fmt;
use std::str::FromStr;

/// One target, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What stands before `@`: a branch label or a revision.
    pub branch: Option<String>,
    /// The named revision; absent in `+2` and `-1`.
    pub symbol: Option<Symbol>,
    /// Steps up or down from the symbol, or from what is applied.
    pub offset: Option<Offset>,
}

/// The word in a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Symbol {
    /// The one head.
    Head,
    /// All heads.
    Heads,
    /// Before the first revision.
    Base,
    /// What is applied.
    Current,
    /// An id, a partial id or a branch label.
    Named(String),
}

/// Steps from a revision, along `revises` only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offset {
    /// `+N`
    Up(u32),
    /// `-N`
    Down(u32),
}

/// `from:to`, either end of which may be absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The lower end.
    pub from: Option<Target>,
    /// The upper end.
    pub to: Option<Target>,
}

/// A target that does not follow the grammar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a target: {reason}")]
pub struct TargetSyntaxError {
    /// The text as written.
    pub text: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl Target {
    /// `head`
    #[must_use]
    pub fn head() -> Self {
        Self::symbol(Symbol::Head)
    }

    /// The target that is just this word.
    #[must_use]
    pub fn symbol(symbol: Symbol) -> Self {
        Self { branch: None, symbol: Some(symbol), offset: None }
    }
}

impl FromStr for Target {
    type Err = TargetSyntaxError;

    fn from_str(text: &str) -> Result<Self, TargetSyntaxError> {
        let error = |reason| TargetSyntaxError { text: text.to_owned(), reason };
        let (branch, rest) = match text.split_once('@') {
            Some(("", _)) => return Err(error("a branch label or revision belongs before `@`")),
            Some((branch, rest)) => (Some(branch), rest),
            None => (None, text),
        };
        if rest.contains('@') {
            return Err(error("only one `@` is allowed"));
        }
        if branch.is_some_and(|branch| branch.contains(['+', ':'])) {
            return Err(error("steps belong at the end"));
        }
        let (symbol, offset) = match rest.find(['+', '-']) {
            Some(sign) => (&rest[..sign], Some(parse_offset(&rest[sign..]).map_err(error)?)),
            None => (rest, None),
        };
        if symbol.is_empty() && offset.is_none() {
            return Err(error("it is empty"));
        }
        if symbol.contains(':') {
            return Err(error("it is a range"));
        }
        Ok(Self {
            branch: branch.map(str::to_owned),
            symbol: (!symbol.is_empty()).then(|| Symbol::from(symbol)),
            offset,
        })
    }
}

fn parse_offset(text: &str) -> Result<Offset, &'static str> {
    let digits = &text[1..];
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("only digits may follow `+` or `-`");
    }
    let steps = digits.parse().map_err(|_| "the number of steps is too large")?;
    Ok(if text.starts_with('+') { Offset::Up(steps) } else { Offset::Down(steps) })
}

impl FromStr for Range {
    type Err = TargetSyntaxError;

    fn from_str(text: &str) -> Result<Self, TargetSyntaxError> {
        let error = |reason| TargetSyntaxError { text: text.to_owned(), reason };
        let (from, to) = text.split_once(':').ok_or_else(|| error("a range is `from:to`, `from:` or `:to`"))?;
        if to.contains(':') {
            return Err(error("a range has one `:`"));
        }
        let end = |text: &str| (!text.is_empty()).then(|| text.parse()).transpose();
        Ok(Self { from: end(from)?, to: end(to)? })
    }
}

impl From<&str> for Symbol {
    fn from(text: &str) -> Self {
        match text {
            "head" => Self::Head,
            "heads" => Self::Heads,
            "base" => Self::Base,
            "current" => Self::Current,
            name => Self::Named(name.to_owned()),
        }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head => "head",
            Self::Heads => "heads",
            Self::Base => "base",
            Self::Current => "current",
            Self::Named(name) => name,
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(branch) = &self.branch {
            write!(f, "{branch}@")?;
        }
        if let Some(symbol) = &self.symbol {
            write!(f, "{symbol}")?;
        }
        match self.offset {
            Some(Offset::Up(steps)) => write!(f, "+{steps}"),
            Some(Offset::Down(steps)) => write!(f, "-{steps}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(from) = &self.from {
            write!(f, "{from}")?;
        }
        f.write_str(":")?;
        if let Some(to) = &self.to {
            write!(f, "{to}")?;
        }
        Ok(())
    }
}

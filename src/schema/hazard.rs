use std::fmt;
use std::str::FromStr;

/// What can go wrong, or be lost, with a change that is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hazard {
    /// Rows or values are gone afterwards.
    DataLoss,
    /// The way back does not bring everything back.
    NotReversible,
    /// Rows that are there may not allow it.
    MayFail,
    /// Every row is written anew.
    TableRewrite,
    /// Others wait while it runs.
    BlockingLock,
}

impl Hazard {
    /// All of them, the worst first.
    pub const ALL: [Self; 5] =
        [Self::DataLoss, Self::NotReversible, Self::MayFail, Self::TableRewrite, Self::BlockingLock];

    /// Its stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DataLoss => "data-loss",
            Self::NotReversible => "not-reversible",
            Self::MayFail => "may-fail",
            Self::TableRewrite => "table-rewrite",
            Self::BlockingLock => "blocking-lock",
        }
    }
}

impl fmt::Display for Hazard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Hazard {
    type Err = String;

    /// Reads a name; the error lists them all.
    fn from_str(name: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(Self::as_str).join(", ");
        Self::ALL.into_iter().find(|hazard| hazard.as_str() == name).ok_or_else(|| format!("it is none of {}", names()))
    }
}

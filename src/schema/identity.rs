use std::fmt;

/// What sort of object something is; the backends have their own besides those here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(pub &'static str);

impl Kind {
    /// A table.
    pub const TABLE: Self = Self("table");
    /// A column of a table.
    pub const COLUMN: Self = Self("column");
    /// A constraint of a table.
    pub const CONSTRAINT: Self = Self("constraint");
    /// An index.
    pub const INDEX: Self = Self("index");
    /// A view.
    pub const VIEW: Self = Self("view");
    /// A trigger.
    pub const TRIGGER: Self = Self("trigger");
    /// Whose an object is.
    pub const OWNER: Self = Self("owner");
    /// What a role may do with an object.
    pub const GRANT: Self = Self("grant");
    /// What a role may do with objects that are still to be made.
    pub const DEFAULT_PRIVILEGES: Self = Self("default privileges");
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.0)
    }
}

/// What pairs an object of one schema with one of another: its kind and its names, from the outside in, as
/// the database compares them. Never a number the database gave it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// The kind.
    pub kind: Kind,
    /// The names, such as table and column.
    pub names: Vec<String>,
}

impl Identity {
    /// The identity of this kind and these names.
    pub fn new<N: Into<String>>(kind: Kind, names: impl IntoIterator<Item = N>) -> Self {
        Self { kind, names: names.into_iter().map(Into::into).collect() }
    }

    /// The names joined by periods.
    #[must_use]
    pub fn path(&self) -> String {
        self.names.join(".")
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.kind, self.path())
    }
}

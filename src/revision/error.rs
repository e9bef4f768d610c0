//! What can be wrong with a graph or with a target, as facts.

use super::TargetSyntaxError;

/// A graph that does not hold together, or a target that names nothing in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// A character outside `[A-Za-z0-9_.]` in an id, an empty id, or a word of the target grammar.
    #[error("revision id `{}` is not legal: {}", revision.escape_debug(), describe_illegal(revision, illegal))]
    IllegalRevisionId {
        /// The id.
        revision: String,
        /// The characters that are not allowed.
        illegal: Vec<char>,
    },
    /// Two revisions with one id.
    #[error("revision `{revision}` exists more than once")]
    DuplicateRevision {
        /// The id.
        revision: String,
    },
    /// A character of the target grammar in a label, or a word of it as a label.
    #[error("branch label `{}` of revision `{revision}` is not legal: {}", label.escape_debug(), describe_illegal(label, illegal))]
    IllegalBranchLabel {
        /// The label.
        label: String,
        /// The revision that carries it.
        revision: String,
        /// The characters that are not allowed.
        illegal: Vec<char>,
    },
    /// A branch label that is taken.
    #[error("branch label `{label}` of revision `{revision}` is already {}", if *is_id { "the id of a revision".to_owned() } else { format!("used by revision `{other}`") })]
    DuplicateLabel {
        /// The label.
        label: String,
        /// The revision that carries it second.
        revision: String,
        /// The revision that has it.
        other: String,
        /// Is the label the other revision's id?
        is_id: bool,
    },
    /// `revises` names no revision.
    #[error("revision `{revision}` revises `{parent}`, which does not exist")]
    MissingParent {
        /// The revision.
        revision: String,
        /// What it names.
        parent: String,
        /// The revision that was probably meant.
        suggestion: Option<String>,
    },
    /// `depends-on` names no revision or label.
    #[error("revision `{revision}` depends on `{dependency}`, which does not exist")]
    MissingDependency {
        /// The revision.
        revision: String,
        /// What it names.
        dependency: String,
    },
    /// Revisions that need each other.
    #[error("revisions need each other in a circle: {}", circle(revisions))]
    Cycle {
        /// The ids, each needing the next and the last the first.
        revisions: Vec<String>,
    },
    /// A target that does not follow the grammar.
    #[error(transparent)]
    Syntax(#[from] TargetSyntaxError),
    /// No id, label or partial id matches.
    #[error("no revision or branch label `{name}`")]
    UnknownRevision {
        /// What was asked for.
        name: String,
        /// The nearest name there is.
        suggestion: Option<String>,
    },
    /// No label or revision matches what stands before `@`.
    #[error("no branch `{name}`")]
    UnknownBranch {
        /// What was asked for.
        name: String,
        /// The nearest name there is.
        suggestion: Option<String>,
    },
    /// A prefix of several ids or labels.
    #[error("`{partial}` is the beginning of several revisions: {}", candidates.join(", "))]
    AmbiguousPartial {
        /// What was asked for.
        partial: String,
        /// The ids and labels that begin with it.
        candidates: Vec<String>,
    },
    /// The revision exists, but on another line.
    #[error("revision `{revision}` is not on branch `{branch}`")]
    NotInBranch {
        /// The id.
        revision: String,
        /// The branch.
        branch: String,
    },
    /// One head was asked for and there are several.
    #[error("`{target}` stands for several heads: {}", heads.join(", "))]
    MultipleHeads {
        /// What was asked for.
        target: String,
        /// The heads.
        heads: Vec<String>,
    },
    /// Fewer revisions than steps.
    #[error("`{target}` goes beyond the {}", if *up { "head" } else { "base" })]
    RelativeTooFar {
        /// What was asked for.
        target: String,
        /// Upwards?
        up: bool,
    },
    /// A fork on the way up or a merge on the way down.
    #[error("`{target}` is ambiguous: {} revision `{at}` the way {} leads to {}", if at == "base" { "from" } else { "at" }, if *up { "up" } else { "down" }, choices.join(", "))]
    AmbiguousWalk {
        /// What was asked for.
        target: String,
        /// The revision where the ways part, or `base`.
        at: String,
        /// Upwards?
        up: bool,
        /// The revisions one step on.
        choices: Vec<String>,
    },
    /// Steps counted from several current revisions.
    #[error("`{target}` is ambiguous: several revisions are current: {}", current.join(", "))]
    AmbiguousRelative {
        /// What was asked for.
        target: String,
        /// The current revisions.
        current: Vec<String>,
    },
    /// A downgrade that cannot end at its target.
    #[error("cannot downgrade to `{target}`: {}", describe_not_reachable(target, *applied))]
    NotReachable {
        /// What was asked for.
        target: String,
        /// Is it applied, with something on another branch that depends on it?
        applied: bool,
    },
    /// A range where one target is wanted.
    #[error("`{range}` is a range, and a range is only allowed with --sql")]
    RangeNotAllowed {
        /// What was given.
        range: String,
    },
    /// One target where a range is wanted.
    #[error("`{target}` is not a range: --sql needs both ends here, `from:to`")]
    RangeRequired {
        /// What was given.
        target: String,
    },
    /// The ends of a range are not on one line.
    #[error("`{range}` is not a range: `{from}` is not below `{to}`")]
    RangeNotAncestor {
        /// What was given.
        range: String,
        /// The lower end.
        from: String,
        /// The upper end.
        to: String,
    },
    /// A history range without `:`.
    #[error("`{text}` is not a history range")]
    BadHistoryRange {
        /// What was given.
        text: String,
    },
    /// A new revision on something that is no head.
    #[error("revision `{revision}` is not a head")]
    NotAHead {
        /// The id.
        revision: String,
    },
    /// A merge that names a revision twice.
    #[error("revision `{revision}` is named twice")]
    DuplicateHeads {
        /// The id.
        revision: String,
    },
    /// Targets of which one lies below the other, where only separate ones make sense.
    #[error("`{revision}` holds `{other}` already")]
    Overlap {
        /// One id.
        revision: String,
        /// The other id.
        other: String,
    },
}

impl GraphError {
    /// The stable name of this error, as in `--json`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::IllegalRevisionId { .. } | Self::IllegalBranchLabel { .. } => "illegal_revision_id",
            Self::DuplicateRevision { .. } => "duplicate_revision",
            Self::DuplicateLabel { .. } => "duplicate_label",
            Self::MissingParent { .. } | Self::MissingDependency { .. } => "missing_parent",
            Self::Cycle { .. } => "cycle",
            Self::Syntax(_) | Self::UnknownRevision { .. } => "unknown_revision",
            Self::UnknownBranch { .. } => "unknown_branch",
            Self::AmbiguousPartial { .. } => "ambiguous_partial",
            Self::NotInBranch { .. } => "not_in_branch",
            Self::MultipleHeads { .. } => "multiple_heads",
            Self::RelativeTooFar { .. } => "relative_too_far",
            Self::AmbiguousWalk { .. } => "ambiguous_walk",
            Self::AmbiguousRelative { .. } => "ambiguous_relative",
            Self::NotReachable { .. } => "not_reachable",
            Self::RangeNotAllowed { .. } => "range_not_allowed",
            Self::RangeRequired { .. } => "range_required",
            Self::RangeNotAncestor { .. } => "range_not_ancestor",
            Self::BadHistoryRange { .. } => "bad_history_range",
            Self::NotAHead { .. } => "not_a_head",
            Self::DuplicateHeads { .. } => "duplicate_heads",
            Self::Overlap { .. } => "overlap",
        }
    }

    /// What to do next, if there is something to say.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let meant = |suggestion: &Option<String>, otherwise: &str| match suggestion {
            Some(name) => Some(format!("did you mean `{name}`?")),
            None => Some(otherwise.to_owned()),
        };
        match self {
            Self::IllegalRevisionId { .. } => {
                Some("use letters, digits, `_` and `.` only, and no word such as `head`".to_owned())
            }
            Self::IllegalBranchLabel { .. } => Some("choose another label, such as `accounts`".to_owned()),
            Self::DuplicateRevision { .. } => Some("ids are unique; choose another one".to_owned()),
            Self::DuplicateLabel { .. } => {
                Some("choose another label; labels and ids share one space of names".to_owned())
            }
            Self::MissingParent { suggestion, .. } => {
                meant(suggestion, "is a file missing, for example from another git branch, or is there a misspelling?")
            }
            Self::MissingDependency { .. } => Some("`depends-on` takes full revision ids or branch labels".to_owned()),
            Self::Cycle { .. } => Some("change a `revises` or `depends-on` line of one of them".to_owned()),
            Self::Syntax(_) => {
                Some("a target is head, heads, base, current, an id, a label, label@head, +2, -1 or id+2".to_owned())
            }
            Self::UnknownRevision { suggestion, .. } => meant(suggestion, "`migrator history` lists the revisions"),
            Self::UnknownBranch { suggestion, .. } => {
                meant(suggestion, "`migrator heads` lists the branches with their labels")
            }
            Self::AmbiguousPartial { .. } => Some("give more of the id".to_owned()),
            Self::NotInBranch { .. } => Some("leave out the branch, or name a revision of that branch".to_owned()),
            Self::MultipleHeads { target, .. } => Some(several_heads(target)),
            Self::RelativeTooFar { .. } => Some("`migrator history` lists the revisions".to_owned()),
            Self::AmbiguousWalk { .. } => Some("name the revision, or the branch as in `label@+1`".to_owned()),
            Self::AmbiguousRelative { target, current } => Some(start_of_steps(target, current)),
            Self::NotReachable { .. } => Some("`migrator current` shows what is applied".to_owned()),
            Self::RangeNotAllowed { .. } => Some("name one revision, or add --sql".to_owned()),
            Self::RangeRequired { .. } => {
                Some("for example `upgrade --sql base:head` or `downgrade --sql head:base`".to_owned())
            }
            Self::RangeNotAncestor { .. } => Some("write the older revision first".to_owned()),
            Self::BadHistoryRange { .. } => Some("a range is `from:to`, `from:` or `:to`".to_owned()),
            Self::NotAHead { .. } => Some("add --splice to start a branch from it".to_owned()),
            Self::DuplicateHeads { .. } | Self::Overlap { .. } => Some("name revisions of different lines".to_owned()),
        }
    }
}

fn start_of_steps(target: &str, current: &[String]) -> String {
    let steps = target.find(['+', '-']).map_or("", |sign| &target[sign..]);
    let id = current.first().map_or("id", String::as_str);
    match target.split_once('@') {
        Some(_) => format!("name a revision to count from, as in `{id}{steps}`"),
        None => format!("name the line to count on by its label or a revision, as in `{id}@{steps}`"),
    }
}

fn several_heads(target: &str) -> String {
    let branch = target.split_once('@').map_or("label", |(branch, _)| branch);
    if target.contains('@') {
        format!("name one of them, or use `{branch}@heads` for all of them")
    } else {
        "name one of them, use `heads` for all of them, or join them: `migrator merge heads` makes a merge \
         revision, `migrator rebase` puts one on top of the other"
            .to_owned()
    }
}

fn describe_not_reachable(target: &str, applied: bool) -> &'static str {
    match (applied, target.contains('@')) {
        (false, _) => "it is not applied",
        (true, false) => "nothing that follows it is applied",
        (true, true) => "nothing that follows it on that branch is applied",
    }
}

fn describe_illegal(name: &str, illegal: &[char]) -> String {
    if illegal.is_empty() {
        let why = if name.is_empty() { "it is empty" } else { "the word has a meaning of its own" };
        return why.to_owned();
    }
    let shown: Vec<String> = illegal.iter().map(|character| format!("`{}`", character.escape_debug())).collect();
    format!("{} not allowed", shown.join(", "))
}

fn circle(revisions: &[String]) -> String {
    let mut shown: Vec<&str> = revisions.iter().map(String::as_str).collect();
    shown.extend(revisions.first().map(String::as_str));
    shown.join(" -> ")
}

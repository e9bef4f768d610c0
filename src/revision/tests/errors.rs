//! The kinds and hints of the errors that callers raise.

use crate::revision::GraphError;

#[track_caller]
fn says(error: &GraphError, kind: &str, message: &str, hint: Option<&str>) {
    assert_eq!((error.kind(), error.to_string().as_str(), error.hint().as_deref()), (kind, message, hint));
}

fn text(text: &str) -> String {
    text.to_owned()
}

#[test]
fn targets() {
    let syntax = "head-x".parse::<super::super::Target>().unwrap_err();
    says(
        &GraphError::from(syntax),
        "unknown_revision",
        "`head-x` is not a target: only digits may follow `+` or `-`",
        Some("a target is head, heads, base, current, an id, a label, label@head, +2, -1 or id+2"),
    );
    let suggestion = Some(text("abc"));
    says(
        &GraphError::UnknownBranch { name: text("abd"), suggestion },
        "unknown_branch",
        "no branch `abd`",
        Some("did you mean `abc`?"),
    );
    says(
        &GraphError::UnknownBranch { name: text("x"), suggestion: None },
        "unknown_branch",
        "no branch `x`",
        Some("`migrator heads` lists the branches with their labels"),
    );
    let hints = [
        (GraphError::AmbiguousPartial { partial: text("a"), candidates: vec![text("ab")] }, "give more of the id"),
        (
            GraphError::NotInBranch { revision: text("a"), branch: text("b") },
            "leave out the branch, or name a revision of that branch",
        ),
        (GraphError::RelativeTooFar { target: text("+1"), up: true }, "`migrator history` lists the revisions"),
        (
            GraphError::AmbiguousWalk { target: text("+1"), at: text("a"), up: true, choices: Vec::new() },
            "name the revision, or the branch as in `label@+1`",
        ),
        (
            GraphError::AmbiguousRelative { target: text("-2"), current: vec![text("b2"), text("c2")] },
            "name the line to count on by its label or a revision, as in `b2@-2`",
        ),
        (
            GraphError::AmbiguousRelative { target: text("a@+1"), current: Vec::new() },
            "name a revision to count from, as in `id+1`",
        ),
        (GraphError::NotReachable { target: text("a"), applied: false }, "`migrator current` shows what is applied"),
    ];
    for (error, hint) in hints {
        assert_eq!(error.hint().as_deref(), Some(hint));
    }
}

#[test]
fn several_heads_can_be_named_or_joined() {
    let hint = |target| GraphError::MultipleHeads { target: text(target), heads: Vec::new() }.hint().unwrap();
    assert_eq!(hint("lib@head"), "name one of them, or use `lib@heads` for all of them");
    assert!(hint("head").contains("migrator merge heads"), "{}", hint("head"));
}

#[test]
fn ranges() {
    says(
        &GraphError::RangeNotAllowed { range: text("a:b") },
        "range_not_allowed",
        "`a:b` is a range, and a range is only allowed with --sql",
        Some("name one revision, or add --sql"),
    );
    says(
        &GraphError::RangeRequired { target: text("a") },
        "range_required",
        "`a` is not a range: --sql needs both ends here, `from:to`",
        Some("for example `upgrade --sql base:head` or `downgrade --sql head:base`"),
    );
    says(
        &GraphError::BadHistoryRange { text: text("a") },
        "bad_history_range",
        "`a` is not a history range",
        Some("a range is `from:to`, `from:` or `:to`"),
    );
}

#[test]
fn new_revisions() {
    says(
        &GraphError::NotAHead { revision: text("a") },
        "not_a_head",
        "revision `a` is not a head",
        Some("add --splice to start a branch from it"),
    );
    says(
        &GraphError::DuplicateHeads { revision: text("a") },
        "duplicate_heads",
        "revision `a` is named twice",
        Some("name revisions of different lines"),
    );
    says(
        &GraphError::Overlap { revision: text("a"), other: text("b") },
        "overlap",
        "`a` holds `b` already",
        Some("name revisions of different lines"),
    );
}

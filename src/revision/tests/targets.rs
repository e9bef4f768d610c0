//! The grammar of targets and ranges.

use crate::revision::{Offset, Range, Symbol, Target};

fn parsed(text: &str) -> (Option<String>, Option<Symbol>, Option<Offset>) {
    let Target { branch, symbol, offset } = text.parse().unwrap();
    (branch, symbol, offset)
}

#[track_caller]
fn refused(text: &str, reason: &str) {
    let error = text.parse::<Target>().unwrap_err();
    assert_eq!(error.to_string(), format!("`{text}` is not a target: {reason}"));
}

#[test]
fn every_form_is_read() {
    let named = |name: &str| Some(Symbol::Named(name.to_owned()));
    let branch = |name: &str| Some(name.to_owned());
    assert_eq!(parsed("head"), (None, Some(Symbol::Head), None));
    assert_eq!(parsed("heads"), (None, Some(Symbol::Heads), None));
    assert_eq!(parsed("base"), (None, Some(Symbol::Base), None));
    assert_eq!(parsed("current"), (None, Some(Symbol::Current), None));
    assert_eq!(parsed("1975ea83b712"), (None, named("1975ea83b712"), None));
    assert_eq!(parsed("+2"), (None, None, Some(Offset::Up(2))));
    assert_eq!(parsed("-1"), (None, None, Some(Offset::Down(1))));
    assert_eq!(parsed("c3f0+0"), (None, named("c3f0"), Some(Offset::Up(0))));
    assert_eq!(parsed("head-1"), (None, Some(Symbol::Head), Some(Offset::Down(1))));
    assert_eq!(parsed("lib@head"), (branch("lib"), Some(Symbol::Head), None));
    assert_eq!(parsed("lib@+1"), (branch("lib"), None, Some(Offset::Up(1))));
    assert_eq!(parsed("my-feature@c3f0-2"), (branch("my-feature"), named("c3f0"), Some(Offset::Down(2))));
}

#[test]
fn what_follows_the_steps_is_an_error() {
    let reason = "only digits may follow `+` or `-`";
    for text in ["c3f0-1x", "c3f0-1junk", "+", "-", "a+", "+1-1", "-1+", "+ 1", "+1 ", "--1", "+٣"] {
        refused(text, reason);
    }
    refused("+4294967296", "the number of steps is too large");
}

#[test]
fn a_target_has_a_name_or_steps() {
    refused("", "it is empty");
    refused("lib@", "it is empty");
    refused("@head", "a branch label or revision belongs before `@`");
    refused("@", "a branch label or revision belongs before `@`");
    refused("a@b@c", "only one `@` is allowed");
    refused("a+1@head", "steps belong at the end");
    refused("a:b", "it is a range");
}

#[test]
fn a_range_has_two_ends_that_may_be_absent() {
    let range: Range = "a+1:lib@head".parse().unwrap();
    assert_eq!((range.from, range.to), (Some("a+1".parse().unwrap()), Some("lib@head".parse().unwrap())));
    assert_eq!(":".parse(), Ok(Range { from: None, to: None }));
    assert_eq!("a:".parse(), Ok(Range { from: Some("a".parse().unwrap()), to: None }));
    assert_eq!(":-1".parse(), Ok(Range { from: None, to: Some("-1".parse().unwrap()) }));
    let refused = |text: &str| text.parse::<Range>().unwrap_err().reason;
    assert_eq!(refused("a"), "a range is `from:to`, `from:` or `:to`");
    assert_eq!(refused("a:b:c"), "a range has one `:`");
    assert_eq!(refused("a-1x:b"), "only digits may follow `+` or `-`");
}

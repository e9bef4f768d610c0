//! Ids, labels and the beginnings of both.

use super::{answer, graph};

const NAMES: &str = "abcd1111; abcd22; abcd2222; ffff0000 label library; abce3333 label lib; a needs lib";

fn lookup(name: &str) -> String {
    let graph = graph(NAMES);
    let found = graph.lookup(name);
    answer(&graph, found.map(|node| vec![node]))
}

#[test]
fn an_exact_name_wins() {
    assert_eq!(lookup("abcd22"), "abcd22");
    assert_eq!(lookup("a"), "a");
    assert_eq!(lookup("lib"), "abce3333");
}

#[test]
fn a_unique_beginning_is_enough() {
    assert_eq!(lookup("f"), "ffff0000");
    assert_eq!(lookup("abcd222"), "abcd2222");
    assert_eq!(lookup("libr"), "ffff0000");
}

#[test]
fn an_ambiguous_beginning_lists_the_candidates() {
    let message = |partial| format!("ambiguous_partial: `{partial}` is the beginning of several revisions: ");
    assert_eq!(lookup("abcd2"), message("abcd2") + "abcd22, abcd2222");
    assert_eq!(lookup("li"), message("li") + "lib, library");
    let graph = graph("aab label aac; aad");
    assert_eq!(answer(&graph, graph.lookup("aa").map(|node| vec![node])), message("aa") + "aab, aad");
}

#[test]
fn id_and_label_of_one_revision_are_no_ambiguity() {
    let graph = graph("aab label aac");
    assert_eq!(graph.lookup("aa"), Ok(0));
}

#[test]
fn what_is_not_there_may_be_like_something() {
    assert_eq!(lookup("zzz"), "unknown_revision: no revision or branch label `zzz`");
    assert_eq!(lookup(""), "unknown_revision: no revision or branch label ``");
    let hint = |name| graph(NAMES).lookup(name).unwrap_err().hint().unwrap();
    assert_eq!(hint("ffff0001"), "did you mean `ffff0000`?");
    assert_eq!(hint("libary"), "did you mean `library`?");
    assert_eq!(hint("haed"), "did you mean `head`?");
    assert_eq!(hint("zzz"), "`migrator history` lists the revisions");
}

#[test]
fn ids_and_labels_are_told_apart() {
    let graph = graph(NAMES);
    assert!(graph.is_label("lib") && !graph.is_label("a") && !graph.is_label("li") && !graph.is_label("zzz"));
    assert_eq!((graph.find("lib"), graph.find("abcd"), graph.find("a")), (None, None, Some(5)));
}

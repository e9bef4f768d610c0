//! The README's commands do what the README shows.
//!
//! Fenced blocks tagged `console` are scenarios (`scenario/mod.rs` says how they are written).
//! The blocks of one `##` section are one scenario, in one folder. A line
//! `<!-- scenario: NAME -->` gives the blocks below it, up to the next section, to the scenario
//! of that name: a section's heading, or a name of its own. One whose name ends with `on PostgreSQL`
//! is played on each server, with a database of its own as `$DATABASE_URL`; the others know of none.

use std::fs;
use std::path::Path;

use crate::scenario::{Session, check_all, diff};
use crate::support::postgres::servers;

#[test]
fn the_readme_shows_what_happens() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()));
    let scenarios = scenarios(&text);
    assert!(!scenarios.is_empty(), "README.md has no ```console block");
    check_all(&scenarios, run);
}

/// A scenario of a README.
pub struct Scenario {
    pub name: String,
    pub blocks: Vec<Block>,
}

/// A fenced block, and the number of its first line.
pub struct Block {
    pub line: usize,
    pub text: String,
}

fn run(scenario: &Scenario) -> Result<(), String> {
    if !scenario.name.ends_with("on PostgreSQL") {
        return play(scenario, &mut Session::new(None));
    }
    servers().iter().try_for_each(|server| {
        let database = server.database();
        play(scenario, &mut Session::new(Some(&database.url())))
    })
}

/// Plays the blocks one after the other; the first that shows something else is the error.
pub fn play(scenario: &Scenario, session: &mut Session) -> Result<(), String> {
    for block in &scenario.blocks {
        let place = format!("README.md:{} ({})", block.line, scenario.name);
        let played = session.play(&block.text).map_err(|error| format!("{place}: {error} of the block"))?;
        if played != block.text {
            return Err(format!("{place}:\n{}", diff(&block.text, &played)));
        }
    }
    Ok(())
}

/// The scenarios of a README.
pub fn scenarios(readme: &str) -> Vec<Scenario> {
    let mut scenarios: Vec<Scenario> = Vec::new();
    let mut name = "";
    let mut lines = readme.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(heading) = line.strip_prefix("## ") {
            name = heading.trim();
        } else if let Some(comment) = line.strip_prefix("<!-- scenario:") {
            name = comment.trim_end_matches("-->").trim();
        } else if let Some(tag) = line.strip_prefix("```") {
            let body = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```");
            let text: String = body.map(|line| format!("{line}\n")).collect();
            if tag.trim() != "console" {
                continue;
            }
            let block = Block { line: number + 2, text };
            match scenarios.iter_mut().find(|scenario| scenario.name == name) {
                Some(scenario) => scenario.blocks.push(block),
                None => scenarios.push(Scenario { name: name.into(), blocks: vec![block] }),
            }
        }
    }
    scenarios
}

#[test]
fn blocks_belong_to_their_section_or_to_the_named_scenario() {
    let readme = "# top\n```console\n$ a\n```\n## one\n```console\n$ b\n```\n```sh\n## two\n```\n\
                  ## two\n```console\n$ c\n```\n<!-- scenario: one -->\n```console\n$ d\n```\n";
    let found: Vec<_> = scenarios(readme)
        .into_iter()
        .flat_map(|scenario| {
            let name = scenario.name;
            scenario.blocks.into_iter().map(move |block| format!("{name} {} {}", block.line, block.text.trim()))
        })
        .collect();
    assert_eq!(found, [" 3 $ a", "one 7 $ b", "one 18 $ d", "two 14 $ c"]);
}

#[test]
fn a_readme_that_is_wrong_fails() {
    let scenario = |text: &str| Scenario { name: "usage".into(), blocks: vec![Block { line: 7, text: text.into() }] };
    assert_eq!(run(&scenario("$ echo yes\nyes\n")), Ok(()));
    assert_eq!(run(&scenario("$ echo no\nyes\n")), Err("README.md:7 (usage):\n  $ echo no\n- yes\n+ no\n".into()));
}

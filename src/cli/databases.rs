//! One command for several databases, one after the other.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::arguments::Global;
use super::commands::Command;
use super::context::{Context, configuration};
use super::exit_code::{DONE, FAILED};
use super::failure::{self, UsageError};
use super::is_broken_pipe;
use super::output::{Output, Paint};

/// Exit codes from here on say that somebody interrupted the program, and meant all of it.
const FIRST_SIGNAL: u8 = 128;

/// The names that `-n` and `--all` give, in order; nothing where the command is for one database.
///
/// Every name is looked up before anything runs.
pub fn named(global: &Global, command: &Command) -> Result<Option<Vec<String>>> {
    if !global.all && global.name.len() < 2 {
        return Ok(None);
    }
    if global.all && !global.name.is_empty() {
        return Err(UsageError::combination("--all does not go with --name"));
    }
    if let Some(why) = command.single() {
        return Err(UsageError::combination(format!("{why}, so it does not go with several")));
    }
    let names = if global.all { configuration(global, None)?.databases } else { global.name.clone() };
    if names.is_empty() {
        return Err(UsageError::combination("--all finds nothing: no [env.NAME] has a database URL"));
    }
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            return Err(UsageError::combination(format!("the database `{name}` is named twice")));
        }
        if configuration(global, Some(name.clone()))?.url_is_given() {
            let message = "the database URL is given by a flag or a variable, so all names would be one database";
            return Err(UsageError::combination(message));
        }
    }
    Ok(Some(names))
}

/// Runs `command` for each of `names`, and gives the exit code for them all: that of the first failure, or else
/// of the gravest thing that a check found.
///
/// A failure is the end, except with `--keep-going`; what a check finds is none.
pub fn run(names: &[String], global: &Global, command: &Command, output: &mut Output<'_>) -> Result<u8> {
    let mut documents = Vec::new();
    let mut failed: Vec<&str> = Vec::new();
    let (mut failure, mut found) = (None, DONE);
    let mut rest = names.iter();
    for name in rest.by_ref() {
        if !output.json {
            let heading = output.paint(Paint::Bold, &format!("{name}:"));
            let gap = if documents.is_empty() { "" } else { "\n" };
            output.answer(&format!("{gap}{heading}"))?;
        }
        let context =
            |output: &mut Output<'_>| command.clone().run(&mut Context::new(global, Some(name.clone()), output));
        let (result, document) = output.keep_document(context);
        let (outcome, document) = match result {
            Ok(code) => (if code == FAILED { Err(code) } else { Ok(code) }, document),
            Err(error) if is_broken_pipe(&error) => return Err(error),
            Err(error) => {
                if !output.json {
                    failure::report(&error, output)?;
                }
                (Err(failure::exit_code(&error, output)), failure::document(&error))
            }
        };
        documents.push(with_name(name, document));
        match outcome {
            Ok(code) => found = found.max(code),
            Err(code) => {
                failed.push(name);
                failure.get_or_insert(code);
                if !global.keep_going || code >= FIRST_SIGNAL {
                    break;
                }
            }
        }
    }
    let not_run: Vec<&str> = rest.map(String::as_str).collect();
    if output.json {
        let mut document = json!({"databases": documents});
        if !not_run.is_empty() {
            document["not_run"] = json!(not_run);
        }
        output.document(&document)?;
    } else {
        for (what, names) in [("failed", &failed), ("not run", &not_run)] {
            if !names.is_empty() {
                output.problem(&format!("{what}: {}", names.join(", ")))?;
            }
        }
    }
    Ok(failure.unwrap_or(found))
}

/// A command's document with the name of its database in front.
fn with_name(name: &str, document: Value) -> Value {
    let mut fields = Map::from_iter([("name".to_owned(), json!(name))]);
    if let Value::Object(own) = document {
        fields.extend(own);
    }
    Value::Object(fields)
}

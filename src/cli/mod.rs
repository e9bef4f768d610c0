//! The command line: arguments in, output and an exit code out.
//!
//! A command is one file in `commands/`: its doc comment is the help, `Args` its options, `run` what it
//! does. To add one: the file, and a line in [`commands`].

mod arguments;
mod commands;
mod context;
mod databases;
mod drafting;
mod drawing;
mod exit_code;
mod failure;
mod output;
mod progress;
mod revision_view;
mod run_view;
mod schema_dump;
mod signals;
mod snippet;
mod table;

use std::ffi::OsString;
use std::io::Write;

use clap::error::ErrorKind;

use arguments::{Arguments, Color};
use context::Context;
use output::Output;
use signals::Signals;

/// Where a run of the program reads and writes.
pub struct Streams<'a> {
    /// The answer.
    pub out: &'a mut (dyn Write + Send),
    /// The story.
    pub err: &'a mut (dyn Write + Send),
    /// Is `out` a terminal?
    pub out_is_terminal: bool,
    /// Is `err` a terminal?
    pub err_is_terminal: bool,
    /// Can questions be asked?
    pub in_is_terminal: bool,
}

/// Runs the program with `args` (the first is its own name) and gives its exit code.
///
/// A reader that closed its end of a pipe early has what it wants: that is success. From here on SIGINT and SIGTERM
/// interrupt the command.
pub fn run(args: impl IntoIterator<Item = OsString>, streams: Streams<'_>) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let arguments = match Arguments::read(&args) {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error, &args, streams),
    };
    let signals = Signals::listen(arguments.global.json);
    let mut output = Output::new(streams, &arguments.global, signals);
    let (global, command) = (arguments.global, arguments.command);
    let result = match databases::named(&global, &command) {
        Ok(Some(names)) => databases::run(&names, &global, &command, &mut output),
        Ok(None) => command.run(&mut Context::new(&global, global.name.first().cloned(), &mut output)),
        Err(error) => Err(error),
    };
    match result.and_then(|code| output.flush().map(|()| code)) {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => exit_code::DONE,
        Err(error) => {
            output.take_last_word();
            match failure::report(&error, &mut output) {
                Err(error) if !is_broken_pipe(&error) => exit_code::FAILED,
                _ => failure::exit_code(&error, &output),
            }
        }
    }
}

/// Help, version, or arguments that do not fit.
fn usage(error: &clap::Error, args: &[OsString], streams: Streams<'_>) -> u8 {
    let json = args.iter().take_while(|arg| *arg != "--").any(|arg| arg == "--json");
    let (color, json) = (Color::from_arguments(args), json);
    let asked_for = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let code = if asked_for { exit_code::DONE } else { exit_code::USAGE };
    if json && !asked_for {
        let document = failure::usage_document(error);
        // There is nobody left to tell that the answer could not be written.
        let _ = writeln!(streams.out, "{document}");
        return code;
    }
    let (stream, terminal) =
        if asked_for { (streams.out, streams.out_is_terminal) } else { (streams.err, streams.err_is_terminal) };
    let text = if color.enabled(terminal) { error.render().ansi().to_string() } else { error.render().to_string() };
    // As above.
    let _ = stream.write_all(text.as_bytes());
    code
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

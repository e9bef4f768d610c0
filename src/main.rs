//! The `migrator` program; everything it does is in [`migrator::cli`].

use std::io::{IsTerminal as _, stderr, stdin, stdout};
use std::process::ExitCode;

use migrator::cli::{Streams, run};

fn main() -> ExitCode {
    let streams = Streams {
        // Not locked: a signal may have something to say.
        out: &mut stdout(),
        err: &mut stderr(),
        out_is_terminal: stdout().is_terminal(),
        err_is_terminal: stderr().is_terminal(),
        in_is_terminal: stdin().is_terminal(),
    };
    ExitCode::from(run(std::env::args_os(), streams))
}

//! How a service brings its own database up to date when it starts.
//!
//! ```text
//! cargo run --example embed
//! DATABASE_URL=postgresql://localhost/bookshop cargo run --example embed
//! ```
//!
//! Several replicas may start at once: one migrates, the others wait for it and find nothing left
//! to do. A replica that has nothing to do waits for nobody.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that tells what it does")]

use std::process::ExitCode;

use migrator::revision::Symbol;
use migrator::{Environment, Error, Event, Project, Report, Request, Target};

fn main() -> ExitCode {
    match migrate(std::env::var("DATABASE_URL").ok()) {
        Ok(report) => {
            println!("ready: {} revisions applied just now, at {}", report.steps.len(), report.heads.join(", "));
            // From here on the service can rely on its tables.
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            if let Some(hint) = error.hint() {
                eprintln!("hint: {hint}");
            }
            ExitCode::from(error.exit_code())
        }
    }
}

/// Applies what is pending; without a URL, to a database in memory.
fn migrate(url: Option<String>) -> Result<Report, Error> {
    let project = Project::open(&Request {
        // A service that runs elsewhere names the folder that its migrator.toml was copied to.
        directory: env!("CARGO_MANIFEST_DIR").into(),
        url: Some(url.unwrap_or_else(|| "sqlite::memory:".to_owned())),
        environment: Environment::from_process(),
        ..Request::default()
    })?;
    let head = Target::symbol(Symbol::Head);
    project.connect()?.upgrade(&head, &mut |event| match event {
        Event::Waiting { holder } => println!("waiting for {holder}"),
        Event::Notice { revision, notice, .. } => println!("{revision}: {}", notice.message),
        Event::StepFinished { index, total, revision, message, duration, .. } => {
            println!("{} of {total}: {revision} {message} ({} ms)", index + 1, duration.as_millis());
        }
        _ => {}
    })
}

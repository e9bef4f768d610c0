//! Schema migrations: Alembic's revision graph over plain SQL files, for PostgreSQL and SQLite.
//!
//! This page is the map of the house. The README says how to use the program; here is how to use
//! the library, how it is built, and where something new goes.
//!
//! # Use
//!
//! A [`Project`] is a configuration with the revision files it names; a [`Database`] is a project
//! with a live connection. A run tells its [`Event`]s while it goes on and gives a [`Report`].
//!
//! ```
//! use migrator::{Project, Request, RevisionState, Target};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let project = Project::open(&Request {
//!     directory: env!("CARGO_MANIFEST_DIR").into(), // holds migrator.toml
//!     url: Some("sqlite::memory:".into()),
//!     ..Request::default()
//! })?;
//! let mut database = project.connect()?;
//!
//! let head: Target = "head".parse()?;
//! let report = database.upgrade(&head, &mut |_event| {})?;
//! assert_eq!(report.steps.len(), 6);
//! assert_eq!(report.heads, ["e7a48b1c02d9"]);
//!
//! let status = database.status()?;
//! assert!(status.ids(&[RevisionState::Pending]).is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! `examples/embed` is a service that migrates when it starts.
//!
//! A run can be stopped half way: an [`Interrupt`] in the [`Request`] is triggered from another thread. The statement
//! that is under way is cancelled, its revision rolled back, and the error's `kind()` is `interrupted`. The program
//! does that for SIGINT and SIGTERM; the library leaves signals alone.
//!
//! ```
//! use migrator::{Interrupt, Project, Request, Target};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let interrupt = Interrupt::new();
//! let project = Project::open(&Request {
//!     directory: env!("CARGO_MANIFEST_DIR").into(),
//!     url: Some("sqlite::memory:".into()),
//!     interrupt: interrupt.clone(),
//!     ..Request::default()
//! })?;
//! let mut database = project.connect()?;
//!
//! std::thread::spawn(move || interrupt.trigger()).join().unwrap(); // when the service is told to stop
//! let error = database.upgrade(&Target::head(), &mut |_event| {}).unwrap_err();
//! assert_eq!(error.kind(), "interrupted");
//! # Ok(())
//! # }
//! ```
//!
//! # Floors
//!
//! Imports point down only, and only the top floor prints; `tests/architecture.rs` holds both.
//!
//! | floor | modules | |
//! |---|---|---|
//! | 4 | [`cli`] | arguments, output, exit codes; one file per command |
//! | 3 | [`migrate`], [`autogenerate`] | the workflows: plan, execute, report; a declared schema becomes a revision, which the executor proves |
//! | 3 | [`import`], [`export`] | other migration tools: their files become revisions, Alembic's proven by the executor, and revisions their files |
//! | 2 | [`backend`] | what a run sends to a database; `postgres/` and `sqlite/`, the only places that name those crates |
//! | 1 | [`script`], [`config`] | files on disk: revisions, templates, `migrator.toml`, the environment |
//! | 1 | `failpoint` | in the library's own tests only: where a run is killed |
//! | 0 | [`revision`], [`schema`], [`sql`] | pure values and algorithms: no I/O, no clock, no randomness |
//! | 0 | [`interrupt`] | the request to stop, which every floor heeds |
//!
//! Each floor has one error enum whose fields are facts. [`Error`] joins them; its `hint()` is the
//! next step, `kind()` the stable name, `exit_code()` what the program ends with.
//!
//! # An upgrade, from top to bottom
//!
//! No stage is skipped or doubled, whether the run is live, `--dry-run` or `--sql`:
//!
//! 1. [`cli`] reads the arguments; [`config::Config`] resolves flags, environment and file.
//! 2. [`script::ScriptDirectory`] reads every revision file once; their headers are the
//!    [`revision::Graph`].
//! 3. [`migrate::Applied`] matches the version table's rows with the files. Files that were changed
//!    or are missing stop the run here.
//! 4. The [`Target`] is resolved in the graph to the revisions to run, in order. With their parsed
//!    sections they are the [`Plan`]: data, which `--dry-run` prints.
//! 5. The run's lock is taken and the plan is made again, because whoever held the lock may have
//!    applied some of it. A plan without steps needs no lock.
//! 6. [`migrate::execute`], the only run loop, sends each part to a [`backend::Sink`]: whether it is still
//!    its turn, its statements, then its row of the version table, then the commit. `--sql` is another
//!    sink. Where another migrator came in between, nothing of the part runs, and step 5 is taken again.
//! 7. [`Event`]s go to whoever observes; the [`Report`] becomes text or JSON in [`cli`].
//!
//! # A draft, from top to bottom
//!
//! 1. [`autogenerate::compare`] reads two [`schema::Catalog`]s, each from a live database: the user's, which is
//!    only read, or a scratch one into which declared files were loaded or revisions replayed. Those come
//!    from a [`backend::Workshop`].
//! 2. [`autogenerate::draft`] has the renames made on a scratch database, [`schema::diff`] pairs what is left,
//!    the backend says what each change takes in SQL, and [`schema::order`] puts it in order.
//! 3. [`autogenerate::render`] writes sections, and [`autogenerate::prove`] runs them with
//!    [`migrate::execute`] on a scratch database with rows: up, down, up. Judges compare what came of it: the
//!    catalog, [`backend::schema::Schema::witness`], which shares no code with it, and `pg_dump` where one is at hand.
//!    Where a statement looked into a function before what its body names was there, [`autogenerate::settle`] drafts
//!    again with that in its place.
//! 4. Only then does [`cli`] make the file, as for any other revision.
//!
//! # An import from Alembic, from top to bottom
//!
//! 1. [`import::alembic`] sends `src/import/alembic/reader.py` to the project's own Python, which loads `env.py` in offline mode and
//!    tells the revisions, and for each what Alembic's offline mode makes of it.
//! 2. The originals run on a scratch database with Alembic, up, down and up again; what they send is captured.
//! 3. For each way of a revision one of both is chosen, or it is left to people; the files are rendered.
//! 4. They run on another scratch database with [`migrate::execute`], and the schemas are compared by the catalog
//!    and by [`backend::schema::Schema::witness`]. Only then are they moved to where they belong.
//!
//! # Where something new goes
//!
//! - **A command**: one file in `src/cli/commands/` (doc comment, `Args`, `run`) and a line in its
//!   `mod.rs`. `Args` is taken apart in `run`, so that a new option that nobody reads does not
//!   compile. What it does belongs in [`migrate`]; the README names it.
//! - **A backend**: a folder beside `src/backend/postgres/` with the same file names, which
//!   implements [`backend::Connection`]; a [`sql::Dialect`]; a scheme in `src/config/url/`.
//! - **A kind of schema object**: a file in `src/backend/<database>/schema/` that creates and drops it, a line in
//!   its `draft.rs` and `read.rs`, and cases in `tests/schema_cases/`.
//! - **A migration tool**: a file in `src/import/sql_tools/` that reads its layout, what its table says in
//!   `adopt.rs`, the table's name in `src/backend/foreign.rs`; docs/importing.md tells of it.
//! - **A section attribute**: `src/script/sections.rs` reads it, a [`script::PartMode`] carries it,
//!   both backends answer to it.
//! - **A line of the header**: `src/script/header.rs` reads it into [`script::Header`]; the README lists it.
//! - **A connection parameter**: `src/config/connection/keyword.rs` knows the name and the variable,
//!   `ConnectionParameters` holds it, `src/backend/postgres/connect/` heeds it; docs/postgresql.md
//!   lists it.
//! - **A setting**: `src/config/file.rs` knows the key, `src/config/values.rs` how to read it,
//!   [`config::Config`] holds it; the README lists it.
//! - **An error**: a variant of its floor's enum. The matches in `kind()` and `hint()` ask for
//!   their answers.

pub mod autogenerate;
pub mod backend;
pub mod cli;
pub mod config;
pub mod export;
#[cfg(all(test, unix))]
mod failpoint;
pub mod import;
pub mod interrupt;
pub mod migrate;
pub mod revision;
pub mod schema;
pub mod script;
pub mod sql;

pub use config::{Environment, Request};
pub use interrupt::Interrupt;
pub use migrate::{
    Database, Error, Event, Observer, Plan, Project, Report, RevisionFailure, RevisionState, StampReport, Status,
    StatusRow, StepReport,
};
pub use revision::Target;

//! The workflows over one project and one database: plan, upgrade, downgrade, stamp, status.
//!
//! Every run goes the same way, no stage skipped or doubled: the files and their graph, the applied
//! set, the target, the steps, a [`Plan`], [`execute`] into a sink, a [`Report`].

mod accept;
mod aftermath;
mod again;
mod alembic;
mod applied;
mod back_off;
mod change;
mod database;
mod difference;
mod downgrade;
mod error;
mod execute;
mod failure;
mod observer;
mod online;
mod opening;
mod place;
mod plan;
mod progress;
mod project;
mod rebase;
mod report;
mod resolve;
mod resume;
mod script_sql;
mod stamp;
mod status;
mod upgrade;
mod verify;
mod wait;
mod watch;

pub use accept::{ChangedRevision, Difference};
pub use applied::Applied;
pub use database::Database;
pub use error::{Error, Interruption};
pub use execute::{Run, execute};
pub use failure::RevisionFailure;
pub use observer::{Event, Observer};
pub use opening::Opening;
pub use plan::{Plan, Resume, Step};
pub use project::Project;
pub use rebase::RebaseReport;
pub use report::{Report, StampReport, StepReport};
pub use resolve::Resolution;
pub use script_sql::Offline;
pub use status::{RevisionState, Status, StatusRow};
pub use verify::{Finding, FindingKind};
pub use wait::wait_for_server;

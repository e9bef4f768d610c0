//! A project together with a live database: the verbs of the library.

use super::again::Patience;
use super::{
    Applied, ChangedRevision, Error, Event, Finding, Observer, Offline, Plan, Project, Report, Resolution, StampReport,
    Status, accept, aftermath, alembic, downgrade, resolve, stamp, status, upgrade, verify,
};
use crate::backend::{BackendError, Connection, Recorded};
use crate::revision::Target;

/// A live database of a [`Project`].
pub struct Database<'p> {
    pub(super) project: &'p Project,
    pub(super) connection: Box<dyn Connection>,
    /// What was read while connecting, for the first time it is asked for.
    pub(super) recorded: Option<Recorded>,
}

impl<'p> Database<'p> {
    /// The connection.
    pub fn connection(&mut self) -> &mut dyn Connection {
        self.connection.as_mut()
    }

    /// What is applied.
    ///
    /// # Errors
    /// What the database says.
    pub fn applied(&mut self) -> Result<Applied, Error> {
        let recorded = match self.recorded.take() {
            Some(recorded) => recorded,
            None => self.connection.recorded()?,
        };
        Applied::new(self.project.graph(), recorded, self.connection.as_mut())
    }

    /// What an upgrade to `target` would do.
    ///
    /// # Errors
    /// A target that names nothing, or applied revisions that were changed or are missing.
    pub fn plan_upgrade(&mut self, target: &Target) -> Result<Plan<'p>, Error> {
        let applied = self.applied()?;
        upgrade::plan(self.project, &applied, target)
    }

    /// Applies everything that `target` needs and that is not applied yet.
    ///
    /// # Errors
    /// As [`Database::plan_upgrade`], and a revision that fails: [`Error::Revision`]. What was applied
    /// before it stays.
    pub fn upgrade(&mut self, target: &Target, observe: &mut Observer<'_>) -> Result<Report, Error> {
        upgrade::run(self, target, observe)
    }

    /// What a downgrade to `target` would do.
    ///
    /// # Errors
    /// As [`Database::plan_upgrade`], and a revision that cannot be reverted.
    pub fn plan_downgrade(&mut self, target: &Target) -> Result<Plan<'p>, Error> {
        let applied = self.applied()?;
        downgrade::plan(self.project, &applied, target)
    }

    /// Reverts everything applied above `target`.
    ///
    /// # Errors
    /// As [`Database::plan_downgrade`], and a revision that fails.
    pub fn downgrade(&mut self, target: &Target, observe: &mut Observer<'_>) -> Result<Report, Error> {
        downgrade::run(self, target, observe)
    }

    /// Scripts that start from what is applied now.
    ///
    /// # Errors
    /// What the database says.
    pub fn offline(mut self) -> Result<Offline<'p>, Error> {
        let applied = self.applied()?;
        Ok(Offline::at(self.project, applied, self.connection.tables().clone()))
    }

    /// Records `targets` as applied without running anything; `purge` forgets everything else first.
    ///
    /// # Errors
    /// A target that names nothing, or what the database says.
    pub fn stamp(&mut self, targets: &[Target], purge: bool, observe: &mut Observer<'_>) -> Result<StampReport, Error> {
        stamp::run(self, targets, purge, observe)
    }

    /// Records as applied what Alembic's version table implies, which is left alone; `table` is its name, also with a
    /// schema, where it is not the usual one.
    ///
    /// # Errors
    /// [`Error::NoAlembicTable`], [`Error::UnknownToFiles`], or what the database says.
    pub fn stamp_from_alembic(
        &mut self,
        table: Option<&str>,
        observe: &mut Observer<'_>,
    ) -> Result<StampReport, Error> {
        alembic::stamp_from(self, table, observe)
    }

    /// Settles a revision that was interrupted; gives its id.
    ///
    /// # Errors
    /// A revision that was not interrupted, or a statement that it does not have.
    pub fn resolve(
        &mut self,
        revision: &Target,
        resolution: Resolution,
        observe: &mut Observer<'_>,
    ) -> Result<String, Error> {
        resolve::run(self, revision, resolution, observe)
    }

    /// How the files of these applied revisions differ from what is recorded.
    ///
    /// # Errors
    /// A target that names nothing, or a revision that is not applied or not changed.
    pub fn changed_revisions(&mut self, targets: &[Target]) -> Result<Vec<ChangedRevision>, Error> {
        accept::changed(self, targets)
    }

    /// Records what the files of these revisions say now as what ran; the log has the reason.
    ///
    /// # Errors
    /// [`Error::NothingToAccept`] if the version table was changed meanwhile, or what the database says.
    pub fn accept(
        &mut self,
        changed: &[ChangedRevision],
        reason: &str,
        observe: &mut Observer<'_>,
    ) -> Result<(), Error> {
        accept::accept(self, changed, reason, observe)
    }

    /// Files against the database: what is applied, pending, changed and missing.
    ///
    /// # Errors
    /// A bad revision file, or what the database says.
    pub fn status(&mut self) -> Result<Status, Error> {
        status::status(self)
    }

    /// Everything that is not as it should be between the files, the version table and the schema.
    ///
    /// # Errors
    /// A bad revision file, or what the database says.
    pub fn verify(&mut self) -> Result<Vec<Finding>, Error> {
        verify::verify(self)
    }

    /// Makes the version table and the log if they do not exist; says whether it did.
    ///
    /// # Errors
    /// What the database says.
    pub fn ensure_version_table(&mut self, observe: &mut Observer<'_>) -> Result<bool, Error> {
        self.locked(observe, |database, _| {
            let made = database.connection.ensure_version_table().map_err(Error::from);
            made.map_err(|error| aftermath::tell_of_change(error, database, |other| other.has_version_table()))
        })
    }

    /// Runs `work` while other migrators are kept out, and lets them in again whatever happens. Where the
    /// database says that one came in between all the same, it is run again.
    pub(super) fn locked<T>(
        &mut self,
        observe: &mut Observer<'_>,
        mut work: impl FnMut(&mut Self, &mut Observer<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        // Whatever happens now comes to an orderly end.
        let _hold = self.project.config().interrupt.hold().map_err(BackendError::from)?;
        let mut patience = Patience::new(self.project.config().lock_wait);
        let result = loop {
            // What was interrupted while it took the lock may have it all the same.
            let result = match self.connection.lock(&mut |holder| observe(Event::Waiting { holder })) {
                Ok(()) => work(self, observe),
                Err(error) => Err(error.into()),
            };
            match result {
                Err(error) if patience.allows(&error) => {}
                result => break result,
            }
        };
        self.connection.heed_interrupt(false);
        let ended = match &result {
            Ok(_) => self.connection.finish().and_then(|()| match self.connection.unlock() {
                // A session that is gone has let go of its lock, and all is committed.
                Err(BackendError::ConnectionLost { .. }) => Ok(()),
                unlocked => unlocked,
            }),
            // The first error is the one to tell; a session that ends lets go of its lock anyway.
            Err(_) => self.connection.unlock().or(Ok(())),
        };
        self.connection.heed_interrupt(true);
        ended?;
        result
    }
}

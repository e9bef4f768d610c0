//! Time zones of the IANA database, which is built in: containers often have none.

use chrono::{DateTime, FixedOffset, Offset as _, TimeZone as _, Utc};
use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;

/// A time zone, in which dates are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeZone(jiff::tz::TimeZone);

impl TimeZone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(jiff::tz::TimeZone::UTC);

    /// The zone of this name, in any case: `Europe/Berlin`, `UTC`. `None` if there is none.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        TimeZoneDatabase::bundled().get(name).ok().map(Self)
    }

    /// The names of all zones.
    pub(super) fn names() -> Vec<String> {
        TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect()
    }

    /// `time` on the clocks of this zone.
    #[must_use]
    pub fn local(&self, time: DateTime<Utc>) -> DateTime<FixedOffset> {
        let seconds = self.timestamp(time).map_or(0, |timestamp| self.0.to_offset(timestamp).seconds());
        let offset = FixedOffset::east_opt(seconds).unwrap_or_else(|| Utc.fix());
        offset.from_utc_datetime(&time.naive_utc())
    }

    /// What this zone calls itself at `time`: `CET`, `CEST`.
    #[must_use]
    pub fn abbreviation(&self, time: DateTime<Utc>) -> String {
        self.timestamp(time)
            .map_or_else(|| "UTC".to_owned(), |timestamp| self.0.to_offset_info(timestamp).abbreviation().to_owned())
    }

    /// `None` for years beyond 9999, which this library's times do not reach.
    fn timestamp(&self, time: DateTime<Utc>) -> Option<Timestamp> {
        Timestamp::from_second(time.timestamp()).ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn clocks_follow_the_zone_and_its_summer_time() {
        let berlin = TimeZone::named("Europe/Berlin").unwrap();
        for (utc, local, name) in [
            ("2026-01-02T23:30:00Z", "2026-01-03T00:30:00+01:00", "CET"),
            ("2026-07-02T23:30:00Z", "2026-07-03T01:30:00+02:00", "CEST"),
        ] {
            assert_eq!(berlin.local(at(utc)).to_rfc3339(), local);
            assert_eq!(berlin.abbreviation(at(utc)), name);
        }
        assert_eq!(TimeZone::UTC.local(at("2026-01-02T23:30:00Z")).to_rfc3339(), "2026-01-02T23:30:00+00:00");
        assert_eq!(TimeZone::UTC.abbreviation(at("2026-01-02T23:30:00Z")), "UTC");
    }

    #[test]
    fn names_are_those_of_the_database_in_any_case() {
        assert_eq!(TimeZone::named("utc"), Some(TimeZone::UTC));
        assert_eq!(TimeZone::named("europe/berlin"), TimeZone::named("Europe/Berlin"));
        assert_eq!(TimeZone::named("Mars"), None);
        assert_eq!(TimeZone::named(""), None);
        assert!(TimeZone::names().iter().any(|name| name == "America/Argentina/Buenos_Aires"));
    }
}

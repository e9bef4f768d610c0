//! Who is in the way of a statement.

use std::fmt;
use std::time::Duration;

/// The most of a query that is shown.
const LONGEST_QUERY: usize = 80;

/// A session that holds a lock another one waits for, or stands before it in the queue; with what the role may
/// see of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocker {
    /// The process on the server; 0 stands for a prepared transaction.
    pub pid: u32,
    /// Its application's name.
    pub application: Option<String>,
    /// Its user.
    pub user: Option<String>,
    /// What it is doing, such as `idle in transaction`.
    pub state: Option<String>,
    /// The beginning of its query, or of the last one if it is idle; in one line.
    pub query: Option<String>,
    /// The age of its transaction.
    pub transaction_age: Option<Duration>,
}

/// Looks at a session from elsewhere, while that session runs.
pub type Watcher = Box<dyn FnMut() -> Look + Send>;

/// What a [`Watcher`] saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Who blocks the session; empty if nobody does, or if it does not wait long enough to ask.
    pub blockers: Vec<Blocker>,
    /// When to look again.
    pub next_in: Duration,
}

impl Blocker {
    /// The beginning of `query` in one line. One that is about a password is not shown.
    pub(super) fn shown_query(query: &str) -> String {
        if query.to_ascii_lowercase().contains("password") {
            return "(a statement about a password)".to_owned();
        }
        let line = one_line(query);
        match line.char_indices().nth(LONGEST_QUERY) {
            Some((end, _)) => format!("{} …", line[..end].trim_end()),
            None => line,
        }
    }

    /// `pid 4711`
    #[must_use]
    pub fn name(&self) -> String {
        match self.pid {
            0 => "a prepared transaction".to_owned(),
            pid => format!("pid {pid}"),
        }
    }
}

/// `text` without line ends or runs of spaces.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl fmt::Display for Blocker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name())?;
        if self.pid == 0 {
            return formatter.write_str(", listed in pg_prepared_xacts");
        }
        let user = self.user.as_ref().map(|user| format!("user {user}"));
        let who: Vec<String> = self.application.clone().into_iter().chain(user).collect();
        if !who.is_empty() {
            write!(formatter, " ({})", who.join(", "))?;
        }
        let Some(state) = &self.state else {
            return formatter.write_str("; what it does is not for this role to see");
        };
        write!(formatter, ", {state}")?;
        if let Some(age) = self.transaction_age {
            write!(formatter, ", in a transaction of {}", shown_age(age))?;
        }
        match &self.query {
            Some(query) => write!(formatter, ": {query}"),
            None => Ok(()),
        }
    }
}

fn shown_age(age: Duration) -> String {
    match age.as_secs() {
        seconds if seconds < 120 => format!("{seconds} s"),
        seconds if seconds < 7200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3600),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Blocker;

    fn blocker(pid: u32) -> Blocker {
        Blocker { pid, application: None, user: None, state: None, query: None, transaction_age: None }
    }

    #[test]
    fn what_is_known_is_said() {
        let all = Blocker {
            application: Some("psql".into()),
            user: Some("anna".into()),
            state: Some("idle in transaction".into()),
            query: Some("SELECT 1".into()),
            transaction_age: Some(Duration::from_secs(200)),
            ..blocker(7)
        };
        assert_eq!(
            all.to_string(),
            "pid 7 (psql, user anna), idle in transaction, in a transaction of 3 min: SELECT 1"
        );
        let hidden = Blocker { user: Some("anna".into()), ..blocker(7) };
        assert_eq!(hidden.to_string(), "pid 7 (user anna); what it does is not for this role to see");
        assert_eq!(blocker(0).to_string(), "a prepared transaction, listed in pg_prepared_xacts");
    }

    #[test]
    fn of_a_query_its_beginning_is_shown() {
        assert_eq!(Blocker::shown_query("  SELECT\n\t1 "), "SELECT 1");
        assert_eq!(Blocker::shown_query(&"é".repeat(81)), format!("{} …", "é".repeat(80)));
        assert_eq!(Blocker::shown_query("ALTER ROLE a PassWord 'geheim'"), "(a statement about a password)");
    }
}

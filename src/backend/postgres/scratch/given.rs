//! A database that is named for trying things out: empty when it is taken, and again when it is given back.

use crate::backend::postgres::PostgresConnection;
use crate::backend::postgres::client::Client;
use crate::backend::{BackendError, ScratchProblem, Settings};
use crate::config::PostgresUrl;
use crate::sql::Dialect;

use super::emptying::{Original, texts};
use super::{Live, Scratch, ScratchKind};

/// Who uses such a database has this advisory lock there.
const KEY: i64 = 0x6d69_6772_6174_6f72;

/// What its comment says while it is in use, with the first transaction after it was empty. If nobody has the lock, a
/// run that was killed left what is newer.
const MARK: &str = "in use by migrator, which drops what is newer than transaction ";

/// What a database holds that was not there when it was made, besides extensions, which somebody else may have put
/// there.
const OBJECTS: &str = "SELECT i.type || ' ' || i.identity FROM (\
    SELECT 'pg_class'::regclass::oid AS class, oid FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') \
    AND relpersistence <> 't' UNION ALL \
    SELECT 'pg_namespace'::regclass, oid FROM pg_namespace WHERE nspname !~ '^pg_' UNION ALL \
    SELECT 'pg_proc'::regclass, oid FROM pg_proc UNION ALL \
    SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typtype IN ('d', 'e', 'r', 'c') UNION ALL \
    SELECT 'pg_event_trigger'::regclass, oid FROM pg_event_trigger UNION ALL \
    SELECT 'pg_publication'::regclass, oid FROM pg_publication UNION ALL \
    SELECT 'pg_foreign_data_wrapper'::regclass, oid FROM pg_foreign_data_wrapper) o \
    CROSS JOIN LATERAL pg_identify_object(o.class, o.oid, 0) i WHERE o.oid >= 16384 AND NOT EXISTS \
    (SELECT FROM pg_depend d WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype IN ('i', 'e')) \
    ORDER BY o.class, o.oid LIMIT 5";

/// Takes the database that `connection` is connected to. The session keeps others out.
///
/// # Errors
/// [`BackendError::ScratchUrl`] where it holds something or is in use; what the server says.
pub(super) fn take(
    mut connection: PostgresConnection,
    url: &PostgresUrl,
    settings: &Settings,
    live: &Live,
) -> Result<Scratch, BackendError> {
    let problem = |problem| BackendError::ScratchUrl { url: url.to_string(), problem };
    let hold = settings.interrupt.hold()?;
    let free = format!("SELECT pg_catalog.pg_try_advisory_lock({KEY})");
    if !connection.ask_flag(&free)? {
        return Err(problem(ScratchProblem::InUse));
    }
    let mut client = connection.client;
    let known = "SELECT pg_catalog.shobj_description(oid, 'pg_database'), datname, \
                 pg_catalog.pg_encoding_to_char(encoding) FROM pg_catalog.pg_database \
                 WHERE datname = pg_catalog.current_database()";
    let mut known = texts(&mut client, known)?.into_iter().flatten();
    let mut next = || known.next().unwrap_or_default();
    let (mut comment, name, theirs) = (next(), next(), next());
    if theirs != live.encoding {
        return Err(problem(ScratchProblem::OtherEncoding { theirs, ours: live.encoding.clone() }));
    }
    if let Some(since) = comment.strip_prefix(MARK) {
        Original::clear(&mut client, since)?;
        comment.clear();
    }
    let objects: Vec<String> = texts(&mut client, OBJECTS)?.into_iter().flatten().collect();
    if !objects.is_empty() {
        return Err(problem(ScratchProblem::NotEmpty { objects }));
    }
    let original = Original::of(&mut client)?;
    let name = Dialect::PostgreSql.quote_identifier(&name);
    // Only its owner may; without the mark a run that is killed leaves it to be emptied by hand.
    let marked = client.batch_execute(&comment_on(&name, &format!("{MARK}{}", original.since()))).is_ok();
    let restore = marked.then(|| comment_on(&name, &comment));
    Ok(Scratch {
        kind: ScratchKind::Given { client, restore },
        url: url.clone(),
        original: Some(original),
        _hold: hold,
    })
}

fn comment_on(name: &str, comment: &str) -> String {
    let comment = match comment {
        "" => "NULL".to_owned(),
        comment => Dialect::PostgreSql.quote_literal(comment),
    };
    format!("COMMENT ON DATABASE {name} IS {comment}")
}

/// Are these two sessions on one database? A lock that one of them takes is seen by the other only there.
pub(super) fn is_same(one: &mut PostgresConnection, other: &mut PostgresConnection) -> Result<bool, BackendError> {
    let key = getrandom::u32().unwrap_or_default() >> 1;
    one.client.batch_execute("BEGIN")?;
    one.client.batch_execute(&format!("SELECT pg_catalog.pg_advisory_xact_lock_shared({key}, {key})"))?;
    let seen = other.ask_flag(&format!(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_database d ON d.oid = l.database \
         WHERE d.datname = pg_catalog.current_database() AND l.locktype = 'advisory' AND l.classid = {key} \
         AND l.objid = {key} AND l.objsubid = 2)"
    ));
    one.client.batch_execute("ROLLBACK")?;
    seen
}

/// Empties it; whether it is, and its comment again what it was, is not told to anybody any more.
pub(super) fn give_back(client: &mut Client, original: Option<&Original>, restore: Option<&str>) {
    client.heed_interrupt(false);
    let is_empty = original.is_some_and(|original| original.restore(client).is_ok_and(|empty| empty));
    if let Some(restore) = restore.filter(|_| is_empty) {
        let _ = client.batch_execute(restore);
    }
}

//! Making a database again what it was.
//!
//! What it was is known by the rows of all its catalogs: how many there were, and that none of them is of a later
//! transaction. No kind of object has to be known for that, so nothing is forgotten.

use postgres::SimpleQueryMessage;

use crate::backend::BackendError;
use crate::backend::postgres::client::Client;
use crate::sql::Dialect;

/// So many relations are dropped in about the time that it takes to make a database.
const MANY: i64 = 300;

/// A database as it was.
pub(super) struct Original {
    /// The first transaction after.
    since: String,
    /// How many rows each catalog had.
    counts: Vec<(String, String)>,
    /// Who may do what in the schema `public`, which is not dropped.
    public: Vec<Vec<String>>,
}

/// Who may do what in the schema `public`, and the statement that allows it.
const PUBLIC: &str = "SELECT pg_catalog.concat_ws(' ', n.nspowner, x.grantee, x.privilege_type, x.is_grantable), \
    pg_catalog.format('GRANT %s ON SCHEMA public TO %s', x.privilege_type, CASE x.grantee WHEN 0 THEN 'PUBLIC' \
    ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END || CASE WHEN x.is_grantable \
    THEN ' WITH GRANT OPTION' ELSE '' END) FROM pg_catalog.pg_namespace n CROSS JOIN LATERAL \
    pg_catalog.aclexplode(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) x WHERE n.nspname = 'public' ORDER BY 1";

/// Takes everything in the schema `public` back.
const NOTHING_IN_PUBLIC: &str = "DO $nothing$ DECLARE one record; BEGIN FOR one IN SELECT DISTINCT CASE x.grantee \
    WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END AS role \
    FROM pg_catalog.pg_namespace n CROSS JOIN LATERAL pg_catalog.aclexplode(n.nspacl) x WHERE n.nspname = 'public' \
    LOOP EXECUTE 'REVOKE ALL ON SCHEMA public FROM ' || one.role || ' CASCADE'; END LOOP; END $nothing$";

/// The catalogs of a database that the role may read. Statistics come and go on their own, and the data of large
/// objects with the objects.
const CATALOGS: &str = "SELECT relname FROM pg_catalog.pg_class WHERE relnamespace = 'pg_catalog'::pg_catalog.regnamespace \
    AND relkind = 'r' AND NOT relisshared AND relname NOT IN ('pg_statistic', 'pg_statistic_ext_data', 'pg_largeobject') \
    AND pg_catalog.has_table_privilege(oid, 'SELECT') ORDER BY relname";

impl Original {
    pub fn of(client: &mut Client) -> Result<Self, BackendError> {
        let since = "SELECT ((pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()))::text::numeric \
                     % 4294967296)::text";
        let since = texts(client, since)?.into_iter().flatten().next().unwrap_or_default();
        let catalogs: Vec<String> = texts(client, CATALOGS)?.into_iter().flatten().collect();
        let counts = counts(client, catalogs.iter(), &since)?;
        let counts = counts.into_iter().map(|[catalog, count, _]| (catalog, count)).collect();
        Ok(Self { since, counts, public: texts(client, PUBLIC)? })
    }

    /// The first transaction after.
    pub fn since(&self) -> &str {
        &self.since
    }

    /// Has so much been made since that to drop it takes longer than to make another database?
    pub fn is_far_from(&self, client: &mut Client) -> Result<bool, BackendError> {
        let count = |rows: Option<&String>| rows.and_then(|rows| rows.parse::<i64>().ok()).unwrap_or_default();
        let was = count(self.counts.iter().find(|(catalog, _)| catalog == "pg_class").map(|(_, rows)| rows));
        let now = texts(client, "SELECT pg_catalog.count(*) FROM pg_catalog.pg_class")?;
        Ok(count(now.iter().flatten().next()) - was > MANY)
    }

    /// Drops whatever was made since; says whether nothing is left of it.
    pub fn restore(&self, client: &mut Client) -> Result<bool, BackendError> {
        if !Self::clear(client, &self.since)? {
            return Ok(false);
        }
        if texts(client, PUBLIC)? != self.public {
            let grants = self.public.iter().filter_map(|row| row.get(1)).map(|grant| format!("; {grant}"));
            let granted = client.batch_execute(&format!("{NOTHING_IN_PUBLIC}{}", grants.collect::<String>()));
            // Without the schema itself there is nothing to be granted.
            match granted.map_err(BackendError::from) {
                Err(BackendError::Database(_)) => return Ok(false),
                result => result?,
            }
        }
        if texts(client, PUBLIC)? != self.public {
            return Ok(false);
        }
        let counts = counts(client, self.counts.iter().map(|(catalog, _)| catalog), &self.since)?;
        let same = |now: &[String; 3], was: &(String, String)| now[0] == was.0 && now[1] == was.1 && now[2] == "0";
        Ok(counts.len() == self.counts.len() && counts.iter().zip(&self.counts).all(|(now, was)| same(now, was)))
    }

    /// Drops whatever was made since a transaction, if it can be dropped.
    pub fn clear(client: &mut Client, since: &str) -> Result<bool, BackendError> {
        match client.batch_execute(&drop_all(since)).map_err(BackendError::from) {
            Err(BackendError::Database(_)) => Ok(false),
            result => result.map(|()| true),
        }
    }
}

/// Each catalog with the number of its rows, and of those that are not older than `since`.
fn counts<'c>(
    client: &mut Client,
    catalogs: impl Iterator<Item = &'c String>,
    since: &str,
) -> Result<Vec<[String; 3]>, BackendError> {
    let parts: Vec<String> = catalogs
        .map(|catalog| {
            // A session keeps its schema for temporary objects for ever, and `public` is looked at by itself.
            let besides = match catalog.as_str() {
                "pg_namespace" => "WHERE nspname !~ '^pg_(toast_)?temp_' AND nspname <> 'public'",
                _ => "",
            };
            format!(
                "SELECT '{catalog}', pg_catalog.count(*)::text, pg_catalog.count(*) FILTER (WHERE {})::text \
                 FROM pg_catalog.{catalog} {besides}",
                is_new("xmin", since)
            )
        })
        .collect();
    let rows = texts(client, &format!("{} ORDER BY 1", parts.join(" UNION ALL ")))?;
    Ok(rows.into_iter().filter_map(|row| row.try_into().ok()).collect())
}

/// Is `xmin` not older than the transaction `since`? Numbers of transactions run in a circle.
/// <https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND>
fn is_new(xmin: &str, since: &str) -> String {
    let since = Dialect::PostgreSql.quote_literal(since);
    format!("pg_catalog.age({xmin}) <= pg_catalog.age({since}::xid)")
}

/// Drops objects one by one, so that it takes no more locks at a time than the server has room for. What goes with
/// another object is not there any more when it is its turn.
fn drop_all(since: &str) -> String {
    let of = |rank: u8, catalog: &str, condition: &str| {
        format!(
            "SELECT {rank} AS rank, '{catalog}'::pg_catalog.regclass::oid AS class, o.oid FROM pg_catalog.{catalog} o \
             WHERE {} AND {condition}",
            is_new("o.xmin", since)
        )
    };
    let all = [
        of(1, "pg_event_trigger", "true"),
        of(2, "pg_extension", "true"),
        of(2, "pg_publication", "true"),
        of(2, "pg_foreign_data_wrapper", "true"),
        of(3, "pg_class", "o.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND o.relpersistence <> 't'"),
        of(4, "pg_namespace", "o.nspname !~ '^pg_(toast_)?temp_' AND o.nspname <> 'public'"),
        of(5, "pg_proc", "true"),
        of(5, "pg_type", "true"),
        of(5, "pg_language", "true"),
        of(5, "pg_opfamily", "true"),
        of(5, "pg_operator", "true"),
        of(5, "pg_collation", "true"),
        of(5, "pg_conversion", "true"),
        of(5, "pg_cast", "true"),
        of(5, "pg_ts_config", "true"),
        of(5, "pg_ts_dict", "true"),
        of(5, "pg_ts_parser", "true"),
        of(5, "pg_ts_template", "true"),
        of(5, "pg_am", "true"),
    ];
    format!(
        "DO $clear$ DECLARE object record; named record; dropped integer := 0; BEGIN \
         FOR object IN SELECT * FROM ({}) o WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d \
         WHERE d.classid = o.class AND d.objid = o.oid AND d.objsubid = 0 AND d.deptype IN ('i', 'e')) ORDER BY rank, oid LOOP \
         SELECT * INTO named FROM pg_catalog.pg_identify_object(object.class, object.oid, 0); \
         CONTINUE WHEN named.identity IS NULL; \
         EXECUTE pg_catalog.format('DROP %s IF EXISTS %s CASCADE', named.type, named.identity); \
         dropped := dropped + 1; \
         IF dropped % 100 = 0 THEN COMMIT; END IF; \
         END LOOP; END $clear$",
        all.join(" UNION ALL ")
    )
}

pub(super) fn texts(client: &mut Client, sql: &str) -> Result<Vec<Vec<String>>, BackendError> {
    let rows = client.simple_query(sql)?.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|column| row.get(column).unwrap_or_default().to_owned()).collect())
        }
        _ => None,
    });
    Ok(rows.collect())
}

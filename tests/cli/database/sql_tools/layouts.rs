//! A project of three migrations in the layout of each tool, and what the tool's table holds after two of them.
//!
//! The tables are made as the tools' sources make them: Flyway 10, dbmate 2.36, goose 3.24, golang-migrate 4.18,
//! SQLx 0.9, Diesel 2.3, refinery 0.10.

use super::Subject;

pub const USERS: &str = "CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL);\n";
pub const GROUPS: &str =
    "CREATE TABLE groups (id integer PRIMARY KEY, name text);\nINSERT INTO groups VALUES (1, 'a;b');\n";
pub const NO_USERS: &str = "DROP TABLE users;\n";
pub const NO_GROUPS: &str = "DROP TABLE groups;\n";
pub const NO_INDEX: &str = "DROP INDEX users_email;\n";

/// The third migration, where it is in a transaction.
pub const INDEX: &str = "CREATE INDEX users_email ON users (email);\n";

/// The same where it is in none.
fn index_alone(is_sqlite: bool) -> &'static str {
    if is_sqlite { INDEX } else { "CREATE INDEX CONCURRENTLY users_email ON users (email);\n" }
}

pub struct Layout {
    pub tool: &'static str,
    /// Further arguments of the import.
    pub arguments: &'static [&'static str],
    pub files: Vec<(&'static str, String)>,
    /// The ids that come of them.
    pub ids: [&'static str; 3],
    /// What the revisions say behind their markers, the markers' attributes in front.
    pub sections: [String; 3],
    pub table: &'static str,
    /// The table with its rows.
    pub state: String,
}

impl Layout {
    pub fn write(&self, subject: &Subject<'_>) {
        for (name, text) in &self.files {
            subject.write(&format!("legacy/{name}"), text);
        }
    }

    /// `import`, with `more` behind.
    pub fn import(&self, subject: &Subject<'_>, more: &[&str]) -> crate::support::project::Output {
        subject.run(&[&["import", "--from", self.tool, "legacy"], self.arguments, more].concat())
    }
}

pub fn all(is_sqlite: bool) -> Vec<Layout> {
    vec![
        flyway(is_sqlite),
        dbmate(is_sqlite),
        goose(is_sqlite),
        golang_migrate(is_sqlite),
        sqlx(is_sqlite),
        diesel(is_sqlite),
        refinery(),
    ]
}

fn sections(third: &str) -> [String; 3] {
    [format!("\n{USERS}"), format!("\n{GROUPS}"), third.to_owned()]
}

pub fn flyway(is_sqlite: bool) -> Layout {
    let alone = index_alone(is_sqlite);
    let groups = GROUPS.replace("a;b", "${Who}");
    let (id, time) = if is_sqlite { ("", "TEXT") } else { ("", "TIMESTAMP") };
    let now = if is_sqlite { "(strftime('%Y-%m-%d %H:%M:%f','now'))" } else { "now()" };
    // The checksums are those of Python's zlib.crc32, of the lines without their ends.
    let state = format!(
        "CREATE TABLE flyway_schema_history (installed_rank INT NOT NULL PRIMARY KEY{id}, version VARCHAR(50), \
         description VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL, checksum INT, \
         installed_by VARCHAR(100) NOT NULL, installed_on {time} NOT NULL DEFAULT {now}, execution_time INT NOT NULL, \
         success BOOLEAN NOT NULL);\n\
         CREATE INDEX flyway_schema_history_s_idx ON flyway_schema_history (success);\n\
         INSERT INTO flyway_schema_history VALUES \
         (1, '1', 'create users', 'SQL', 'V1__create_users.sql', 1077843839, 'anna', '2026-11-20 10:33:00', 3, true), \
         (2, '1.1', 'create groups', 'SQL', 'more/V1_1__create_groups.sql', 1606566795, 'anna', '2026-11-20 10:33:01', 3, true);"
    );
    Layout {
        tool: "flyway",
        arguments: &["--set", "who=a;b"],
        files: vec![
            ("V1__create_users.sql", USERS.to_owned()),
            ("U1__create_users.sql", NO_USERS.to_owned()),
            ("more/V1_1__create_groups.sql", groups),
            ("more/U1.1__create_groups.sql", NO_GROUPS.to_owned()),
            // 10 is behind 1.1, and runs alone for what it says, or for what lies beside it.
            ("V010__add_an_index.sql", alone.to_owned()),
            ("V010__add_an_index.sql.conf", "# alone\nexecuteInTransaction=false\n".to_owned()),
            ("U010__add_an_index.sql", NO_INDEX.to_owned()),
            ("README.md", "no migration".to_owned()),
        ],
        ids: ["1", "1.1", "010"],
        sections: sections(&format!(" no-transaction\n{alone}")),
        table: "flyway_schema_history",
        state,
    }
}

pub fn dbmate(is_sqlite: bool) -> Layout {
    let alone = index_alone(is_sqlite);
    let file = |option: &str, up: &str, down: &str| format!("-- migrate:up{option}\n{up}\n-- migrate:down\n{down}");
    let column = if is_sqlite { "version varchar(128) primary key" } else { "version varchar NOT NULL PRIMARY KEY" };
    Layout {
        tool: "dbmate",
        arguments: &[],
        files: vec![
            ("20260101000000_create_users.sql", format!("-- who comes\n\n{}", file("", USERS, NO_USERS))),
            ("20260102000000_create_groups.sql", file("", GROUPS, NO_GROUPS)),
            ("20260103000000_add_an_index.sql", file(" transaction:false", alone, NO_INDEX)),
        ],
        ids: ["20260101000000", "20260102000000", "20260103000000"],
        sections: sections(&format!(" no-transaction\n{alone}")),
        table: "schema_migrations",
        state: format!(
            "CREATE TABLE schema_migrations ({column});\n\
             INSERT INTO schema_migrations VALUES ('20260101000000'), ('20260102000000');"
        ),
    }
}

pub fn goose(is_sqlite: bool) -> Layout {
    let alone = index_alone(is_sqlite);
    let groups = format!("-- +goose StatementBegin\n{GROUPS}-- +goose StatementEnd\n");
    let columns = if is_sqlite {
        "id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, \
         tstamp TIMESTAMP DEFAULT (datetime('now'))"
    } else {
        "id serial NOT NULL, version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp timestamp NULL default now(), \
         PRIMARY KEY(id)"
    };
    Layout {
        tool: "goose",
        arguments: &[],
        files: vec![
            ("00001_create_users.sql", format!("-- +goose Up\n{USERS}\n-- +goose Down\n{NO_USERS}")),
            ("00002_create_groups.sql", format!("-- +goose Up\n{groups}-- +goose Down\n{NO_GROUPS}")),
            (
                "00003_add_an_index.sql",
                format!("-- +goose NO TRANSACTION\n-- +goose Up\n{alone}-- +goose Down\n{NO_INDEX}"),
            ),
            ("README.md", "no migration".to_owned()),
        ],
        ids: ["00001", "00002", "00003"],
        sections: [format!("\n{USERS}"), format!("\n{groups}"), format!(" no-transaction\n{alone}")],
        table: "goose_db_version",
        // The second one was taken back and applied again, as earlier versions of goose write it.
        state: format!(
            "CREATE TABLE goose_db_version ({columns});\n\
             INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, {yes}), (1, {yes}), (2, {yes}), (2, {no}), \
             (2, {yes});",
            yes = if is_sqlite { "1" } else { "true" },
            no = if is_sqlite { "0" } else { "false" }
        ),
    }
}

pub fn golang_migrate(is_sqlite: bool) -> Layout {
    let alone = index_alone(is_sqlite);
    let table = if is_sqlite {
        "CREATE TABLE schema_migrations (version uint64,dirty bool);\n\
         CREATE UNIQUE INDEX version_unique ON schema_migrations (version);"
    } else {
        "CREATE TABLE schema_migrations (version bigint not null primary key, dirty boolean not null);"
    };
    Layout {
        tool: "golang-migrate",
        arguments: &[],
        files: vec![
            ("000001_create_users.up.sql", USERS.to_owned()),
            ("000001_create_users.down.sql", NO_USERS.to_owned()),
            ("000002_create_groups.up.sql", format!("BEGIN;\n{GROUPS}COMMIT;\n")),
            ("000002_create_groups.down.sql", NO_GROUPS.to_owned()),
            ("000003_add_an_index.up.sql", alone.to_owned()),
            ("000003_add_an_index.down.sql", NO_INDEX.to_owned()),
        ],
        ids: ["000001", "000002", "000003"],
        sections: [
            format!("\n{USERS}"),
            format!(" no-transaction\nBEGIN;\n{GROUPS}COMMIT;\n"),
            format!("{}\n{alone}", if is_sqlite { "" } else { " no-transaction" }),
        ],
        table: "schema_migrations",
        state: format!("{table}\nINSERT INTO schema_migrations VALUES (2, false);"),
    }
}

pub fn sqlx(is_sqlite: bool) -> Layout {
    let alone = format!("-- no-transaction\n{}", index_alone(is_sqlite));
    let (time, bytes, now) =
        if is_sqlite { ("TIMESTAMP", "BLOB", "CURRENT_TIMESTAMP") } else { ("TIMESTAMPTZ", "BYTEA", "now()") };
    let bytes_of = |hex: &str| if is_sqlite { format!("x'{hex}'") } else { format!("'\\x{hex}'") };
    // Those of Python's hashlib.sha384.
    let users =
        bytes_of("7d411850ebd90b0c4d988f3ee640b88531c5c3ed1ab642b96eebbd097e95047f9e2dcbad93c8cf62065af2d6ad10ef74");
    let groups =
        bytes_of("f14a031014b9c378a10b694743e253da92e7aa81d345ae6a2e2f2955bc1ebd8f0e629fb0f4065433837421f56c10a291");
    Layout {
        tool: "sqlx",
        arguments: &[],
        files: vec![
            ("1_create_users.up.sql", USERS.to_owned()),
            ("1_create_users.down.sql", NO_USERS.to_owned()),
            ("2_create_groups.up.sql", GROUPS.to_owned()),
            ("2_create_groups.down.sql", NO_GROUPS.to_owned()),
            ("10_add_an_index.up.sql", alone.clone()),
            ("10_add_an_index.down.sql", NO_INDEX.to_owned()),
        ],
        ids: ["1", "2", "10"],
        sections: sections(&format!("{}\n{alone}", if is_sqlite { "" } else { " no-transaction" })),
        table: "_sqlx_migrations",
        state: format!(
            "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
             installed_on {time} NOT NULL DEFAULT {now}, success BOOLEAN NOT NULL, checksum {bytes} NOT NULL, \
             execution_time BIGINT NOT NULL);\n\
             INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES \
             (1, 'create users', TRUE, {users}, 5), (2, 'create groups', TRUE, {groups}, 5);"
        ),
    }
}

pub fn diesel(is_sqlite: bool) -> Layout {
    let alone = index_alone(is_sqlite);
    Layout {
        tool: "diesel",
        arguments: &[],
        files: vec![
            ("2026-01-01-000000_create_users/up.sql", USERS.to_owned()),
            ("2026-01-01-000000_create_users/down.sql", NO_USERS.to_owned()),
            ("20260102000000_create_groups/up.sql", GROUPS.to_owned()),
            ("20260102000000_create_groups/down.sql", NO_GROUPS.to_owned()),
            ("20260102000000_create_groups/metadata.toml", "run_in_transaction = true\n".to_owned()),
            ("2026-01-03-000000_add_an_index/up.sql", alone.to_owned()),
            ("2026-01-03-000000_add_an_index/down.sql", NO_INDEX.to_owned()),
            ("2026-01-03-000000_add_an_index/metadata.toml", "run_in_transaction = false\n".to_owned()),
            (".hidden/nothing", String::new()),
        ],
        ids: ["20260101000000", "20260102000000", "20260103000000"],
        sections: sections(&format!(" no-transaction\n{alone}")),
        table: "__diesel_schema_migrations",
        state: "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
                run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);\n\
                INSERT INTO __diesel_schema_migrations (version) VALUES ('20260101000000'), ('20260102000000');"
            .to_owned(),
    }
}

/// It has no way down.
pub fn refinery() -> Layout {
    Layout {
        tool: "refinery",
        arguments: &[],
        files: vec![
            ("V1__create_users.sql", USERS.to_owned()),
            ("V2__create_groups.sql", GROUPS.to_owned()),
            ("U3__late.sql", INDEX.to_owned()),
        ],
        ids: ["1", "2", "3"],
        sections: sections(&format!("\n{INDEX}")),
        table: "refinery_schema_history",
        // The checksums are those that refinery-core 0.10.1 gives.
        state: "CREATE TABLE refinery_schema_history (version INT4 PRIMARY KEY, name VARCHAR(255), \
                applied_on VARCHAR(255), checksum VARCHAR(255));\n\
                INSERT INTO refinery_schema_history VALUES \
                (1, 'create_users', '2026-11-20T10:33:00Z', '1848651893536896845'), \
                (2, 'create_groups', '2026-11-20T10:33:01Z', '14368202708970033052');"
            .to_owned(),
    }
}

"""A large schema, and what it is changed into, for both databases."""

from dataclasses import dataclass, field

# Of a hundred tables each; scaled with the number of tables.
VIEWS = TRIGGERS = 25
NEW_COLUMNS = 10
RETYPED = 5


@dataclass
class Column:
    name: str
    kind: str
    default: str | None = None
    required: bool = True


@dataclass
class Table:
    number: int
    columns: list[Column] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"table_{self.number}"

    @property
    def parent(self) -> str:
        """The table its foreign key refers to: always an earlier one, or itself."""
        return f"table_{self.number * 7 // 11}"


@dataclass
class Schema:
    tables: list[Table]
    labels: list[str]
    views: list[int]
    triggers: list[int]


def schema(size: int, changed: bool = False) -> Schema:
    """`size` tables of ten columns with two indexes, a foreign key and a check each, and in proportion views,
    triggers and, if `changed`, new columns, types that change under a view, and a value of the enum."""
    tables = [Table(number, columns(number)) for number in range(size)]
    share = lambda percentage: range(0, size, 100 // percentage)
    if changed:
        for number in share(NEW_COLUMNS):
            tables[number].columns.append(Column("remark", "text", required=False))
        for number in share(RETYPED):
            tables[number].columns[3].kind = "bigint"
    labels = ["new", "open", "closed"] + ["archived"] * changed
    return Schema(tables, labels, list(share(VIEWS)), list(share(TRIGGERS)))


def columns(number: int) -> list[Column]:
    # To take a value out of an enum again is to write all its columns anew, in one transaction.
    state = "state" if number % 4 == 0 else "varchar(20)"
    return [
        Column("id", "bigint"),
        Column("parent_id", "bigint", required=False),
        Column("name", "varchar(80)"),
        Column("amount", "integer", "0"),
        Column("price", "numeric(12,2)", "0"),
        Column("state", state, "'new'"),
        Column("note", "text", "''"),
        Column("is_active", "boolean", "true"),
        Column("created_at", "timestamp", "CURRENT_TIMESTAMP"),
        Column("updated_at", "timestamp", required=False),
    ]


def postgresql(schema: Schema) -> str:
    labels = ", ".join(f"'{label}'" for label in schema.labels)
    statements = [
        f"CREATE TYPE state AS ENUM ({labels})",
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.updated_at := CURRENT_TIMESTAMP; RETURN NEW; END $$",
    ]
    for table in schema.tables:
        statements += of_table(table, "state", f"CHECK (char_length(name) > 0)")
    statements += map(view, schema.views)
    statements += (
        f"CREATE TRIGGER touch_{number} BEFORE UPDATE ON table_{number} FOR EACH ROW EXECUTE FUNCTION touch()"
        for number in schema.triggers
    )
    return "".join(f"{statement};\n" for statement in statements)


def sqlite(schema: Schema) -> str:
    # An enum is a check there; each table with one would have to be built anew.
    statements = []
    for table in schema.tables:
        statements += of_table(table, "varchar(20)", "CHECK (length(name) > 0)")
    statements += map(view, schema.views)
    statements += (
        f"CREATE TRIGGER touch_{number} AFTER UPDATE ON table_{number} BEGIN "
        f"UPDATE table_{number} SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id; END"
        for number in schema.triggers
    )
    return "".join(f"{statement};\n" for statement in statements)


def of_table(table: Table, state: str, check: str) -> list[str]:
    lines = []
    for column in table.columns:
        kind = state if column.kind == "state" else column.kind
        default = "" if column.default is None else f" DEFAULT {column.default}"
        lines.append(f"{column.name} {kind}{default}{' NOT NULL' * column.required}")
    name = table.name
    lines += [
        f"CONSTRAINT {name}_pkey PRIMARY KEY (id)",
        f"CONSTRAINT {name}_named {check}",
        f"CONSTRAINT {name}_parent FOREIGN KEY (parent_id) REFERENCES {table.parent} (id)",
    ]
    body = ",\n  ".join(lines)
    return [
        f"CREATE TABLE {name} (\n  {body}\n)",
        f"CREATE INDEX {name}_by_name ON {name} (name)",
        f"CREATE INDEX {name}_by_state ON {name} (state, created_at)",
    ]


def view(number: int) -> str:
    return (
        f"CREATE VIEW view_{number} AS SELECT t.id, t.name, t.amount, p.name AS parent_name FROM table_{number} t "
        f"LEFT JOIN table_{number * 7 // 11} p ON p.id = t.parent_id WHERE t.is_active"
    )

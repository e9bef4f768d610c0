"""Histories of revisions, and how each program wants them written."""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Revision:
    number: int
    parents: tuple[str, ...]
    message: str
    upgrade: str
    downgrade: str

    @property
    def id(self) -> str:
        return id_of(self.number)


def id_of(number: int) -> str:
    """An id like a random one: files are not read in the order of the history."""
    return hashlib.sha256(str(number).encode()).hexdigest()[:12]


def line(count: int) -> list[Revision]:
    """Each revision upon the one before: a table, a column, an index, two rows, and again."""
    return [revision(number, (number - 1,) if number > 1 else ()) for number in range(1, count + 1)]


def fan(width: int) -> list[Revision]:
    """One base with `width` heads on it."""
    return [revision(1, ()), *(revision(number, (1,)) for number in range(2, width + 2))]


def ladder(merges: int) -> list[Revision]:
    """A base; from there two branches that are merged, `merges` times one above the other."""
    revisions = [revision(1, ())]
    for top in range(1, 3 * merges + 1, 3):
        revisions += [revision(top + 1, (top,)), revision(top + 2, (top,)), revision(top + 3, (top + 1, top + 2))]
    return revisions


def revision(number: int, parents: tuple[int, ...]) -> Revision:
    table = f"table_{(number - 1) // 4 + 1}"
    message, upgrade, downgrade = [
        (
            f"create {table}",
            f"CREATE TABLE {table} (id integer PRIMARY KEY, name text NOT NULL, price integer NOT NULL DEFAULT 0);",
            f"DROP TABLE {table};",
        ),
        (
            f"add a note to {table}",
            f"ALTER TABLE {table} ADD COLUMN note text;",
            f"ALTER TABLE {table} DROP COLUMN note;",
        ),
        (
            f"index the names of {table}",
            f"CREATE INDEX {table}_name ON {table} (name);",
            f"DROP INDEX {table}_name;",
        ),
        (
            f"first rows of {table}",
            f"INSERT INTO {table} (id, name, price) VALUES (1, 'it''s one', 10), (2, 'two', 20);",
            f"DELETE FROM {table} WHERE id IN (1, 2);",
        ),
    ][(number - 1) % 4]
    return Revision(number, tuple(map(id_of, parents)), message, upgrade, downgrade)


def write_migrator(folder: Path, revisions: list[Revision]) -> None:
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    # The database is named by MIGRATOR_DATABASE_URL.
    (folder / "migrator.toml").write_text('[migrator]\nscript_location = "migrations"\n')
    for one in revisions:
        revises = f"-- migrator:revises {', '.join(one.parents)}\n" if one.parents else ""
        (versions / f"{one.id}_{one.message.replace(' ', '_')}.sql").write_text(
            f"-- {one.message}\n--\n-- migrator:revision {one.id}\n{revises}"
            f"-- migrator:created 2026-11-20T10:33:00Z\n\n"
            f"-- migrator:upgrade\n{one.upgrade}\n\n-- migrator:downgrade\n{one.downgrade}\n"
        )


ALEMBIC_ENV = '''\
import os

from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine(os.environ["BENCH_DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    # SQLite keeps Alembic's default.
    per_migration = connection.dialect.name == "postgresql"
    context.configure(connection=connection, transaction_per_migration=per_migration)
    with context.begin_transaction():
        context.run_migrations()
'''


def write_alembic(folder: Path, revisions: list[Revision]) -> None:
    versions = folder / "alembic" / "versions"
    versions.mkdir(parents=True)
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/alembic\n")
    (folder / "alembic" / "env.py").write_text(ALEMBIC_ENV)
    for one in revisions:
        parent = repr(one.parents[0]) if one.parents else None
        (versions / f"{one.id}_{one.message.replace(' ', '_')}.py").write_text(
            f'"""{one.message}"""\nfrom alembic import op\n\n'
            f"revision = {one.id!r}\ndown_revision = {parent}\nbranch_labels = None\ndepends_on = None\n\n\n"
            f"def upgrade():\n    op.execute({one.upgrade!r})\n\n\n"
            f"def downgrade():\n    op.execute({one.downgrade!r})\n"
        )


def write_shell(folder: Path, revisions: list[Revision], transaction_each: bool) -> None:
    """upgrade.sql and downgrade.sql: the same statements, in one transaction or in one for each revision."""
    between = "\nCOMMIT;\nBEGIN;\n" if transaction_each else "\n"
    for name, statements in (
        ("upgrade.sql", [one.upgrade for one in revisions]),
        ("downgrade.sql", [one.downgrade for one in reversed(revisions)]),
    ):
        (folder / name).write_text(f"BEGIN;\n{between.join(statements)}\nCOMMIT;\n")

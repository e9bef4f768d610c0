"""The two databases: where each program finds its own, and what the shell runs in its place."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import history
from measure import OURS, Command

# What is compared on a database, in the order of the table.
CURRENT = "current"
NOTHING = "upgrade, nothing to do"
HISTORY = "history"
UPGRADE = "upgrade head from empty"
DOWNGRADE = "downgrade base"

MIGRATOR = "migrator"
ALEMBIC = "Alembic"
# psql with synchronous_commit off, as migrator has it for all commits but the last.
ASYNC = "psql, async"

ARGUMENTS = {
    CURRENT: ["current"],
    NOTHING: ["upgrade", "head"],
    HISTORY: ["history"],
    UPGRADE: ["upgrade", "head"],
    DOWNGRADE: ["downgrade", "base"],
}


class Backend:
    """One project of `size` revisions, written for every program, with a database for each."""

    name: str
    shell: str
    # Every program, in the order in which they take turns.
    series: list[str]
    # The greatest ratio to the shell that is wanted at 1,000 revisions.
    targets: dict[str, float]
    transaction_each: bool

    def __init__(self, programs, folder: Path, size: int):
        self.programs = programs
        self.folder = folder / f"{self.name}-{size}"
        self.size = size
        self.folder.mkdir()
        revisions = history.line(size)
        history.write_migrator(self.folder, revisions)
        history.write_alembic(self.folder, revisions)
        history.write_shell(self.folder, revisions, self.transaction_each)

    def command(self, program: str, case: str) -> Command | None:
        """What `program` runs for `case`; None if it has nothing like it."""
        if program == MIGRATOR:
            environment = {"MIGRATOR_DATABASE_URL": self.url(program)}
            return Command([self.programs.migrator, *ARGUMENTS[case]], environment, self.folder)
        if program == ALEMBIC:
            environment = {"BENCH_DATABASE_URL": self.url(program)}
            return Command([self.programs.alembic, *ARGUMENTS[case]], environment, self.folder)
        return self.shell_command(program, case)

    def url(self, program: str) -> str:
        raise NotImplementedError

    def fresh(self, program: str) -> None:
        """An empty database for `program`."""
        raise NotImplementedError

    def tables(self, program: str) -> int:
        """How many of the history's tables the program's database holds."""
        raise NotImplementedError

    def shell_command(self, program: str, case: str) -> Command | None:
        raise NotImplementedError


class Sqlite(Backend):
    name = "SQLite"
    shell = "sqlite3"
    series = [MIGRATOR, shell, ALEMBIC]
    targets = {CURRENT: 4.0, NOTHING: 4.0, UPGRADE: 1.3, DOWNGRADE: 1.0}
    # There a transaction for each revision would only buy waiting for the disk.
    transaction_each = False

    def file(self, program: str) -> Path:
        return self.folder / f"{program}.db"

    def url(self, program: str) -> str:
        return f"sqlite:///{self.file(program)}"

    def fresh(self, program: str) -> None:
        self.file(program).unlink(missing_ok=True)

    def tables(self, program: str) -> int:
        with closing(sqlite3.connect(self.file(program))) as connection:
            query = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name GLOB 'table_*'"
            return connection.execute(query).fetchone()[0]

    def shell_command(self, program: str, case: str) -> Command | None:
        argv = [self.shell, "-bail", str(self.file(program))]
        if case in (CURRENT, NOTHING):
            # The measure for short commands is the shell's own start.
            return Command([self.shell, ":memory:", "select 1"])
        if case in (UPGRADE, DOWNGRADE):
            return Command(argv, stdin=self.folder / f"{case.split()[0]}.sql")
        return None


class Postgres(Backend):
    name = "PostgreSQL"
    shell = "psql"
    series = [MIGRATOR, shell, ASYNC, ALEMBIC]
    targets = {CURRENT: 1.5, NOTHING: 1.5, UPGRADE: 0.9, DOWNGRADE: 0.8}
    transaction_each = True

    def database(self, program: str) -> str:
        return "bench_" + "".join(filter(str.isalpha, program.lower()))

    def uri(self, scheme: str, database: str) -> str:
        return f"{scheme}://postgres@127.0.0.1:{self.programs.port}/{database}?sslmode=disable"

    def url(self, program: str) -> str:
        return self.uri("postgresql+psycopg" if program == ALEMBIC else "postgresql", self.database(program))

    def ask(self, database: str, *statements: str) -> str:
        argv = [self.programs.psql, "-XqAt", "-v", "ON_ERROR_STOP=1", self.uri("postgresql", database)]
        commands = [argument for statement in statements for argument in ("-c", statement)]
        return subprocess.run([*argv, *commands], check=True, env=OURS, capture_output=True, text=True).stdout

    def fresh(self, program: str) -> None:
        name = self.database(program)
        self.ask("postgres", f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")

    def tables(self, program: str) -> int:
        query = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND starts_with(tablename, 'table_')"
        return int(self.ask(self.database(program), query))

    def shell_command(self, program: str, case: str) -> Command | None:
        if case in (CURRENT, NOTHING) and program == self.shell:
            argv = [self.programs.psql, "-XAt", self.url(MIGRATOR), "-c", "SELECT * FROM migrator_version"]
            return Command(argv)
        if case in (UPGRADE, DOWNGRADE):
            script = self.folder / f"{case.split()[0]}.sql"
            argv = [self.programs.psql, "-Xq", "-v", "ON_ERROR_STOP=1", "-f", str(script), self.url(program)]
            return Command(argv, {"PGOPTIONS": "-c synchronous_commit=off"} if program == ASYNC else {})
        return None

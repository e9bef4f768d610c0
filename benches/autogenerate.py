"""Large declared schemas: migrator beside pg_dump, psql, Alembic and migra; started by benches/run."""

import argparse
import shutil
import subprocess
from pathlib import Path

import declared
from measure import OURS, Command, Launcher, Series, machine, plain, print_table, write_results

MIGRATOR, ALEMBIC, MIGRA = "migrator", "Alembic", "migra"
DUMP, LOAD, COMPARE, CHECK, REVISION = (
    "dump", "load", "compare two databases", "check", "revision --autogenerate, proven",
)
# The greatest ratio to the program in the third place that is wanted, and the greatest number of seconds.
TARGETS = {"PostgreSQL": {COMPARE: ("pg_dump", DUMP, 2.0), REVISION: ("psql", LOAD, 4.0)}}
LIMITS = {"SQLite": {COMPARE: 0.5}}


class Databases:
    """The schema as it is and as it shall be, in two databases and in two files, and a project of each program."""

    name: str

    def __init__(self, programs, launcher: Launcher, folder: Path, size: int):
        self.programs, self.launcher = programs, launcher
        self.folder = folder / f"declared-{self.name}"
        self.folder.mkdir()
        self.url = self.uri("old")
        (self.folder / "migrator.toml").write_text('[migrator]\nscript_location = "migrations"\n')
        write = getattr(declared, self.name.lower())
        self.files = {}
        for which in ("old", "new"):
            self.files[which] = self.folder / f"{which}.sql"
            self.files[which].write_text(write(declared.schema(size, which == "new")))

    def uri(self, which: str) -> str:
        raise NotImplementedError

    def migrator(self, *arguments: str) -> Command:
        """Starts from no revision, with the declared schema that the case needs."""
        shutil.rmtree(self.folder / "migrations", ignore_errors=True)
        (self.folder / "migrations" / "versions").mkdir(parents=True)
        shutil.copy(self.files["old" if arguments[0] == "check" else "new"], self.folder / "schema.sql")
        return Command([self.programs.migrator, *arguments], {"MIGRATOR_DATABASE_URL": self.url}, self.folder)

    def alembic(self) -> Command:
        script = Path(__file__).with_name("reflect.py")
        return Command([self.programs.python, "-B", str(script), self.sqlalchemy("old"), self.sqlalchemy("new")])


class Sqlite(Databases):
    name = "SQLite"

    def uri(self, which: str) -> str:
        return f"sqlite:///{self.folder}/{which}.db"

    sqlalchemy = uri

    def load(self, which: str) -> Command:
        file = self.folder / f"{which}.db"
        file.unlink(missing_ok=True)
        # As one transaction: it waits for the disk at every other commit.
        script = self.folder / f"load-{which}.sql"
        script.write_text(f"BEGIN;\n{self.files[which].read_text()}COMMIT;\n")
        return Command(["sqlite3", "-bail", str(file)], stdin=script)

    def cases(self):
        return {
            LOAD: {"sqlite3": lambda: self.load("new")},
            DUMP: {MIGRATOR: lambda: self.migrator("dump"),
                   "sqlite3": lambda: Command(["sqlite3", str(self.folder / "old.db"), ".schema"])},
            COMPARE: {MIGRATOR: lambda: self.migrator("diff", "--to", self.uri("new")), ALEMBIC: self.alembic},
            CHECK: {MIGRATOR: lambda: self.migrator("check")},
            REVISION: {MIGRATOR: lambda: self.migrator("revision", "--autogenerate", "-m", "change")},
        }


class PostgreSql(Databases):
    name = "PostgreSQL"

    def uri(self, which: str, scheme: str = "postgresql") -> str:
        return f"{scheme}://postgres@127.0.0.1:{self.programs.port}/declared_{which}?sslmode=disable"

    def sqlalchemy(self, which: str) -> str:
        return self.uri(which, "postgresql+psycopg")

    def load(self, which: str) -> Command:
        # What was loaded before reaches the disk now, and not at somebody else's expense.
        server = self.uri(which).replace(f"/declared_{which}", "/postgres")
        statements = [f"DROP DATABASE IF EXISTS declared_{which}", f"CREATE DATABASE declared_{which}", "CHECKPOINT"]
        for statement in statements:
            subprocess.run([self.programs.psql, "-Xqc", statement, server], env=OURS | {"PGOPTIONS": QUIET}, check=True)
        return Command([self.programs.psql, "-Xq", "-v", "ON_ERROR_STOP=1", "-f", str(self.files[which]), self.uri(which)])

    def settled(self, command: Command) -> Command:
        subprocess.run([self.programs.psql, "-Xqc", "CHECKPOINT", self.url], env=OURS, check=True)
        return command

    def migra(self) -> Command:
        # It says with 2 that there is a difference.
        argv = [self.programs.migra, "--unsafe", self.uri("old"), self.uri("new")]
        return Command(["sh", "-c", '"$@"; [ $? -eq 2 ]', "sh", *argv])

    def cases(self):
        cases = {
            LOAD: {"psql": lambda: self.load("new")},
            DUMP: {MIGRATOR: lambda: self.settled(self.migrator("dump")),
                   "pg_dump": lambda: Command([self.programs.pg_dump, "--schema-only", self.url])},
            COMPARE: {MIGRATOR: lambda: self.migrator("diff", "--to", self.uri("new")), ALEMBIC: self.alembic,
                      MIGRA: self.migra},
            CHECK: {MIGRATOR: lambda: self.migrator("check")},
            REVISION: {MIGRATOR: lambda: self.migrator("revision", "--autogenerate", "-m", "change")},
        }
        if not self.programs.migra:
            del cases[COMPARE][MIGRA]
        return cases


QUIET = "-c client_min_messages=warning"


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("migrator", "launch", "scratch", "psql", "pg_dump", "python", "migra", "port"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--quick", action="store_true")
    programs = parser.parse_args()
    scratch = Path(programs.scratch)
    launcher = Launcher(Path(programs.launch), scratch)
    size = 200 if programs.quick else 1000
    print(f"{machine()}\nmilliseconds: median (least–greatest), greatest memory", flush=True)
    results = [measure(kind(programs, launcher, scratch, size), size, programs.quick) for kind in (Sqlite, PostgreSql)]
    print(FOOTER)
    write_results("autogenerate", {"tables": results})


FOOTER = """
The schema has ten columns, two indexes, a foreign key and a check in each table, and for four tables a view and a
trigger. It is compared with one that has new columns, other types under views, and on PostgreSQL a value more in its
enum. Alembic reflects both databases, without views, triggers and checks; migra compares them. `check` and
`revision` load the declared file into a scratch database; a proof makes the other schema there, too, and runs
the revision on it up, down and up again. psql commits every statement and waits for the disk."""


def measure(databases: Databases, size: int, quick: bool) -> dict:
    """Runs the cases, the programs of each in turn, and prints them."""
    rounds = 1 if quick else 3
    databases.launcher.run(databases.load("old"))
    rows: dict[str, dict[str, Series]] = {}
    for case, programs in databases.cases().items():
        rows[case] = {program: Series([]) for program in programs}
        for number in range(rounds):
            for program, command in programs.items():
                # The others take so long that their spread does not matter.
                if number == 0 or program not in (ALEMBIC, MIGRA):
                    rows[case][program].samples.append(databases.launcher.run(command()))
    return report(databases.name, size, rows)


def report(name: str, size: int, rows: dict[str, dict[str, Series]]) -> dict:
    names = list(dict.fromkeys(program for series in rows.values() for program in series))
    names.sort(key=lambda program: program != MIGRATOR)
    table = [["", *names, "migrator ×", "target", ""]]
    for case, series in rows.items():
        ratio, target, met = "", "", ""
        if MIGRATOR in series:
            ours = series[MIGRATOR].median
            others = {program: one.median for program, one in series.items() if program != MIGRATOR}
            if case in TARGETS.get(name, {}):
                peer, of, limit = TARGETS[name][case]
                others = {f"{peer} {of}": rows[of][peer].median} | others
                target, met = f"≤ {limit:.1f} {peer} {of}", ours <= limit * rows[of][peer].median
            if case in LIMITS.get(name, {}):
                target, met = f"≤ {LIMITS[name][case]:.1f} s", ours <= LIMITS[name][case]
            ratio = ", ".join(f"{plain(ours / other)} {program}" for program, other in others.items())
        met = {True: "✓", False: "✗", "": ""}[met]
        table.append([case, *(str(series[one]) if one in series else "" for one in names), ratio, target, met])
    print_table(f"{name}, {size:,} tables", table)
    return {"title": name, "tables": size,
            "rows": {case: {program: one.document() for program, one in series.items()} for case, series in rows.items()}}


if __name__ == "__main__":
    main()

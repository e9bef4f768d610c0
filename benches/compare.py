"""migrator beside Alembic and the databases' own shells; started by benches/run."""

import argparse
import subprocess
import sys
from pathlib import Path

from backends import ALEMBIC, CURRENT, DOWNGRADE, HISTORY, MIGRATOR, NOTHING, UPGRADE, Backend, Postgres, Sqlite
from measure import Command, Launcher, Series, interleaved, machine, plain, print_table, write_results

SIZES = [100, 1000]
# The history for which targets are set.
TARGET_SIZE = 1000
START_TARGET = 2.0

Row = tuple[str, dict[str, Series], str, float | None]


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("migrator", "launch", "scratch", "psql", "alembic", "port"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--quick", action="store_true")
    programs = parser.parse_args()
    scratch = Path(programs.scratch)
    launcher = Launcher(Path(programs.launch), scratch)
    versions = read_versions(programs)
    print(f"{', '.join(versions)}\n{machine()}\nmilliseconds: median (least–greatest), greatest memory", flush=True)

    results = [report("start", [start(programs, launcher)])]
    for size in SIZES:
        for kind in (Sqlite, Postgres):
            backend = kind(programs, scratch, size)
            rows = compare(backend, launcher, programs.quick)
            results.append(report(f"{backend.name}, {size:,} revisions", rows))
    print(FOOTER)
    write_results("compare", {"versions": versions, "tables": results})


FOOTER = """
× shell is the ratio of the medians; beside it, for a busy machine, that of the least times.
Short SQLite commands are measured against the start of the sqlite3 shell, short PostgreSQL commands against psql
selecting the version table. Shell scripts hold the same statements and no bookkeeping: on SQLite in one
transaction, on PostgreSQL in one for each revision. Alembic runs with transaction_per_migration on PostgreSQL
and with its defaults on SQLite. psql and Alembic wait for the disk at every commit; "psql, async"
(synchronous_commit = off) and migrator, before its last commit, only where the server insists: at a commit that
drops a table or an index. All PostgreSQL connections are without TLS and password, over loopback TCP."""


def read_versions(programs) -> list[str]:
    first_line = lambda *argv: subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    server = first_line(programs.psql, "-XAt", f"postgresql://postgres@127.0.0.1:{programs.port}/postgres",
                        "-c", "SELECT split_part(version(), ' on ', 1)")
    return [first_line(programs.migrator, "--version"), first_line(programs.alembic, "--version"),
            first_line(programs.psql, "--version"), server,
            "sqlite3 " + first_line("sqlite3", "--version").split()[0]]


def start(programs, launcher: Launcher) -> Row:
    commands = {
        MIGRATOR: Command([programs.migrator, "--version"]),
        Sqlite.shell: Command([Sqlite.shell, ":memory:", "select 1"]),
        ALEMBIC: Command([programs.alembic, "--version"]),
    }
    rounds = {MIGRATOR: 15, Sqlite.shell: 15, ALEMBIC: 5} if programs.quick else dict.fromkeys(commands, 31)
    return "cold start", interleaved(commands, launcher, rounds), Sqlite.shell, START_TARGET


def compare(backend: Backend, launcher: Launcher, quick: bool) -> list[Row]:
    """Every case on one database. The short ones run on what the first upgrade has made."""
    few = backend.size >= 1000
    short = dict.fromkeys(backend.series, 5 if quick else 15) | {ALEMBIC: 2 if quick else 5 if few else 15}
    long = dict.fromkeys(backend.series, 3 if quick else 7) | {ALEMBIC: 1 if quick else 2 if few else 5}

    warm_up(backend, launcher)
    series = {case: {program: Series([]) for program in backend.series} for case in (UPGRADE, DOWNGRADE)}

    def run_round(case: str, number: int, tables_after: int) -> None:
        """One round of a case that changes the databases, and proof that all did the same."""
        for program in backend.series:
            if number < long[program]:
                if case == UPGRADE:
                    backend.fresh(program)
                series[case][program].samples.append(launcher.run(backend.command(program, case)))
                if (tables := backend.tables(program)) != tables_after:
                    sys.exit(f"{program} left {tables} tables after `{case}`, not {tables_after}")

    for number in range(max(long.values())):
        run_round(UPGRADE, number, backend.size // 4)
        if number == 0:
            for case in (CURRENT, NOTHING, HISTORY):
                commands = {program: backend.command(program, case) for program in backend.series}
                commands = {program: command for program, command in commands.items() if command is not None}
                series[case] = interleaved(commands, launcher, short)
        run_round(DOWNGRADE, number, 0)

    limits = backend.targets if backend.size == TARGET_SIZE else {}
    return [(case, series[case], backend.shell, limits.get(case))
            for case in (CURRENT, NOTHING, HISTORY, UPGRADE, DOWNGRADE)]


def warm_up(backend: Backend, launcher: Launcher) -> None:
    """Reads every file once; Python compiles them then, as it does for a user's first run."""
    launcher.run(backend.command(ALEMBIC, HISTORY))
    for program in (MIGRATOR, backend.shell):
        backend.fresh(program)
        for case in (UPGRADE, DOWNGRADE):
            launcher.run(backend.command(program, case))


def report(title: str, rows: list[Row]) -> dict:
    """Prints one table, and gives it as the document to keep."""
    names = list(dict.fromkeys(name for _, series, _, _ in rows for name in series))
    table = [["", *names, "× shell", "least", "target", "", "× Alembic"]]
    document = {"title": title, "rows": []}
    for case, series, shell, target in rows:
        ours = series[MIGRATOR].median
        ratio = ours / series[shell].median if shell in series else None
        met = None if ratio is None or target is None else ratio <= target
        table.append([
            case,
            *(str(series[name]) if name in series else "" for name in names),
            "" if ratio is None else f"{ratio:.2f}",
            "" if ratio is None else f"{series[MIGRATOR].least / series[shell].least:.2f}",
            "" if target is None else f"≤ {target:.1f}",
            "" if met is None else "✓" if met else "✗",
            plain(ours / series[ALEMBIC].median),
        ])
        document["rows"].append({
            "case": case, "programs": {name: one.document() for name, one in series.items()},
            "ratio_to_shell": ratio, "target": target, "met": met,
            "ratio_to_alembic": ours / series[ALEMBIC].median,
        })
    print_table(title, table)
    return document


if __name__ == "__main__":
    main()

"""migrator alone on great histories, on SQLite; started by benches/run --scale."""

import argparse
from pathlib import Path

import history
from measure import Command, Launcher, interleaved, machine, plain, print_table, write_results

SHAPES = {
    "line of 1,000": lambda: history.line(1000),
    "line of 5,000": lambda: history.line(5000),
    "line of 20,000": lambda: history.line(20000),
    "fan of 1,000": lambda: history.fan(1000),
    "ladder of 2,000 merges": lambda: history.ladder(2000),
}
CASES = {"heads": ["heads"], "history": ["history"], "current": ["current"], "upgrade, nothing to do": ["upgrade", "heads"]}
ROUNDS = 7


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("migrator", "launch", "scratch"):
        parser.add_argument(f"--{name}", required=True)
    programs = parser.parse_args()
    scratch = Path(programs.scratch)
    launcher = Launcher(Path(programs.launch), scratch)
    print(f"{machine()}\nmilliseconds: median (least–greatest), greatest memory", flush=True)

    table, document = [["", "revisions", *CASES, "stamp heads"]], []
    for name, make in SHAPES.items():
        revisions = make()
        folder = scratch / name.replace(" ", "-")
        history.write_migrator(folder, revisions)
        environment = {"MIGRATOR_DATABASE_URL": f"sqlite:///{folder}/bench.db"}
        command = lambda arguments: Command([programs.migrator, *arguments], environment, folder)
        stamp = launcher.run(command(["stamp", "heads"]))
        commands = {case: command(arguments) for case, arguments in CASES.items()}
        series = interleaved(commands, launcher, dict.fromkeys(commands, ROUNDS))
        table.append([name, f"{len(revisions):,}", *(str(series[case]) for case in CASES), plain(stamp.seconds * 1000)])
        document.append({"shape": name, "revisions": len(revisions), "stamp_seconds": stamp.seconds,
                         "cases": {case: one.document() for case, one in series.items()}})
    print_table("migrator on SQLite", table)
    write_results("scale", {"shapes": document})


if __name__ == "__main__":
    main()

"""Running programs and keeping what they cost."""

import json
import os
import platform
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

# What would lead a program to another database or another configuration.
OURS = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("PG", "MIGRATOR_")) and name != "DATABASE_URL"
}


class Sample(NamedTuple):
    seconds: float
    peak_kilobytes: int


@dataclass
class Command:
    argv: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path | None = None
    stdin: Path = Path(os.devnull)


class Launcher:
    """Runs commands one at a time; `launch` is the program made from launch.c."""

    def __init__(self, launch: Path, scratch: Path):
        self.launch = launch
        self.result = scratch / "result"
        self.errors = scratch / "stderr"

    def run(self, command: Command) -> Sample:
        """What the command cost. A command that fails ends everything: its time would mean nothing."""
        with open(command.stdin) as stdin, open(self.errors, "w") as errors:
            subprocess.run(
                [self.launch, self.result, *command.argv],
                stdin=stdin,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                cwd=command.folder,
                env=OURS | command.environment,
                check=True,
            )
        nanoseconds, kilobytes, status = map(int, self.result.read_text().split())
        if status != 0:
            sys.exit(f"failed: {' '.join(command.argv)}\n{self.errors.read_text()[-2000:]}")
        return Sample(nanoseconds / 1e9, kilobytes)


class Series(NamedTuple):
    """What one program cost in one case."""

    samples: list[Sample]

    @property
    def median(self) -> float:
        return statistics.median(sample.seconds for sample in self.samples)

    @property
    def least(self) -> float:
        return min(sample.seconds for sample in self.samples)

    @property
    def peak_kilobytes(self) -> int:
        return max(sample.peak_kilobytes for sample in self.samples)

    def __str__(self) -> str:
        greatest = max(sample.seconds for sample in self.samples)
        spread = f"{plain(self.least * 1000)}–{plain(greatest * 1000)}"
        return f"{plain(self.median * 1000)} ({spread}) {self.peak_kilobytes / 1024:.1f}M"

    def document(self) -> dict:
        return {
            "median_seconds": self.median,
            "seconds": [sample.seconds for sample in self.samples],
            "peak_kilobytes": self.peak_kilobytes,
        }


def plain(number: float) -> str:
    """Three digits that mean something: 1.83, 18.3, 183, 1,830."""
    return f"{number:,.{2 if number < 10 else 1 if number < 100 else 0}f}"


def interleaved(commands: dict[str, Command], launcher: Launcher, rounds: dict[str, int]) -> dict[str, Series]:
    """Runs the commands A B C A B C …, after one round that does not count, as often as `rounds` says."""
    for command in commands.values():
        launcher.run(command)
    series: dict[str, Series] = {name: Series([]) for name in commands}
    for number in range(max(rounds[name] for name in commands)):
        for name, command in commands.items():
            if number < rounds[name]:
                series[name].samples.append(launcher.run(command))
    return series


def print_table(title: str, rows: list[list[str]]) -> None:
    """The first row is the heading; the first column is aligned to the left."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    print(f"\n{title}")
    for number, row in enumerate(rows):
        cells = [cell.ljust(width) if column == 0 else cell.rjust(width) for column, (cell, width) in enumerate(zip(row, widths))]
        print("  " + "  ".join(cells).rstrip())
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths))
    sys.stdout.flush()


def machine() -> str:
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, load {load}"


def write_results(name: str, document: dict) -> None:
    folder = Path(__file__).parent / "results"
    folder.mkdir(exist_ok=True)
    now = datetime.now(timezone.utc)
    path = folder / f"{now:%Y%m%dT%H%M%SZ}-{name}.json"
    path.write_text(json.dumps({"time": now.isoformat(timespec="seconds"), "machine": machine()} | document, indent=1))
    print(f"\nbenches/results/{path.name}")

"""`python -m tests.benchmarks [names] [--record]`: measure ourselves next to the peers, in the same run.

Runs the function `bench() -> list[Figure]` of every bench_NAME.py beside this file, or of the named ones.
With --record the tables are also appended to RESULTS.md, with the day, the machine and the Python.
"""

import argparse
import datetime
import importlib
import os
import platform
import sys
from pathlib import Path

from tests.benchmarks.figures import table

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"


def main() -> None:
    names = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which to run; all if none is given: {', '.join(names)}")
    parser.add_argument("--record", action="store_true", help="append the results to RESULTS.md")
    given = parser.parse_args()
    if unknown := set(given.names) - set(names):
        parser.error(f"There is no benchmark named {', '.join(sorted(unknown))}. The choices are: {', '.join(names)}.")
    for name in given.names or names:
        print(f"\n{name}, on {machine()}", flush=True)
        load = os.getloadavg()[0]
        figures = table(importlib.import_module(f"tests.benchmarks.bench_{name}").bench())
        print(figures, flush=True)
        if given.record:
            today = datetime.datetime.now(datetime.timezone.utc).date()
            with RESULTS.open("a", encoding="utf-8") as results:
                results.write(f"\n## {name}, {today}\n\n{machine()}; load before the run {load:.1f}.\n\n{figures}\n")


def machine() -> str:
    """Return the processor, memory, system and Python in a few words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        models = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        processor = models[0].partition(":")[2].strip() if models else processor
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{os.cpu_count()} cores of {processor}, {memory:.0f} GB, {platform.system()}, Python {python}"


if __name__ == "__main__":
    main()

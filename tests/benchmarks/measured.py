"""Work measured in a process of its own: its seconds and its peak memory."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.precision import TRAINING_ENVIRONMENT

ROOT = Path(__file__).parents[2]
REPEATS = 5
MB = 1e6


def best_seconds(work: Mapping[str, Callable[[], object]]) -> dict[str, tuple[float, float]]:
    """Return the seconds, and the processor's seconds over all cores, of the quickest of REPEATS calls of each.

    Other programs only ever make a call slower, and hardly change the processor's seconds.
    """
    best = {}
    for name, call in work.items():
        times = []
        for _ in range(REPEATS):
            start, busy = time.perf_counter(), time.process_time()
            call()
            times.append((time.perf_counter() - start, time.process_time() - busy))
        best[name] = min(times)
    return best


def peak_mb() -> float:
    """Return the most memory this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss would count what the parent held before exec
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / MB
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB  # macOS: bytes


def in_process(module: str, *arguments: object, home: Path | None = None) -> dict[str, Any]:
    """Run `python -m module arguments` and return the JSON object in the last line it prints.

    A module whose name ends in _ours has the environment of `python -m core` and of the worker.
    """
    environment = {**os.environ, **({"CORPUS_LAB_HOME": str(home)} if home else {})}
    if module.endswith("_ours"):
        environment |= TRAINING_ENVIRONMENT
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    return dict(json.loads(done.stdout.splitlines()[-1])) if done.stdout.strip() else {}

"""What the tests of real processes look at."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from core.jobs import Resumed
from core.runs.curves import curves
from core.runs.store import Run, RunStore

Submit = Callable[..., Run]
Until = Callable[..., Run]


def stepped(store: RunStore, run_id: str) -> list[int]:
    return curves(store.events(run_id)).get("count", ([], []))[0]


def resumed(store: RunStore, run_id: str) -> list[int]:
    """The steps of the checkpoints that the run went on from, one for each time."""
    return [stored.event.step for stored in store.events(run_id) if isinstance(stored.event, Resumed)]


def descendants(pid: int) -> list[int]:
    """The processes that this one has started, those that they have started, and so on."""
    return [process.pid for process in psutil.Process(pid).children(recursive=True)]


def gone(pid: int | None) -> bool:
    """Whether no process has this number, not even a zombie."""
    assert pid is not None
    return not Path(f"/proc/{pid}").exists() if Path("/proc").exists() else not _signalled(pid)


def _signalled(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(condition: Callable[[], bool], seconds: float = 12) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)

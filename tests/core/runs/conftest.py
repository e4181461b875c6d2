"""Real supervisors, in this process or in one that can be killed."""

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.runs.store import Run, RunStore
from core.runs.supervisor import Supervisor

HERE = Path(__file__).parent
COUNTING = (sys.executable, str(HERE / "counting.py"), "worker")
ROOT = HERE.parents[2]


def _know_the_counting_kind() -> None:
    """Register the kind here too, under the module name that a worker finds it by."""
    spec = importlib.util.spec_from_file_location("counting", HERE / "counting.py")
    assert spec and spec.loader
    sys.modules["counting"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["counting"])


_know_the_counting_kind()


@pytest.fixture
def store(home: Path) -> RunStore:
    return RunStore(home, "local")


@pytest.fixture
def submit(store: RunStore) -> Callable[..., Run]:
    def submit(**config: Any) -> Run:
        return store.submit("count", "counting", config)

    return submit


@pytest.fixture
def supervisor(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    started = Supervisor(home, command=COUNTING, warm=())
    started.start()
    yield started
    started.stop()


@pytest.fixture
def server(home: Path) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        started.append(subprocess.Popen([sys.executable, str(HERE / "serving.py")], env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def until(store: RunStore) -> Callable[..., Run]:
    """Wait until a run satisfies a condition, and return it."""

    def until(run_id: str, condition: Callable[[Run], bool], seconds: float = 20) -> Run:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            run = store.run(run_id)
            if condition(run):
                return run
            time.sleep(0.05)
        raise AssertionError(f"still {store.run(run_id)} after {seconds} s")

    return until

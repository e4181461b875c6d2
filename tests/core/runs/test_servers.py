"""Servers with a supervisor, really killed: what becomes of the runs, and who is in charge next."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.runs.store import RunStore
from core.runs.supervisor import Supervisor
from core.runs.worker import CAN_COPY, is_alive
from core.storage import TEMPORARY
from tests.core.runs.watching import Submit, Until, descendants, gone, resumed, stepped, wait_for


def test_kill_9_of_the_server_ends_the_worker_and_the_run_can_resume(
    server: "Callable[[], subprocess.Popen[bytes]]", store: RunStore, submit: Submit, until: Until
) -> None:
    first_server = server()
    beside = store.submit("count", "counting", {"steps": 1000}, lane="counting")
    until(store.submit("count", "counting", {"steps": 1}, lane="data").id, lambda r: r.state == "finished")
    run, waiting = submit(steps=60, pause_s=0.03), submit(steps=3)
    wait_for(lambda: len(stepped(store, run.id)) >= 5)
    processes = descendants(first_server.pid)
    assert {store.run(run.id).pid, store.run(beside.id).pid} <= set(processes)
    assert len(processes) == (5 if CAN_COPY else 2), "a worker a lane, and copies for the two runs"
    first_server.kill()
    first_server.wait()
    interrupted = until(run.id, lambda r: not r.active)
    assert interrupted.state == "interrupted" and interrupted.resumable
    assert until(beside.id, lambda r: not r.active).state == "interrupted"
    wait_for(lambda: all(gone(pid) for pid in processes))
    assert int((run.folder / "checkpoint.txt").read_text()) == stepped(store, run.id)[-1]
    assert store.run(waiting.id).state == "queued", "the queue survives"
    server()
    assert until(waiting.id, lambda r: not r.active).state == "finished"
    reached = stepped(store, run.id)[-1]
    store.resume(run.id)
    assert until(run.id, lambda r: not r.active).state == "finished"
    assert resumed(store, run.id) == [reached]
    assert stepped(store, run.id) == list(range(1, 61))


def test_server_and_worker_killed_together_shows_as_interrupted_after_a_restart(
    server: "Callable[[], subprocess.Popen[bytes]]", store: RunStore, submit: Submit, until: Until
) -> None:
    first_server = server()
    run = submit(steps=1000)
    wait_for(lambda: len(stepped(store, run.id)) >= 12)
    processes = descendants(first_server.pid)
    pid = store.run(run.id).pid
    assert pid is not None
    first_server.kill()
    os.kill(pid, signal.SIGKILL)
    first_server.wait()
    wait_for(lambda: not is_alive(run.folder))
    wait_for(lambda: all(gone(process) for process in processes))
    assert store.run(run.id).state == "running", "nobody was left to say otherwise"
    server()
    assert until(run.id, lambda r: not r.active).state == "interrupted"
    assert len(stepped(store, run.id)) >= 12


def test_only_one_of_two_servers_is_in_charge(
    server: "Callable[[], subprocess.Popen[bytes]]", store: RunStore, submit: Submit, until: Until, home: Path
) -> None:
    first_server = server()
    wait_for(lambda: (home / "supervisor.lock").exists())
    server()
    run, other = submit(steps=100), submit(steps=1)
    until(run.id, lambda r: r.state == "running")
    time.sleep(1)
    assert store.run(other.id).state == "queued"
    first_server.kill()
    first_server.wait()
    until(other.id, lambda r: r.state == "finished")  # the second one takes over


@pytest.mark.parametrize("folder", ["staging", TEMPORARY])
def test_what_killed_processes_left_behind_is_removed_after_a_day(home: Path, folder: str) -> None:
    old, fresh = home / folder / "old.parquet", home / folder / "fresh.parquet"
    old.parent.mkdir(parents=True)
    for path in (old, fresh):
        path.write_text("half")
    os.utime(old, (time.time() - 90_000, time.time() - 90_000))
    started = Supervisor(home, warm=())
    started.start()
    wait_for(lambda: not old.exists())
    started.stop()
    assert fresh.exists()


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="no sessions that share the processor here")
def test_a_worker_lets_the_page_go_first() -> None:
    code = "import io, os; from pathlib import Path; from core.runs.worker import serve; "
    code += "serve([], io.StringIO(), io.StringIO()); print(os.nice(0), Path('/proc/self/autogroup').read_text())"
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, capture_output=True, text=True, check=True, start_new_session=True).stdout.split()
    assert said[0] == str(min(os.nice(0) + 10, 19)) and said[-2:] == ["nice", "5"]

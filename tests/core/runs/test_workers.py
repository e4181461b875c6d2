"""Workers outlive their runs: what they have imported is there for the next one, and their death is no run's."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.runs import workers
from core.runs.store import RunStore
from core.runs.supervisor import Supervisor
from core.runs.worker import CAN_COPY, is_alive
from tests.core.runs.conftest import COUNTING, HERE
from tests.core.runs.watching import Submit, Until, gone, resumed, stepped, wait_for

LANE = "training"
copied = pytest.mark.skipif(not CAN_COPY, reason="workers are not copied here")


def pid_of(supervisor: Supervisor) -> int:
    return supervisor.workers[LANE]._process.pid


def with_setting(assignment: str) -> tuple[str, ...]:
    """The command of a worker in which something is set otherwise."""
    code = f"import sys; from core.runs import worker; {assignment}; import counting; sys.exit(counting.main())"
    return (sys.executable, "-c", code, COUNTING[-1])


@copied
def test_one_worker_carries_out_run_after_run(supervisor: Supervisor, submit: Submit, until: Until) -> None:
    seen = set()
    for _ in range(2):
        run = submit(steps=20)
        seen.add(until(run.id, lambda r: r.state == "running").pid)
        worker = pid_of(supervisor)
        assert until(run.id, lambda r: not r.active).state == "finished"
    assert len(seen | {worker}) == 3, "each run is a process of its own, and the worker is another"
    assert pid_of(supervisor) == worker


@copied
def test_kill_9_of_the_process_that_a_run_was_copied_from_names_the_signal_and_keeps_the_events(
    supervisor: Supervisor, store: RunStore, submit: Submit, until: Until
) -> None:
    run = submit(steps=60, pause_s=0.03)
    wait_for(lambda: len(stepped(store, run.id)) >= 5)
    worker, pid = pid_of(supervisor), store.run(run.id).pid
    os.kill(worker, signal.SIGKILL)
    failed = until(run.id, lambda r: not r.active)
    assert failed.state == "failed" and failed.resumable
    assert "SIGKILL" in failed.message and "ran out of memory" in failed.message
    wait_for(lambda: gone(worker) and gone(pid))
    reached = int((run.folder / "checkpoint.txt").read_text())
    assert reached >= 5 and stepped(store, run.id) == list(range(1, reached + 1))
    store.resume(run.id)
    assert until(run.id, lambda r: not r.active).state == "finished"
    assert resumed(store, run.id) == [reached]
    assert stepped(store, run.id) == list(range(1, 61))


@copied
def test_a_copy_that_does_not_hear_of_its_workers_death_is_cut_off_and_ends_alike(
    home: Path, store: RunStore, submit: Submit, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{HERE.parents[2]}{os.pathsep}{HERE}")
    supervisor = Supervisor(home, command=with_setting("worker.GRACE_S = 0.5"), warm=())
    supervisor.start()
    run = submit(steps=60, stubborn_s=60)
    wait_for(lambda: len(stepped(store, run.id)) >= 2)
    pid = store.run(run.id).pid
    os.kill(pid_of(supervisor), signal.SIGKILL)
    failed = until(run.id, lambda r: not r.active)
    assert not is_alive(run.folder), "nothing of it writes when it is said to have ended"
    supervisor.stop()
    assert failed.state == "failed" and "SIGKILL" in failed.message
    assert stepped(store, run.id) == [1, 2]
    wait_for(lambda: gone(pid))


@copied
def test_a_worker_that_died_while_it_waited_is_replaced(supervisor: Supervisor, submit: Submit, until: Until) -> None:
    until(submit(steps=1).id, lambda r: not r.active)
    worker = pid_of(supervisor)
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: gone(worker))
    assert until(submit(steps=1).id, lambda r: not r.active).state == "finished"


@copied
def test_edited_code_is_carried_out_by_a_new_worker(
    supervisor: Supervisor, submit: Submit, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    until(submit(steps=1).id, lambda r: not r.active)
    worker = pid_of(supervisor)
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "edited.py").touch()
    monkeypatch.setattr(workers, "ROOT", tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(HERE.parents[2]))
    until(submit(steps=1).id, lambda r: not r.active)
    assert pid_of(supervisor) != worker and gone(worker)


def test_a_cancel_that_comes_when_the_run_has_ended_does_not_kill_the_exit(home: Path, submit: Submit) -> None:
    code = (
        "import io, os, signal, sys, counting; from pathlib import Path; from core.runs.worker import _serve_run; "
        "ended = _serve_run(Path(sys.argv[1]), sys.argv[2], io.StringIO()); "
        "os.kill(os.getpid(), signal.SIGTERM); sys.exit(ended)"
    )
    environment = {**os.environ, "PYTHONPATH": f"{HERE.parents[2]}{os.pathsep}{HERE}"}
    command = [sys.executable, "-c", code, str(home), submit(steps=1).id]
    assert subprocess.run(command, env=environment, timeout=30).returncode == 0


def test_where_a_process_cannot_be_copied_each_run_has_a_worker_of_its_own(
    home: Path, submit: Submit, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{HERE.parents[2]}{os.pathsep}{HERE}")
    supervisor = Supervisor(home, command=with_setting("worker.CAN_COPY = False"), warm=())
    supervisor.start()
    seen = set()
    for _ in range(2):
        run = submit(steps=20)
        seen.add(until(run.id, lambda r: r.state == "running").pid)
        assert pid_of(supervisor) in seen, "the worker itself carries it out"
        assert until(run.id, lambda r: not r.active).state == "finished"
    supervisor.stop()
    assert len(seen) == 2

"""Runs as they really happen: in real processes, one at a time, cancelled, killed and resumed."""

import os
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from core.jobs import Metrics, Resumed
from core.runs.store import RunStore
from core.runs.supervisor import Supervisor
from core.runs.worker import GRACE_S
from tests.core.runs.watching import Submit, Until, gone, resumed, stepped, wait_for


def test_a_run_finishes_with_its_result_and_every_event(supervisor: Supervisor, submit: Submit, until: Until) -> None:
    run = until(submit(steps=5).id, lambda r: not r.active)
    assert run.state == "finished"
    assert run.result == {"summary": "Counted to 5.", "count": 5}
    assert run.progress is not None and (run.progress.done, run.progress.total) == (5, 5)
    assert run.pid is None


def test_events_are_stored_in_order(supervisor: Supervisor, store: RunStore, submit: Submit, until: Until) -> None:
    run = until(submit(steps=30, pause_s=0.001).id, lambda r: not r.active)
    events = store.events(run.id)
    assert [e.seq for e in events] == list(range(1, 31))
    assert stepped(store, run.id) == list(range(1, 31))
    assert store.events(run.id, after=28) == events[28:]


def test_two_runs_at_once_one_runs_and_one_shows_its_place(
    supervisor: Supervisor, store: RunStore, submit: Submit, until: Until
) -> None:
    first, second, third = (submit(steps=1000) for _ in range(3))
    until(first.id, lambda r: r.state == "running")
    time.sleep(0.6)  # three ticks in which a second one could wrongly start
    assert [store.run(r.id).state for r in (first, second, third)] == ["running", "queued", "queued"]
    assert [store.run(r.id).place for r in (first, second, third)] == [None, 1, 2]
    store.request_cancel(second.id)
    assert store.run(second.id).state == "cancelled"
    assert store.run(third.id).place == 1
    store.request_cancel(first.id)
    until(third.id, lambda r: r.state == "running")


def test_cancel_leaves_a_checkpoint_and_resume_joins_the_curve(
    supervisor: Supervisor, store: RunStore, submit: Submit, until: Until
) -> None:
    run = submit(steps=60, pause_s=0.03)
    wait_for(lambda: len(stepped(store, run.id)) >= 5)
    asked = time.monotonic()
    store.request_cancel(run.id)
    cancelled = until(run.id, lambda r: not r.active)
    assert cancelled.state == "cancelled" and "kept" in cancelled.message
    assert time.monotonic() - asked < 10
    reached = int((run.folder / "checkpoint.txt").read_text())
    before = store.events(run.id)
    assert stepped(store, run.id) == list(range(1, reached + 1))
    store.resume(run.id)
    finished = until(run.id, lambda r: not r.active)
    assert finished.state == "finished"
    after = store.events(run.id)
    assert reached >= 5
    assert after[:reached] == before, "what was measured before the stop stays"
    assert [stored.event for stored in after[reached : reached + 2]] == [
        Resumed(reached),
        Metrics(reached + 1, {"count": reached + 1.0}),
    ]
    assert stepped(store, run.id) == list(range(1, 61)), "no gap and no overlap"


def test_a_run_that_ignores_the_cancel_is_killed_within_ten_seconds(
    supervisor: Supervisor, store: RunStore, submit: Submit, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert GRACE_S <= 9.0
    monkeypatch.setattr("core.runs.supervisor.GRACE_S", 1.0)
    run = submit(steps=50, stubborn_s=60)
    wait_for(lambda: len(stepped(store, run.id)) >= 2)
    pid = store.run(run.id).pid
    asked = time.monotonic()
    store.request_cancel(run.id)
    assert until(run.id, lambda r: not r.active).state == "cancelled"
    assert 1.0 < time.monotonic() - asked < 2.5
    wait_for(lambda: gone(pid))


def test_kill_9_of_the_worker_names_the_signal_and_keeps_the_events(
    supervisor: Supervisor, store: RunStore, submit: Submit, until: Until
) -> None:
    run = submit(steps=1000, pause_s=0.02)
    wait_for(lambda: len(stepped(store, run.id)) >= 25)
    pid = store.run(run.id).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    failed = until(run.id, lambda r: not r.active)
    assert failed.state == "failed"
    assert "SIGKILL" in failed.message
    assert len(stepped(store, run.id)) >= 25
    wait_for(lambda: gone(pid))
    store.resume(run.id)  # the last checkpoint was written at a step that ten divides
    until(run.id, lambda r: r.state == "running")
    wait_for(lambda: len(stepped(store, run.id)) >= 40)
    [checkpoint] = resumed(store, run.id)
    assert checkpoint >= 20 and checkpoint % 10 == 0
    steps = stepped(store, run.id)
    assert steps == list(range(1, len(steps) + 1))


def test_an_error_of_the_user_is_one_sentence(supervisor: Supervisor, submit: Submit, until: Until) -> None:
    run = until(submit(fail="input").id, lambda r: not r.active)
    assert (run.state, run.message) == ("failed", "Two is not a number. Use one.")


def test_a_defect_is_told_and_its_traceback_is_in_the_log(supervisor: Supervisor, submit: Submit, until: Until) -> None:
    run = until(submit(fail="defect").id, lambda r: not r.active)
    assert run.state == "failed" and "RuntimeError" in run.message
    assert "Traceback" not in run.message
    assert "RuntimeError: bug" in (run.folder / "log.txt").read_text()


def test_a_locked_database_loses_no_event(
    supervisor: Supervisor, store: RunStore, submit: Submit, until: Until, home: Path
) -> None:
    run = submit(steps=40, pause_s=0.05, writer_waits_s=0.5)
    wait_for(lambda: len(stepped(store, run.id)) >= 3)
    blocker = sqlite3.connect(home / "lab.sqlite", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    time.sleep(1.5)  # longer than a writer waits
    blocker.execute("COMMIT")
    blocker.close()
    assert until(run.id, lambda r: not r.active).state == "finished"
    assert stepped(store, run.id) == list(range(1, 41))


def test_a_run_whose_end_cannot_be_written_fails_with_a_sentence_once_it_can(
    supervisor: Supervisor, store: RunStore, submit: Submit, until: Until, home: Path
) -> None:
    earlier = until(submit(steps=2).id, lambda r: not r.active)
    run = submit(steps=10, pause_s=0.05, writer_waits_s=0.2)
    wait_for(lambda: len(stepped(store, run.id)) >= 3)
    pid = store.run(run.id).pid
    blocker = sqlite3.connect(home / "lab.sqlite", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    wait_for(lambda: gone(pid))
    assert store.run(run.id).state == "running", "nobody could write otherwise"
    blocker.execute("COMMIT")
    blocker.close()
    failed = until(run.id, lambda r: not r.active)
    assert failed.state == "failed"
    assert failed.message.startswith("The disk is full or the database could not be written. Free some space")
    assert len(stepped(store, run.id)) >= 3
    assert store.run(earlier.id) == earlier and stepped(store, earlier.id) == [1, 2]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no file here that is always full")
def test_a_checkpoint_that_the_disk_has_no_room_for_is_told(
    supervisor: Supervisor, store: RunStore, submit: Submit, until: Until
) -> None:
    run = submit(steps=20)
    run.folder.mkdir(parents=True, exist_ok=True)
    (run.folder / "checkpoint.txt").symlink_to("/dev/full")
    failed = until(run.id, lambda r: not r.active)
    assert failed.state == "failed"
    assert failed.message.startswith(f"The disk is full: {run.folder}. Free some space")
    assert stepped(store, run.id) == list(range(1, 10)), "the tenth is kept first in the checkpoint"


def test_a_run_that_the_terminal_carries_out_is_left_to_it(
    supervisor: Supervisor, store: RunStore, until: Until
) -> None:
    run = store.submit("count", "counting", {"steps": 2}, lane="terminal")
    time.sleep(0.8)
    assert store.run(run.id).state == "queued"

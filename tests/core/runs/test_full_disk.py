"""A run whose disk fills up while it works: real workers, on a disk that is really full where one can be mounted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.runs.store import RunStore
from core.runs.supervisor import Supervisor
from tests.core.runs.watching import Submit, Until, gone, stepped, wait_for


@pytest.fixture
def home(small_disk: Path) -> Path:
    return small_disk / "home"


def test_a_run_that_meets_a_full_disk_fails_with_a_sentence_and_no_earlier_run_is_lost(
    supervisor: Supervisor, store: RunStore, submit: Submit, until: Until, fill: Callable[[], Path]
) -> None:
    earlier = until(submit(steps=3).id, lambda r: r.state == "finished")
    run = submit(steps=60, pause_s=0.03)
    wait_for(lambda: len(stepped(store, run.id)) >= 4)
    pid = store.run(run.id).pid
    filler = fill()
    wait_for(lambda: gone(pid))
    wait_for(lambda: "The disk is full" in str(supervisor.problem))
    filler.unlink()
    failed = until(run.id, lambda r: not r.active)
    assert failed.state == "failed"
    assert failed.message.startswith("The disk is full")
    steps = stepped(store, run.id)
    assert len(steps) >= 4 and steps == list(range(1, len(steps) + 1))
    assert store.run(earlier.id) == earlier and stepped(store, earlier.id) == [1, 2, 3]
    assert until(submit(steps=2).id, lambda r: not r.active).state == "finished", "and the next one runs"
    assert supervisor.problem is None

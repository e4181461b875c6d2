"""The store of runs: states, owners, and what it refuses."""

from pathlib import Path

import pytest

from core.errors import InputError, NotFound, StorageError, UnknownName
from core.jobs import Artifact, Metrics, Progress, Resumed, Sample
from core.runs.curves import curves
from core.runs.store import RunStore


def test_a_run_starts_once(store: RunStore) -> None:
    run = store.submit("count", "counting", {})
    assert store.start(run.id, 1)
    assert not store.start(run.id, 2)
    assert store.run(run.id).pid == 1


def test_an_ended_run_keeps_its_state(store: RunStore) -> None:
    run = store.submit("count", "counting", {})
    store.start(run.id, 1)
    store.end(run.id, "cancelled", "Cancelled.")
    store.end(run.id, "failed", "too late")
    assert store.run(run.id).message == "Cancelled."


def test_every_event_comes_back_as_it_went_in(store: RunStore) -> None:
    run = store.submit("count", "数数", {"steps": 3})
    events = [Metrics(1, {"loss": 0.5}), Sample("文", {"a": [1, 2]}), Artifact("model", "model"), Resumed(1)]
    store.record(run.id, [*events, Progress(1, 3, "steps", "Going")])
    assert [stored.event for stored in store.events(run.id)] == events
    assert store.run(run.id).progress == Progress(1, 3, "steps", "Going")
    assert store.run(run.id).name == "数数"


def test_points_after_the_checkpoint_are_measured_again(store: RunStore) -> None:
    run = store.submit("count", "counting", {})
    points = [Metrics(s, {"loss": 10.0 - s}) for s in (1, 2, 3, 4)]
    again = [Resumed(2), Metrics(3, {"loss": 70.0}), Metrics(4, {"loss": 60.0})]
    store.record(run.id, [*points, *again])
    assert curves(store.events(run.id)) == {"loss": ([1, 2, 3, 4], [9.0, 8.0, 70.0, 60.0])}


def test_others_see_nothing_and_change_nothing(store: RunStore, home: Path) -> None:
    run = store.submit("count", "counting", {})
    store.record(run.id, [Metrics(1, {"loss": 0.5})])
    stranger = RunStore(home, "stranger")
    assert stranger.runs() == []
    for attempt in (stranger.run, stranger.events, stranger.request_cancel, stranger.resume, stranger.delete):
        with pytest.raises(NotFound):
            attempt(run.id)
    assert store.run(run.id).state == "queued"
    assert len(store.events(run.id)) == 1


def test_a_run_without_events_has_none_and_a_run_that_is_not_there_is_said_not_to_be(store: RunStore) -> None:
    run = store.submit("count", "counting", {})
    assert store.events(run.id) == []
    store.record(run.id, [Metrics(1, {"loss": 0.5})])
    assert store.events(run.id, after=1) == []
    store.request_cancel(run.id)
    store.delete(run.id)
    with pytest.raises(NotFound):
        store.events(run.id)


def test_ids_cannot_be_guessed(store: RunStore) -> None:
    ids = {store.submit("count", "counting", {}).id for _ in range(20)}
    assert len(ids) == 20
    assert all(len(i) == 32 for i in ids)


def test_what_cannot_be_done_is_said(store: RunStore) -> None:
    with pytest.raises(UnknownName, match="finetune"):
        store.submit("finetun", "x", {})
    run = store.submit("count", "counting", {})
    with pytest.raises(InputError, match="queued"):
        store.resume(run.id)
    with pytest.raises(InputError, match="Cancel it first"):
        store.delete(run.id)
    store.request_cancel(run.id)
    store.delete(run.id)
    assert store.runs() == []


def test_a_home_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder")
    with pytest.raises(StorageError, match="CORPUS_LAB_HOME"):
        RunStore(tmp_path / "home", "local").runs()

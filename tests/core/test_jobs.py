"""Jobs: events in order, a result at the end, and clean-up whatever happens."""

import json
from collections.abc import Generator

import pytest

from core.jobs import EVENTS, Artifact, Event, Job, Metrics, Progress, Resumed, Sample, from_json, run, to_json

ONE_OF_EACH: list[Event] = [
    Progress(1, None),
    Progress(2.5, 10, "batches", "Counting"),
    Metrics(3, {"train/loss": 0.5}),
    Sample("table", {"rows": [[1, None], ["x", True]]}),
    Artifact("model", "model/weights.bin"),
    Resumed(7),
]


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda event: type(event).__name__)
def test_an_event_survives_json(event: Event) -> None:
    kind, fields = to_json(event)
    assert from_json(kind, json.loads(json.dumps(fields))) == event


def test_every_kind_of_event_can_be_read_back() -> None:
    assert {type(event) for event in ONE_OF_EACH} == set(EVENTS.values())
    assert set(EVENTS) == {to_json(event)[0] for event in ONE_OF_EACH}


def counting(log: list[str], count: int = 3) -> Job[str]:
    try:
        for i in range(count):
            yield Progress(i, count)
        log.append("end")
        return "result"
    finally:
        log.append("cleaned up")


def test_run_hands_over_every_event_and_returns_the_result() -> None:
    log: list[str] = []
    seen: list[Event] = []
    assert run(counting(log), seen.append) == "result"
    assert seen == [Progress(0, 3), Progress(1, 3), Progress(2, 3)]
    assert log == ["end", "cleaned up"]
    assert run(counting([])) == "result"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_when_the_watcher_raises_the_job_cleans_up_first(error: type[BaseException]) -> None:
    log: list[str] = []

    def watch(event: Event) -> None:
        if event == Progress(1, 3):
            raise error

    with pytest.raises(error):
        run(counting(log), watch)
    assert log == ["cleaned up"]


def test_an_error_of_the_job_passes_through() -> None:
    def failing() -> Generator[Event, None, None]:
        yield Progress(0, 1)
        raise LookupError("no")

    with pytest.raises(LookupError, match="no"):
        run(failing())

"""Work that reports by callback as a job: it goes in step, hears that it has to stop, and leaves no thread behind."""

import gc
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.jobs import Event, Job, Metrics, Progress, Stopped, from_callbacks, run

Emit = Callable[[Event], None]


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """No test may leave a job's thread behind."""

    def left() -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name == "job"]

    yield
    if left():
        gc.collect()
    assert left() == []


def test_work_that_reports_by_callback_is_a_job() -> None:
    def work(emit: Emit) -> dict[str, int]:
        for i in range(100):
            emit(Metrics(i, {"loss": 1 / (i + 1)}))
        return {"steps": 100}

    seen: list[Event] = []
    assert run(from_callbacks(work), seen.append) == {"steps": 100}
    assert seen == [Metrics(i, {"loss": 1 / (i + 1)}) for i in range(100)]


def test_work_without_an_event_and_work_that_returns_nothing() -> None:
    assert run(from_callbacks(lambda emit: 5)) == 5
    assert run(from_callbacks(lambda emit: None)) is None


def test_work_goes_in_step_with_the_watcher() -> None:
    log: list[str] = []

    def work(emit: Emit) -> None:
        for i in range(3):
            log.append(f"before {i}")
            emit(Progress(i, 3))

    def watch(event: Event) -> None:
        time.sleep(0.02)  # time enough for work that does not wait to run ahead
        assert isinstance(event, Progress)
        log.append(f"seen {event.done:.0f}")

    run(from_callbacks(work), watch)
    assert log == ["before 0", "seen 0", "before 1", "seen 1", "before 2", "seen 2"]


def test_work_does_not_start_before_the_first_event_is_asked_for() -> None:
    started: list[bool] = []
    job = from_callbacks(lambda emit: started.append(True))
    time.sleep(0.02)
    assert started == []
    job.close()
    assert started == []


def test_closing_raises_stopped_in_the_work_and_waits_for_its_checkpoint() -> None:
    log: list[str] = []

    def work(emit: Emit) -> None:
        try:
            for i in range(1_000_000):
                emit(Progress(i, None))
        except Stopped:
            log.append("stopped")
            time.sleep(0.2)  # writing a checkpoint
            log.append("checkpoint")
            raise

    job = from_callbacks(work)
    assert next(job) == Progress(0, None)
    assert next(job) == Progress(1, None)
    job.close()
    assert log == ["stopped", "checkpoint"]


def test_an_interrupt_during_a_long_step_waits_for_its_end() -> None:
    log: list[str] = []

    def work(emit: Emit) -> None:
        try:
            emit(Progress(0, 2))
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)  # it waits for the next event
            time.sleep(0.2)
            log.append("step ended")
            emit(Progress(1, 2))
            log.append("not reached")
        finally:
            log.append("cleaned up")

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    try:
        with pytest.raises(KeyboardInterrupt):
            run(from_callbacks(work))
    finally:
        signal.signal(signal.SIGINT, before)
    assert log == ["step ended", "cleaned up"]


def test_work_that_goes_on_reporting_after_it_was_stopped_still_ends() -> None:
    stopped = []

    def work(emit: Emit) -> None:
        for i in range(50):
            try:
                emit(Progress(i, None))
            except Stopped:
                stopped.append(i)  # a library that swallows the exception of its callback

    job = from_callbacks(work)
    next(job)
    job.close()
    assert stopped == list(range(50))


def test_work_that_ends_without_noticing_that_it_was_stopped() -> None:
    def work(emit: Emit) -> str:
        emit(Progress(0, 1))
        return "done"

    job = from_callbacks(work)
    next(job)
    job.close()
    with pytest.raises(StopIteration):
        next(job)


@pytest.mark.parametrize("events", [0, 1, 3])
def test_an_error_of_the_work_comes_out_where_the_job_is_driven(events: int) -> None:
    def work(emit: Emit) -> None:
        for i in range(events):
            emit(Progress(i, None))
        raise LookupError("from the work")

    seen: list[Event] = []
    with pytest.raises(LookupError, match="from the work") as raised:
        run(from_callbacks(work), seen.append)
    assert len(seen) == events
    assert any(entry.name == "work" for entry in raised.traceback)  # the log shows where it came from


def test_even_system_exit_comes_out() -> None:
    def work(emit: Emit) -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        run(from_callbacks(work))


def endless(log: list[str]) -> Callable[[Emit], None]:
    """Work that never ends by itself, and notes in `log` that it could clean up."""

    def work(emit: Emit) -> None:
        try:
            while True:
                emit(Progress(0, None))
        finally:
            log.append("cleaned up")

    return work


def test_when_the_watcher_raises_the_work_is_stopped() -> None:
    log: list[str] = []

    def watch(event: Event) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(from_callbacks(endless(log)), watch)
    assert log == ["cleaned up"]


def test_a_job_that_is_dropped_is_closed() -> None:
    log: list[str] = []

    job = from_callbacks(endless(log))
    next(job)
    del job
    gc.collect()
    assert log == ["cleaned up"]


def test_jobs_inside_jobs() -> None:
    log: list[str] = []

    def outer() -> Job[Any]:
        yield Progress(0, None, message="outer")
        result = yield from from_callbacks(lambda emit: [emit(Progress(i, 2)) for i in range(2)])
        log.append("inner ended")
        return result

    seen: list[Event] = []
    assert run(outer(), seen.append) == [None, None]
    assert seen == [Progress(0, None, message="outer"), Progress(0, 2), Progress(1, 2)]
    assert log == ["inner ended"]

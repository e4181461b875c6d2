"""Jobs: anything slow is a generator of events that returns a result, and knows nothing of who is watching."""

import queue
import threading
from collections.abc import Callable, Generator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Progress:
    """`done` of `total` (None when it is not known) `unit`s; `message` says what is going on now."""

    done: float
    total: float | None
    unit: str = "rows"
    message: str = ""


@dataclass(frozen=True)
class Metrics:
    """Numbers measured at training step `step`, by name ("train/loss")."""

    step: int
    values: Mapping[str, float]


@dataclass(frozen=True)
class Sample:
    """Something to look at, as plain data (JSON types): a confusion matrix, a generated text."""

    name: str
    data: Any


@dataclass(frozen=True)
class Artifact:
    """A file or folder that the job wrote; `path` is relative to the job's folder."""

    name: str
    path: str


@dataclass(frozen=True)
class Resumed:
    """The job goes on from a checkpoint taken at `step`; what was measured after it is measured again."""

    step: int


Event = Progress | Metrics | Sample | Artifact | Resumed
Job = Generator[Event, None, T]

EVENTS: dict[str, Callable[..., Event]] = {
    "progress": Progress,
    "metrics": Metrics,
    "sample": Sample,
    "artifact": Artifact,
    "resumed": Resumed,
}


def to_json(event: Event) -> tuple[str, dict[str, Any]]:
    """Return the event's kind and its fields as JSON types."""
    return type(event).__name__.lower(), asdict(event)


def from_json(kind: str, fields: Mapping[str, Any]) -> Event:
    """Return the event that `to_json` wrote."""
    return EVENTS[kind](**fields)


def run(job: Job[T], watch: Callable[[Event], object] = lambda event: None) -> T:
    """Drive `job` to its end, hand every event to `watch`, and return the job's result.

    Whatever `watch` raises (KeyboardInterrupt too) closes the generator first, so its `finally` runs.
    """
    try:
        while True:
            watch(next(job))
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        job.close()


class Stopped(Exception):
    """Raised by `emit` inside `from_callbacks` when nobody listens any more."""


def from_callbacks(work: Callable[[Callable[[Event], None]], T]) -> Job[T]:
    """Turn `work(emit)`, a function that reports through a callback, into a job.

    `work` runs in a thread, in step with the generator: `emit` returns once its event was taken.
    Closing the job makes the next `emit` raise Stopped in `work`, and waits until `work` has ended,
    so that it can write its checkpoint.
    """
    events: queue.Queue[Event | None] = queue.Queue(maxsize=1)
    taken = threading.Semaphore(0)
    closing = threading.Event()
    outcome: dict[str, Any] = {}

    def emit(event: Event) -> None:
        if closing.is_set():
            raise Stopped
        events.put(event)
        taken.acquire()
        if closing.is_set():
            raise Stopped

    def body() -> None:
        try:
            outcome["result"] = work(emit)
        except BaseException as error:  # handed to the generator, which raises it
            outcome["error"] = error
        finally:
            events.put(None)

    thread = threading.Thread(target=body, name="job", daemon=True)
    thread.start()
    try:
        while (event := events.get()) is not None:
            yield event
            taken.release()
    finally:
        closing.set()
        taken.release()
        while thread.is_alive():
            try:
                events.get(timeout=0.05)
                taken.release()
            except queue.Empty:
                continue
    if "error" in outcome:
        raise outcome["error"]
    result: T = outcome["result"]
    return result

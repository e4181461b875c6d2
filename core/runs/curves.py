"""Curves from a run's events: what a chart draws."""

from collections.abc import Iterable

from core.jobs import Metrics, Resumed
from core.runs.store import StoredEvent

Curves = dict[str, tuple[list[int], list[float]]]


def curves(events: Iterable[StoredEvent]) -> Curves:
    """Return steps and values by metric name.

    A run that went on from a checkpoint measures some steps a second time: points after the checkpoint's step that
    were stored before the resumption are dropped, so that each curve has one value a step.
    """
    drawn: Curves = {}
    extend(drawn, events)
    return drawn


def extend(drawn: Curves, events: Iterable[StoredEvent]) -> None:
    """Add further events to curves that were drawn before."""
    for stored in events:
        event = stored.event
        if isinstance(event, Resumed):
            for steps, values in drawn.values():
                while steps and steps[-1] > event.step:
                    steps.pop()
                    values.pop()
        elif isinstance(event, Metrics):
            for name, value in event.values.items():
                steps, values = drawn.setdefault(name, ([], []))
                steps.append(event.step)
                values.append(value)

"""When a run measured what: for curves over time in place of steps."""

from collections.abc import Iterable, Sequence

from core.jobs import Metrics, Resumed
from core.runs.store import StoredEvent


class Clock:
    """Seconds of a run's work until each of its measurements; pauses before it was resumed are left out.

    A metric's name may end in "@" and a seed: each seed counts its steps anew, and the seconds go on.
    """

    def __init__(self) -> None:
        self._seconds: dict[tuple[str, int], float] = {}
        self._again: set[tuple[str, int]] = set()  # measured before a resumption that has not reached them yet
        self._began: float | None = None

    def extend(self, events: Iterable[StoredEvent]) -> None:
        """Read further events of the run."""
        for stored in events:
            event = stored.event
            if isinstance(event, Resumed):
                self._again = {key for key in self._seconds if key[1] > event.step}
                kept = [value for key, value in self._seconds.items() if key not in self._again]
                self._began = stored.time - max(kept, default=0.0)
            elif isinstance(event, Metrics):
                self._began = stored.time if self._began is None else self._began
                for key in {(_seed(name), event.step) for name in event.values}:
                    if key not in self._seconds or key in self._again:
                        self._seconds[key] = stored.time - self._began
                        self._again.discard(key)

    def seconds(self, name: str, steps: Sequence[int]) -> list[float]:
        """Return the seconds until metric `name` was measured at each of `steps`, which `extend` has read."""
        return [self._seconds[_seed(name), step] for step in steps]


def _seed(name: str) -> str:
    return name.partition("@")[2]

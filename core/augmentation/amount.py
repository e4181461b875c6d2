"""How many of a row's places an operator changes, and in which order it tries them."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from core.randomness import Draws

T = TypeVar("T")


def how_many(rate: float, places: int, most: int | None = None) -> int:
    """Return the share `rate` of `places`, rounded, at least one and at most `most`; 0 where there are no places.

    EDA's n = alpha * l, at least 1 (Wei & Zou 2019, section 2).
    """
    wanted = max(1, int(rate * places + 0.5))
    return min(wanted, places, places if most is None else most)


def shuffled(options: Sequence[T], draws: Draws) -> Iterator[T]:
    """Yield `options` in random order; a number is drawn for each that is asked for and for no more."""
    left = list(options)
    for i in range(len(left)):
        j = i + draws.below(len(left) - i)
        left[i], left[j] = left[j], left[i]
        yield left[i]

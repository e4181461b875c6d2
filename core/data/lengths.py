"""How long the texts are: a histogram whose bins and scale follow from the data."""

import itertools
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.data.filters import Unit

LOWEST, HIGHEST = 0.01, 0.995  # the bins cover these quantiles; what lies outside is counted apart
BINS = 40
LONG_TAIL = 10  # the scale is logarithmic where the highest quantile is that many times the median
NEAR = 0.1  # a bin range grows to the shortest or longest text where that makes it at most a tenth wider

Lengths = NDArray[np.int64]


@dataclass(frozen=True)
class Bin:
    """`rows` texts are `low` to `high` long, both included."""

    low: int
    high: int
    rows: int


@dataclass(frozen=True)
class LengthHistogram:
    """`bins` without gaps, and what is shorter or longer than they reach; all lengths in `unit`.

    `median` is the length of the text in the middle (the lower of two); the numbers are 0 where there is no row.
    """

    bins: tuple[Bin, ...]
    below: Bin | None
    above: Bin | None
    scale: Literal["linear", "log"]
    unit: Unit
    rows: int
    shortest: int
    median: int
    mean: float
    longest: int


def histogram(lengths: Lengths, rows: Lengths, unit: Unit) -> LengthHistogram:
    """Return the histogram of `lengths` (K,), distinct and ascending, of which each occurs in `rows` (K,) texts."""
    total = int(rows.sum())
    if not total:
        return LengthHistogram((), None, None, "linear", unit, 0, 0, 0, 0.0, 0)
    shortest, longest = int(lengths[0]), int(lengths[-1])
    low, median, high = (_quantile(lengths, rows, share) for share in (LOWEST, 0.5, HIGHEST))
    reach = (high - low) * NEAR
    first = shortest if low - shortest <= reach else low
    last = longest if longest - high <= reach else high
    scale: Literal["linear", "log"] = "log" if high > LONG_TAIL * max(median, 1) else "linear"
    edges = _log_edges(first, last) if scale == "log" else _linear_edges(first, last)
    return LengthHistogram(
        bins=tuple(_bin(lengths, rows, int(a), int(b) - 1) for a, b in itertools.pairwise(edges)),
        below=_bin(lengths, rows, shortest, int(edges[0]) - 1) if shortest < edges[0] else None,
        above=_bin(lengths, rows, int(edges[-1]), longest) if longest >= edges[-1] else None,
        scale=scale,
        unit=unit,
        rows=total,
        shortest=shortest,
        median=median,
        mean=float((lengths * rows).sum() / total),
        longest=longest,
    )


def _quantile(lengths: Lengths, rows: Lengths, share: float) -> int:
    """Return the smallest length that at least `share` of the texts do not exceed."""
    return int(lengths[np.searchsorted(rows.cumsum(), math.ceil(share * rows.sum()))])


def _linear_edges(first: int, last: int) -> list[int]:
    """Return edges at multiples of a round width (1, 2 or 5 times a power of ten), at most BINS bins and one."""
    least = max((last + 1 - first) / BINS, 1)
    power = 10 ** math.floor(math.log10(least))
    width = next(int(step * power) for step in (1, 2, 5, 10) if step * power >= least)
    return list(range(first // width * width, last + width + 1, width))


def _log_edges(first: int, last: int) -> list[int]:
    """Return whole edges whose ratio is about the same, from 1 at least."""
    spaced = np.geomspace(max(first, 1), last + 1, BINS + 1)
    return [int(edge) for edge in np.unique(np.rint(spaced))]


def _bin(lengths: Lengths, rows: Lengths, low: int, high: int) -> Bin:
    start, stop = np.searchsorted(lengths, [low, high + 1])
    return Bin(low, high, int(rows[start:stop].sum()))

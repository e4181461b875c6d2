"""BLEU of a row against many references (Papineni et al. 2002, section 2), and among the rows themselves.

BLEU against real rows grows with quality, self-BLEU (Zhu et al. 2018, "Texygen", section 3.2) with sameness: a row is
left out of its own references there.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

LONGEST = 4
NONE = 0.1  # matches that stand for none (Chen and Cherry 2014, "Smoothing Techniques for Sentence-Level BLEU", 1)

Words = Sequence[str]


class References:
    """Reference rows, by the counts of their n-grams."""

    def __init__(self, rows: Sequence[Words]) -> None:
        self._lengths = sorted(len(row) for row in rows)
        self._most: dict[tuple[str, ...], tuple[int, int, int]] = {}  # highest count, whose it is, the second highest
        for place, row in enumerate(rows):
            for gram, count in _grams(row, LONGEST).items():
                first, owner, second = self._most.get(gram, (0, -1, 0))
                if count > first:
                    first, owner, second = count, place, first
                else:
                    second = max(second, count)
                self._most[gram] = (first, owner, second)

    def bleu(self, row: Words, order: int, own: int | None = None) -> float:
        """Return the BLEU of n-grams up to `order`, 0 to 1; `own` is the row's own place, which is left out."""
        if not row:
            return 0.0
        logs = []
        for n in range(1, min(order, len(row)) + 1):
            grams = _grams(row, n, n)
            matched = sum(min(count, self._count(gram, own)) for gram, count in grams.items())
            logs.append(math.log(max(matched, NONE) / grams.total()))
        return math.exp(sum(logs) / len(logs)) * self._brevity(len(row), own)

    def _count(self, gram: tuple[str, ...], own: int | None) -> int:
        first, owner, second = self._most.get(gram, (0, -1, 0))
        return second if owner == own and own is not None else first

    def _brevity(self, length: int, own: int | None) -> float:
        """Return the penalty for a row shorter than the reference whose length is nearest."""
        lengths = self._lengths
        if own is not None:
            place = bisect_left(lengths, length)
            lengths = lengths[:place] + lengths[place + 1 :]
        if not lengths:
            return 1.0
        place = bisect_left(lengths, length)
        near = min(lengths[max(0, place - 1) : place + 1], key=lambda other: abs(other - length))
        return min(1.0, math.exp(1 - near / length))


def mean_bleu(rows: Sequence[Words], references: Sequence[Words], order: int) -> float:
    """Return the mean BLEU of `rows` against `references`."""
    against = References(references)
    return sum(against.bleu(row, order) for row in rows) / len(rows)


def self_bleu(rows: Sequence[Words], order: int) -> float:
    """Return the mean BLEU of each of `rows` against the others."""
    against = References(rows)
    return sum(against.bleu(row, order, own=place) for place, row in enumerate(rows)) / len(rows)


def _grams(row: Words, longest: int, shortest: int = 1) -> Counter[tuple[str, ...]]:
    return Counter(
        tuple(row[start : start + n]) for n in range(shortest, longest + 1) for start in range(len(row) - n + 1)
    )

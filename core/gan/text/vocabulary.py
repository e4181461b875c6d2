"""Words as numbers, and rows as arrays of one length."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SPECIAL = ("<pad>", "<unk>", "</s>", "<blank>")
PAD, UNKNOWN, END, BLANK = range(4)
MOST_WORDS = 20_000


@dataclass(frozen=True)
class Vocabulary:
    """`words[n]` is word number n; the first four are SPECIAL."""

    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {word: n for n, word in enumerate(self.words) if n >= len(SPECIAL)}

    def encode(self, rows: Sequence[Sequence[str]], length: int) -> Ids:
        """Return the numbers of the words of each row, (N, length), filled up with PAD; a row that fits gets an END."""
        ids = np.full((len(rows), length), PAD, np.int64)
        for place, row in enumerate(rows):
            numbers = [*(self._numbers.get(word, UNKNOWN) for word in row), END][:length]
            ids[place, : len(numbers)] = numbers
        return ids

    def decode(self, ids: Sequence[int]) -> list[str]:
        """Return the words before the first END or PAD."""
        words: list[str] = []
        for number in ids:
            if number in (END, PAD):
                break
            words.append(self.words[number])
        return words


def frequent(rows: Iterable[Sequence[str]], cutoff: int) -> Vocabulary:
    """Return the vocabulary of the words seen at least `cutoff` times, the most frequent first, MOST_WORDS at most."""
    counts = Counter(word for row in rows for word in row)
    kept = sorted((word for word, n in counts.items() if n >= cutoff), key=lambda word: (-counts[word], word))
    return Vocabulary((*SPECIAL, *(word for word in kept if word not in SPECIAL))[: MOST_WORDS + len(SPECIAL)])

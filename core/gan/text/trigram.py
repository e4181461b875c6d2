"""A trigram model: the sampler that a GAN has to beat, and the judge of what others write."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

Numbers = Sequence[int]

WEIGHTS = (0.15, 0.35, 0.5)  # of one word, two and three; what has not been seen leaves its weight to the shorter ones
UNIFORM = 0.02  # of the probability that all words share alike
BEGIN, END = -1, -2


class Trigram:
    """Interpolated relative frequencies of one to three words (Jelinek and Mercer 1980), with fixed weights.

    `rows` are rows of word numbers, `words` is how many different ones there may be.
    """

    def __init__(self, rows: Sequence[Numbers], words: int) -> None:
        self._words = words
        counts: dict[tuple[int, ...], Counter[int]] = defaultdict(Counter)
        for row in rows:
            for history, word in _steps(row):
                for length in range(3):
                    counts[history[2 - length :]][word] += 1
        self._counts = dict(counts)
        self._choices = {
            history: (np.array(list(found)), np.cumsum(list(found.values()))) for history, found in counts.items()
        }

    def probability(self, history: tuple[int, int], word: int) -> float:
        """Return the probability of `word` after two words; all words and the end of the row add up to 1."""
        total = UNIFORM / (self._words + 1)
        for share, found in self._levels(history):
            total += (1 - UNIFORM) * share * found[word] / found.total()
        return total

    def perplexity(self, rows: Sequence[Numbers]) -> float:
        """Return the perplexity of the words of `rows` and their ends."""
        steps = [step for row in rows for step in _steps(row)]
        return math.exp(-sum(math.log(self.probability(*step)) for step in steps) / max(1, len(steps)))

    def write(self, longest: int, rng: np.random.Generator) -> list[int]:
        """Return a row of at most `longest` words, drawn word by word."""
        row: list[int] = []
        history = (BEGIN, BEGIN)
        while len(row) < longest:
            shares, histories = zip(*self._shares(history), strict=True)
            place = min(int(np.searchsorted(np.cumsum(shares), rng.random())), len(shares) - 1)
            words, sums = self._choices[histories[place]]
            word = int(words[np.searchsorted(sums, rng.random() * sums[-1], side="right")])
            if word == END:
                break
            row.append(word)
            history = (history[1], word)
        return row

    def _levels(self, history: tuple[int, int]) -> list[tuple[float, Counter[int]]]:
        return [(share, self._counts[seen]) for share, seen in self._shares(history)]

    def _shares(self, history: tuple[int, int]) -> list[tuple[float, tuple[int, ...]]]:
        """Return the weights of the histories that were seen, which add up to 1."""
        seen = [(weight, history[2 - n :]) for n, weight in enumerate(WEIGHTS) if history[2 - n :] in self._counts]
        total = sum(weight for weight, _ in seen)
        return [(weight / total, part) for weight, part in seen]


def _steps(row: Numbers) -> list[tuple[tuple[int, int], int]]:
    words = [BEGIN, BEGIN, *row, END]
    return [((words[i - 2], words[i - 1]), words[i]) for i in range(2, len(words))]

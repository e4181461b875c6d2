"""Choosing order, cutoff and gamma by the perplexity of validation text, and comparing estimators on it.

Perplexities under different vocabularies do not compare: the fewer words are known, the easier `<unk>` is to predict.
So a cutoff is judged by the adjusted perplexity (Ueberla 1994, "Analysing a simple language model"), which divides the
probability of `<unk>` evenly among the different words it stands for.
"""

import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.jobs import Job, Progress
from core.ngram.counting import Counted, count
from core.ngram.estimating import Tables, estimate
from core.ngram.estimators import ESTIMATORS, CountRatio
from core.ngram.evaluation import Report, Tally
from core.ngram.model import NgramModel, Settings
from core.ngram.text import Text, renumbered, vocabulary_of
from core.ngram.trie import Trie
from core.ngram.vocabulary import BEGIN, Ids, Vocabulary

CUTOFFS = (1, 2, 3, 5)
GAMMAS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)
MOST_TOKENS = 250_000  # of the validation text, about, that are looked at


@dataclass(frozen=True)
class Trial:
    """One combination of settings, and what it makes of the validation text.

    `adjusted_perplexity` compares between cutoffs; it is None where no token has a probability.
    """

    estimator: str
    order: int
    cutoff: int
    gamma: float
    report: Report
    adjusted_perplexity: float | None

    @property
    def rank(self) -> tuple[int, float]:
        """The lower the better: first by the tokens without probability, then by adjusted perplexity."""
        perplexity = self.adjusted_perplexity
        return self.report.zero_probability, math.inf if perplexity is None else perplexity

    def as_json(self) -> dict[str, Any]:
        """Return the settings and the numbers as JSON types."""
        return {
            "estimator": self.estimator,
            "order": self.order,
            "cutoff": self.cutoff,
            "gamma": self.gamma,
            "adjusted_perplexity": self.adjusted_perplexity,
            **self.report.numbers(),
        }


class Bench:
    """A text counted under one vocabulary, and validation text looked up in it once: any estimator can be tried."""

    def __init__(
        self, vocabulary: Vocabulary, counted: Counted, validation: Text, hidden: int, cutoff: int, scratch: Path
    ) -> None:
        self.counted = counted
        self._vocabulary = vocabulary
        self._cutoff = cutoff
        self._hidden = hidden  # different words that <unk> stands for
        self._scratch = scratch
        self._stream = first_sequences(validation.stream)
        self._matches = counted.trie.match(self._stream)

    def trials(self, estimator: str, order: int, gammas: Sequence[float]) -> Job[list[Trial]]:
        """Return a trial of `estimator` at `order`; one for every gamma where it has one that can be set."""
        kind = ESTIMATORS[estimator]
        if issubclass(kind, CountRatio):
            fixed = kind.fixed_gamma
            return [self._trial(estimator, order, gamma, None) for gamma in (gammas if fixed is None else (fixed,))]
        folder = self._scratch / "tables"
        try:
            tables, _ = yield from estimate(self.counted, order, kind, folder)
            return [self._trial(estimator, order, 0.0, tables)]
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _trial(self, estimator: str, order: int, gamma: float, tables: Tables | None) -> Trial:
        trie = Trie(len(self._vocabulary), self.counted.trie.keys[: order - 1])
        counts: list[Any] = [self.counted.words, *(level.counts for level in self.counted.levels[: order - 1])]
        settings = Settings(order=order, estimator=estimator, gamma=gamma, tokens=self.counted.tokens)
        model = NgramModel(settings, self._vocabulary, trie, counts, tables)
        tally = Tally()
        tally.add(model.score(self._stream, self._matches))
        report = tally.report(model.adds_up)
        adjusted = None
        if report.perplexity is not None:
            spread = (tally.unknown - tally.zeros_unknown) * math.log10(max(1, self._hidden))
            adjusted = 10 ** ((spread - tally.logs) / (tally.tokens - tally.zeros))
        return Trial(estimator, order, self._cutoff, gamma, report, adjusted)


def first_sequences(stream: Ids) -> Ids:
    """Return the first whole sequences of `stream`, up to about MOST_TOKENS."""
    later = np.flatnonzero(stream[MOST_TOKENS:] == BEGIN)
    return stream[: MOST_TOKENS + later[0]] if len(later) else stream


def benches(
    text: Text, validation: Text, order: int, cutoffs: Sequence[int], given: Sequence[str], scratch: Path
) -> Job[list[Bench]]:
    """Return a bench for every cutoff, with its counts below `scratch`."""
    made = []
    for number, cutoff in enumerate(cutoffs):
        yield Progress(number, len(cutoffs), "cutoffs", "Counting the n-grams")
        vocabulary = vocabulary_of(text, cutoff, given)
        folder = scratch / f"cutoff-{cutoff}"
        folder.mkdir()
        counted = yield from count(renumbered(text, vocabulary, folder / "text"), order, folder)
        hidden = len({*text.words, *validation.words} - {*vocabulary.words})
        judged = renumbered(validation, vocabulary, folder / "validation")
        made.append(Bench(vocabulary, counted, judged, hidden, cutoff, folder))
    return made

"""An n-gram model: its vocabulary, its counts, its probabilities, and the folder it is kept in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from core.config import Config
from core.data.corpus import Corpus, ReadingConfig, text_corpus
from core.errors import FileError, InputError, NotFound
from core.ngram.estimating import Tables
from core.ngram.estimators import ESTIMATORS, CountRatio, Floats, Integers, Interpolated
from core.ngram.levels import load, path_of
from core.ngram.trie import Matches, Places, Trie
from core.ngram.vocabulary import BEGIN, Ids, Vocabulary

SETTINGS, VOCABULARY = "model.json", "vocabulary.arrow"
IMPORTED = "arpa"


class Settings(Config):
    """What is known about a model beside its numbers; kept as JSON."""

    format: Literal[1] = 1
    order: int = Field(ge=1)
    estimator: str  # a name in ESTIMATORS, or IMPORTED
    gamma: float = 0.0
    cutoff: int = 1
    tokenizer: str = "whitespace"
    language: str = "und"
    reading: ReadingConfig = ReadingConfig(tokenizer="whitespace", unit="document")
    tokens: int = 0  # words that were predicted in training: every token and the end of every sequence
    sequences: int = 0
    ngrams: tuple[int, ...] = ()  # of each length
    discounts: tuple[tuple[float, ...], ...] = ()
    fallbacks: tuple[int, ...] = ()  # lengths for which the fallback discounts were used


@dataclass(frozen=True)
class Scores:
    """The words (N,) of a stream that were predicted (every one but `<s>`), their probabilities, and the length of the
    n-gram that answered: 0 where none did, since the history was never seen."""

    words: Ids
    probabilities: Floats
    orders: NDArray[np.int8]


@dataclass(frozen=True)
class HistoryCounts:
    """How often `history` was seen, and how often `word` followed it. Words outside the vocabulary are `<unk>`."""

    history: tuple[str, ...]
    word: str
    history_count: int
    count: int


class NgramModel:
    """P(word | the `order` - 1 words before). `counts[k - 1]` are those of level k; an imported model has none."""

    def __init__(
        self,
        settings: Settings,
        vocabulary: Vocabulary,
        trie: Trie,
        counts: Sequence[NDArray[np.integer]],
        tables: Tables | None,
    ) -> None:
        self.settings = settings
        self.vocabulary = vocabulary
        self.trie = trie
        self.order = settings.order
        self._counts = counts
        self._found_tables = tables

    @classmethod
    def load(cls, folder: Path) -> "NgramModel":
        """Return the model in `folder`; its numbers are read from disk as they are needed.

        Raises NotFound where there is none, FileError where it is damaged.
        """
        if not (folder / SETTINGS).is_file():
            raise NotFound(f"There is no n-gram model in {folder}.", "Fit one first, or name another folder.")
        try:
            settings = Settings.model_validate(json.loads((folder / SETTINGS).read_text("utf-8")))
            orders = range(1, settings.order + 1)
            vocabulary = Vocabulary.load(folder / VOCABULARY)
            trie = Trie(len(vocabulary), [load(path_of(folder, k, "keys")) for k in orders[1:]])
            is_counted = settings.estimator != IMPORTED
            counts = [load(path_of(folder, k, "counts")) for k in orders] if is_counted else []
            tables = None
            if not is_counted or issubclass(ESTIMATORS[settings.estimator], Interpolated):
                tables = Tables(
                    [load(path_of(folder, k, "probabilities")) for k in orders],
                    [load(path_of(folder, k, "backoffs")) for k in orders[:-1]],
                )
        except (OSError, EOFError, KeyError, ValueError) as error:
            raise FileError(f"The model in {folder} is damaged ({error}).", "Fit it again.") from error
        return cls(settings, vocabulary, trie, counts, tables)

    @property
    def is_counted(self) -> bool:
        """Whether the model has counts; one that was imported has only probabilities."""
        return bool(self._counts)

    @property
    def adds_up(self) -> bool:
        """Whether the probabilities of all words add up to 1; stupid backoff gives scores that do not."""
        return self._kind is None or bool(self._kind.adds_up)

    @property
    def tables(self) -> Tables:
        """The probabilities and backoff weights. Raises TypeError for a count ratio, which has none."""
        if self._found_tables is None:
            raise TypeError("A count ratio has no tables.")
        return self._found_tables

    @cached_property
    def _kind(self) -> Any:
        return None if self.settings.estimator == IMPORTED else ESTIMATORS[self.settings.estimator]

    @property
    def _unseen(self) -> float:
        return float(self._kind.unseen) if self._kind else 1.0

    @property
    def _ratio(self) -> CountRatio:
        ratio: CountRatio = self._kind(self.settings.gamma)
        return ratio

    def corpus(self, texts: Sequence[str]) -> Corpus:
        """Return `texts` as a corpus that is cut into tokens as the training text was."""
        reading = self.settings.reading.model_copy(update={"tokenizer": self.settings.tokenizer})
        return text_corpus(texts, reading, self.settings.language)

    def score(self, stream: Ids, matches: Matches | None = None) -> Scores:
        """Return the scores of a stream of sequences between `<s>` and `</s>`, as `Vocabulary.encode` makes it.

        `matches` saves looking them up, where they are known from a model that holds the same n-grams and perhaps
        longer ones.
        """
        matches = matches or self.trie.match(stream)
        predicted = stream != BEGIN
        probabilities, orders = (
            self._interpolated(stream, matches) if self._found_tables else self._ratios(stream, matches)
        )
        return Scores(stream[predicted], probabilities[predicted], orders[predicted])

    def _interpolated(self, stream: Ids, matches: Matches) -> tuple[Floats, NDArray[np.int8]]:
        tables = self.tables
        probabilities = tables.probabilities[0][stream].astype(np.float64)
        orders = np.ones(len(stream), np.int8)
        for k in range(2, self.order + 1):
            at = np.flatnonzero(matches.whole[k - 1])
            places, histories = matches.places[k - 1][at], matches.places[k - 2][at - 1]
            handed_down = probabilities[at] * _taken(tables.backoffs[k - 2], histories, self._unseen)
            probabilities[at] = np.where(places >= 0, _taken(tables.probabilities[k - 1], places, 0.0), handed_down)
            orders[at[places >= 0]] = k
        return probabilities, orders

    def _ratios(self, stream: Ids, matches: Matches) -> tuple[Floats, NDArray[np.int8]]:
        counts = self._counts[0][stream].astype(np.int64)
        history_counts = np.full(len(stream), self.settings.tokens)
        orders = np.ones(len(stream), np.int8)
        for k in range(2, self.order + 1):
            at = np.flatnonzero(matches.whole[k - 1])
            counts[at] = _taken(self._counts[k - 1], matches.places[k - 1][at], 0)
            history_counts[at] = _taken(self._counts[k - 2], matches.places[k - 2][at - 1], 0)
            orders[at] = k
        orders[history_counts == 0] = 0
        return self._ratio.probabilities(counts, history_counts, self.vocabulary.predicted), orders

    def distribution(self, history: Sequence[str]) -> Floats:
        """Return P(w | history) for every word of the vocabulary (V,); that of `<s>` is 0.

        A history may begin with `<s>`, where the sequence begins; only its last `order` - 1 words count. Under a count
        ratio without smoothing all are 0 for a history that was never seen.
        """
        words = self._recent(history)
        if not self._found_tables:
            return self._ratio_distribution(words)
        probabilities = self.tables.probabilities[0].astype(np.float64)
        for k in range(2, len(words) + 2):
            place = self.trie.place(words[-(k - 1) :])
            probabilities *= float(self.tables.backoffs[k - 2][place]) if place >= 0 else self._unseen
            if place >= 0:
                where = self.trie.children(k - 1, place)
                probabilities[self.trie.last_words(k, where)] = self.tables.probabilities[k - 1][where]
        return probabilities

    def _ratio_distribution(self, words: list[int]) -> Floats:
        counts: Integers = np.zeros(len(self.vocabulary), np.int64)
        total = self._count(words)
        if not words:
            counts[:] = self._counts[0]
        elif total:
            where = self.trie.children(len(words), self.trie.place(words))
            counts[self.trie.last_words(len(words) + 1, where)] = self._counts[len(words)][where]
        totals = np.full(len(counts), total)
        probabilities = self._ratio.probabilities(counts, totals, self.vocabulary.predicted)
        probabilities[BEGIN] = 0.0
        return probabilities

    def probability(self, history: Sequence[str], word: str) -> float:
        """Return P(word | history), see `distribution`."""
        return float(self.distribution(history)[self.vocabulary.word(word)])

    def counts(self, history: Sequence[str], word: str) -> HistoryCounts:
        """Return count(h) and count(h, w), h the last `order` - 1 words of `history`: w was seen after h that often.

        The empty history counts every word that was predicted. Raises InputError for an imported model.
        """
        words, last = self._recent(history), self.vocabulary.word(word)
        named = tuple(self.vocabulary.words[i] for i in words)
        return HistoryCounts(named, self.vocabulary.words[last], self._count(words), self._count([*words, last]))

    def count(self, ngram: Sequence[str]) -> int:
        """Return how often up to `order` words were seen in a row; `<s>` and `</s>` stand for begin and end.

        Raises InputError for more words, and for an imported model.
        """
        if len(ngram) > self.order:
            problem = f"The model counted up to {self.order} words in a row, and these are {len(ngram)}."
            raise InputError(problem, "Give fewer words.")
        if not ngram:
            return self._count([])
        return self._count([*self.vocabulary.history(ngram[:-1]), self._last(ngram[-1])])

    def _last(self, word: str) -> int:
        return BEGIN if word == self.vocabulary.words[BEGIN] else self.vocabulary.word(word)

    def _count(self, words: Sequence[int]) -> int:
        if not self._counts:
            raise InputError("A model from an ARPA file has no counts, only probabilities.", "Fit it on the text.")
        if not words:
            return self.settings.tokens
        place = self.trie.place(words)
        return int(self._counts[len(words) - 1][place]) if place >= 0 else 0

    def _recent(self, history: Sequence[str]) -> list[int]:
        return self.vocabulary.history(history[max(0, len(history) - self.order + 1) :])


def _taken(values: NDArray[Any], places: Places, default: float) -> NDArray[Any]:
    """Return the values at `places`, `default` where a place is -1."""
    taken = np.full(len(places), default, np.result_type(values.dtype, np.float64))
    is_there = places >= 0
    taken[is_there] = values[places[is_there]]
    return taken

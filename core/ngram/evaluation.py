"""Judging a model on text it has not seen: perplexity, the probability of every token, and the most surprising rows."""

import heapq
import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.corpus import Corpus, TokenBatch
from core.errors import InputError
from core.jobs import Job, Progress
from core.ngram.estimators import Floats
from core.ngram.model import NgramModel, Scores
from core.ngram.pace import Pace
from core.ngram.vocabulary import END_WORD, UNKNOWN

BITS = math.log2(10)
SHORTEST_ROW = 5  # tokens; a shorter row is too little to be called surprising


@dataclass(frozen=True)
class Report:
    """What a model makes of a text. Logarithms are over the tokens whose probability is not 0.

    `tokens` counts every token and the end of every sequence. `perplexity` and `bits_per_token` are None where no token
    has a probability. Where `zero_probability` is not 0, the perplexity of the whole text would be infinite, and the
    numbers are those of the other tokens. `adds_up` is false for scores that are no probabilities.
    """

    tokens: int
    unknown: int
    zero_probability: int
    log10_probability: float
    perplexity: float | None
    bits_per_token: float | None
    perplexity_without_unknown: float | None
    bits_per_token_without_unknown: float | None
    adds_up: bool = True

    @property
    def notes(self) -> list[str]:
        """Sentences that have to stand beside the numbers."""
        notes = []
        if self.zero_probability:
            notes.append(
                f"{self.zero_probability:,} of the {self.tokens:,} tokens have the probability 0, so the perplexity of "
                "the whole text is infinite; the numbers are those of the other tokens."
            )
        if not self.adds_up:
            notes.append("The scores of this estimator do not add up to 1, so its perplexity compares with no other.")
        return notes

    def numbers(self) -> dict[str, int | float | None]:
        """Return the numbers by name."""
        return {name: value for name, value in asdict(self).items() if name != "adds_up"}

    def as_json(self) -> dict[str, Any]:
        """Return the numbers and the notes as JSON types."""
        return {**asdict(self), "notes": self.notes}


class Tally:
    """Adds up scores, batch by batch, into a report."""

    def __init__(self) -> None:
        self.tokens = self.unknown = self.zeros = self.zeros_unknown = 0
        self.logs = self.logs_unknown = 0.0  # to base 10

    def add(self, scores: Scores) -> None:
        """Take the scores of some sequences into account."""
        is_unknown = scores.words == UNKNOWN
        logs, is_zero = logs_of(scores.probabilities)
        self.tokens += len(logs)
        self.unknown += int(is_unknown.sum())
        self.zeros += int(is_zero.sum())
        self.zeros_unknown += int((is_zero & is_unknown).sum())
        self.logs += float(logs.sum())
        self.logs_unknown += float(logs[is_unknown].sum())

    def report(self, adds_up: bool = True) -> Report:
        """Return the report on all that was added."""
        mean = _mean(self.logs, self.tokens - self.zeros)
        known = self.tokens - self.unknown - (self.zeros - self.zeros_unknown)
        known_mean = _mean(self.logs - self.logs_unknown, known)
        return Report(
            tokens=self.tokens,
            unknown=self.unknown,
            zero_probability=self.zeros,
            log10_probability=self.logs,
            perplexity=None if mean is None else 10**-mean,
            bits_per_token=None if mean is None else -mean * BITS,
            perplexity_without_unknown=None if known_mean is None else 10**-known_mean,
            bits_per_token_without_unknown=None if known_mean is None else -known_mean * BITS,
            adds_up=adds_up,
        )


def logs_of(probabilities: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the logarithms to base 10, 0 where a probability is 0, and where that is."""
    is_zero = probabilities <= 0
    return np.log10(np.where(is_zero, 1.0, probabilities)), is_zero


def _mean(logs: float, count: int) -> float | None:
    return logs / count if count > 0 else None


def evaluate(model: NgramModel, corpus: Corpus) -> Job[Report]:
    """Return the report on `corpus`. Raises InputError where it has no token, and what reading it raises."""
    tally, pace, rows = Tally(), Pace(), 0
    for batch in corpus.batches():
        if batch.tokens:
            tally.add(model.score(model.vocabulary.encode(batch.tokens)))
        rows += len(batch.ids)
        if pace.due():
            yield Progress(rows, None, message="Scoring the text")
    if not tally.tokens:
        raise InputError(f"{corpus.name} has no tokens.", "Choose a text that has words.")
    return tally.report(model.adds_up)


@dataclass(frozen=True)
class TokenScore:
    """One token under a model: its probability, and what it comes from.

    `word` is what the vocabulary has for `token`, `<unk>` where it has none. `order` is the length of the n-gram that
    answered, 0 where none did; `history` are the words before it in that n-gram. The counts, of the history, of both
    together and of the word alone, are None for an imported model.
    """

    token: str
    word: str
    probability: float
    order: int
    history: tuple[str, ...]
    history_count: int | None
    count: int | None
    word_count: int | None

    @property
    def bits(self) -> float | None:
        """How surprising the token is, -log2 of its probability; None where that is 0."""
        return -math.log2(self.probability) if self.probability > 0 else None


def token_scores(model: NgramModel, text: str) -> list[TokenScore]:
    """Return every token of `text`, and the end of every sequence in it, with its probability."""
    found: list[TokenScore] = []
    for tokens in model.corpus([text]).sequences():
        scores = model.score(model.vocabulary.encode([tokens]))
        sequence = ["<s>", *tokens, END_WORD]
        for i, token in enumerate(sequence[1:]):
            order = int(scores.orders[i])
            history = tuple(sequence[max(0, i + 2 - order) : i + 1])
            counts = model.counts(history, token) if model.is_counted else None
            found.append(
                TokenScore(
                    token=token,
                    word=model.vocabulary.words[scores.words[i]],
                    probability=float(scores.probabilities[i]),
                    order=order,
                    history=history if order else (),
                    history_count=counts.history_count if counts and order else None,
                    count=counts.count if counts and order else None,
                    word_count=model.counts((), token).count if counts else None,
                )
            )
    return found


@dataclass(frozen=True)
class RowSurprise:
    """One row under a model: how many tokens were predicted, how many of them are unknown words or have the
    probability 0, and the mean of -log2 of the other probabilities."""

    id: str
    tokens: int
    unknown: int
    zero_probability: int
    bits_per_token: float

    @property
    def rank(self) -> tuple[float, float]:
        """The higher the more surprising."""
        return self.zero_probability / self.tokens, self.bits_per_token


def most_surprising(model: NgramModel, corpus: Corpus, number: int = 20) -> Job[list[RowSurprise]]:
    """Return the `number` rows of `corpus` that the model finds most surprising, those with most bits per token first.

    Rows of fewer than SHORTEST_ROW tokens are left out; a larger share of tokens with the probability 0 comes first.
    """
    best: list[RowSurprise] = []
    pace, done = Pace(), 0
    for batch in corpus.batches():
        rows = [row for row in row_surprises(model, batch) if row.tokens >= SHORTEST_ROW]
        best = heapq.nlargest(number, [*best, *rows], key=lambda row: row.rank)
        done += len(batch.ids)
        if pace.due():
            yield Progress(done, None, message="Looking for surprising rows")
    return best


def row_surprises(model: NgramModel, batch: TokenBatch) -> list[RowSurprise]:
    """Return how surprising every row of `batch` is that has a token, in order."""
    if not batch.tokens:
        return []
    scores = model.score(model.vocabulary.encode(batch.tokens))
    logs, is_zero = logs_of(scores.probabilities)
    rows = np.repeat(batch.rows, [len(tokens) + 1 for tokens in batch.tokens])
    size = len(batch.ids)
    tokens = np.bincount(rows, minlength=size)
    unknown = np.bincount(rows, scores.words == UNKNOWN, size).astype(int)
    zeros = np.bincount(rows, is_zero, size).astype(int)
    bits = -BITS * np.bincount(rows, logs, size) / np.maximum(tokens - zeros, 1)
    return [
        RowSurprise(batch.ids[row], int(tokens[row]), int(unknown[row]), int(zeros[row]), float(bits[row]))
        for row in np.flatnonzero(tokens).tolist()
    ]

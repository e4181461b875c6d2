"""How good a classifier's predictions are: loss, accuracy, macro F1, confusion matrix.

Targets are label numbers (N), one a row, or, where a row can have several labels, an indicator matrix (N, C) of 0 and
1. In the first case the C logits of a row are turned into probabilities by softmax, in the second each by the sigmoid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.float64] | npt.NDArray[np.int64]
Targets = Sequence[int] | Sequence[Sequence[int]] | npt.NDArray[np.int64]


@dataclass(frozen=True)
class Scores:
    """The numbers of one evaluation.

    `confusion` is (C, C): [i, j] counts the rows of true label number i that were given label number j. Where a row
    can have several labels it is (C, 2, 2): [c, i, j] counts the rows that have (i = 1) or lack label c and were
    given it (j = 1) or not.
    """

    loss: float  # mean cross-entropy in nats; with several labels a row the mean over labels too
    accuracy: float  # share of the rows that got their true label; with several, exactly their true labels
    macro_f1: float  # mean over the labels of the harmonic mean of precision and recall
    mcc: float  # Matthews correlation: 1 is perfect, 0 no better than chance
    confusion: npt.NDArray[np.int64]
    rows: int

    def matrix(self, labels: list[str]) -> dict[str, Any]:
        """Return the confusion matrix as JSON types, its rows the true and its columns the predicted labels."""
        return {"labels": labels, "matrix": self.confusion.tolist()}


def score(logits: npt.NDArray[np.floating[Any]], targets: Targets) -> Scores:
    """Return the scores of `logits` (N, C) against the targets, (N) or (N, C)."""
    true = np.asarray(targets)
    guess = predicted(logits, multi_label=true.ndim == 2)
    n, number_of_labels = logits.shape
    if true.ndim == 2:
        pairs = [((true == i) & (guess == j)).sum(axis=0) for i in (0, 1) for j in (0, 1)]
        _, false_alarms, misses, hits = pairs
        return Scores(
            loss=negative_log_likelihood(logits, true),
            accuracy=float((true == guess).all(axis=1).mean()),
            macro_f1=_mean_f1(2 * hits, 2 * hits + misses + false_alarms),
            mcc=float(matthews(hits, false_alarms, misses, n, multi_label=True)),
            confusion=np.stack(pairs, axis=-1).reshape(number_of_labels, 2, 2),
            rows=n,
        )
    confusion = np.zeros((number_of_labels, number_of_labels), np.int64)
    np.add.at(confusion, (true, guess), 1)
    hits, given, have = np.diag(confusion), confusion.sum(axis=0), confusion.sum(axis=1)
    return Scores(
        loss=negative_log_likelihood(logits, true),
        accuracy=float(np.trace(confusion) / n),
        macro_f1=macro_f1(confusion),
        mcc=float(matthews(hits, given - hits, have - hits, n, multi_label=False)),
        confusion=confusion,
        rows=n,
    )


def predicted(logits: npt.NDArray[np.floating[Any]], multi_label: bool) -> npt.NDArray[np.int64]:
    """Return the likeliest label number of each row (N); with `multi_label` 1 for labels of at least even odds (N, C).

    A tie goes to the label of the lower number.
    """
    return (logits >= 0).astype(np.int64) if multi_label else logits.argmax(axis=1).astype(np.int64)


def probabilities(logits: npt.NDArray[np.floating[Any]], multi_label: bool) -> npt.NDArray[np.float64]:
    """Return the probabilities (N, C) of the labels: of each row they add up to 1, unless it can have `multi_label`."""
    if multi_label:
        return np.exp(-np.logaddexp(0, -logits.astype(np.float64)))
    return np.exp(log_softmax(logits))


def negative_log_likelihood(logits: npt.NDArray[np.floating[Any]], true: npt.NDArray[np.int64]) -> float:
    """Return the mean over rows of -ln p(true label) in nats; with (N, C) targets the mean over rows and labels."""
    if true.ndim == 2:
        z = logits.astype(np.float64)
        return float((np.logaddexp(0, z) - true * z).mean())
    return float(-log_softmax(logits)[np.arange(len(true)), true].mean())


def macro_f1(confusion: npt.NDArray[np.int64]) -> float:
    """Return the mean F1 of the labels that occur among the true or the predicted ones; `confusion` is (C, C).

    F1 of a label is 2 TP / (2 TP + FP + FN): TP its rows that got it, FN those that did not, FP the others' that did.
    """
    return _mean_f1(2 * np.diag(confusion), confusion.sum(axis=0) + confusion.sum(axis=1))


def _mean_f1(hits: npt.NDArray[np.int64], occurs: npt.NDArray[np.int64]) -> float:
    """Return the mean of `hits` / `occurs`, 2 TP and 2 TP + FP + FN by label, over the labels that occur."""
    return float((hits[occurs > 0] / occurs[occurs > 0]).mean()) if (occurs > 0).any() else 0.0


def matthews(hits: Counts, false_alarms: Counts, misses: Counts, n: Any, multi_label: bool) -> Floats:
    """Return Matthews' correlation coefficient (...) from counts by label (..., C) and the number of rows `n` (...).

    For C classes it is R_K of Gorodkin (2004), Computational Biology and Chemistry 28; where rows can have several
    labels, the mean over labels of that of having it or not. It is 0 where all have, or all were given, the same.
    """
    rows, hits = np.asarray(n, float)[..., None], np.asarray(hits, float)  # whole numbers would overflow
    have, given = hits + misses, hits + false_alarms
    if multi_label:
        spread = have * (rows - have) * given * (rows - given)
        return np.asarray(share(hits * rows - have * given, np.sqrt(spread)).mean(axis=-1))
    covariance = (hits * rows - have * given).sum(axis=-1)
    squares = rows[..., 0] ** 2
    return share(covariance, np.sqrt((squares - (have**2).sum(axis=-1)) * (squares - (given**2).sum(axis=-1))))


def share(part: Counts, whole: Counts) -> Floats:
    """Return `part` divided by `whole`, and 0 for a share of nothing."""
    numbers = np.asarray(part, float)
    shares: Floats = np.divide(numbers, whole, out=np.zeros_like(numbers), where=np.asarray(whole) > 0)
    return shares


def log_softmax(logits: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Return the log-probabilities (N, C) of `logits` (N, C), computed so that large logits do not overflow."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))

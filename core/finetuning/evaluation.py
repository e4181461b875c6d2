"""How good a classifier's predictions are: loss, accuracy, macro F1, confusion matrix."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Scores:
    """`confusion[i, j]` counts the rows of true label number i that were given label number j."""

    loss: float  # mean cross-entropy in nats
    accuracy: float  # share of the rows that got their true label
    macro_f1: float  # mean over the labels of the harmonic mean of precision and recall
    confusion: npt.NDArray[np.int64]  # (C, C)

    @property
    def rows(self) -> int:
        """How many rows were scored."""
        return int(self.confusion.sum())

    def matrix(self, labels: list[str]) -> dict[str, Any]:
        """Return the confusion matrix as JSON types, its rows the true and its columns the predicted labels."""
        return {"labels": labels, "matrix": self.confusion.tolist()}


def score(logits: npt.NDArray[np.float32], targets: list[int]) -> Scores:
    """Return the scores of `logits` (N, C) against the true label numbers (N)."""
    n, number_of_labels = logits.shape
    true = np.asarray(targets)
    confusion = np.zeros((number_of_labels, number_of_labels), np.int64)
    np.add.at(confusion, (true, logits.argmax(axis=1)), 1)
    return Scores(
        loss=float(-log_softmax(logits)[np.arange(n), true].mean()),
        accuracy=float(np.trace(confusion) / n),
        macro_f1=macro_f1(confusion),
        confusion=confusion,
    )


def macro_f1(confusion: npt.NDArray[np.int64]) -> float:
    """Return the mean F1 of the labels that occur among the true or the predicted ones.

    F1 of a label is 2 TP / (2 TP + FP + FN): TP its rows that got it, FN those that did not, FP the others' that did.
    """
    occurs = confusion.sum(axis=0) + confusion.sum(axis=1)  # 2 TP + FP + FN
    hits = 2 * np.diag(confusion)
    return float((hits[occurs > 0] / occurs[occurs > 0]).mean())


def log_softmax(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Return the log-probabilities (N, C) of `logits` (N, C), computed so that large logits do not overflow."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))

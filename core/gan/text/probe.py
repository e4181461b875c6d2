"""Simple classifiers that judge rows: which label, and whether real or written."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core.gan.text.encoder import Vectors
from core.text.characters import UNSPACED

FOLDS = 3
WORD = f"[{UNSPACED}]|[^\\W{UNSPACED}]+"  # one character at a time where words are not set apart by blanks
PENALTY = 10.0  # sklearn's C

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


class WordProbe:
    """Logistic regression on TF-IDF of words and pairs of words, in FOLDS parts: no row is judged by a classifier
    that has learned from the row it was made from. Labels are places."""

    def __init__(self, texts: Sequence[str], labels: Places) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.multiclass import OneVsRestClassifier

        self._words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=WORD, sublinear_tf=True)
        features = self._words.fit_transform(texts)
        folds = np.arange(len(labels)) % FOLDS
        self._probes: list[Any] = []
        for fold in range(FOLDS):
            rows = folds != fold
            known = len(np.unique(labels[rows])) > 1
            probe = OneVsRestClassifier(LogisticRegression(C=PENALTY, solver="liblinear"))
            self._probes.append(probe.fit(features[rows], labels[rows]) if known else None)

    def probability(self, texts: Sequence[str], labels: Places, parents: Places) -> Numbers:
        """Return the probability of each text's label, (N,); NaN where it cannot be judged.

        `parents` are the places of the rows the texts were made from.
        """
        found = np.full(len(texts), np.nan)
        if not len(texts):
            return found
        features = self._words.transform(texts)
        for fold, probe in enumerate(self._probes):
            if probe is None:
                continue
            rows = np.flatnonzero((parents % FOLDS == fold) & np.isin(labels, probe.classes_))
            if len(rows):
                chances = probe.predict_proba(features[rows])
                found[rows] = chances[np.arange(len(rows)), np.searchsorted(probe.classes_, labels[rows])]
        return found


class MeaningProbe:
    """Logistic regression on sentence vectors (N, D)."""

    def __init__(self, vectors: Vectors, labels: Places) -> None:
        from sklearn.linear_model import LogisticRegression

        self._probe = LogisticRegression(C=PENALTY, max_iter=300).fit(vectors, labels)

    def agrees(self, vectors: Vectors, labels: Places) -> Flags:
        """Return which rows it gives their own label."""
        agreed: Flags = self._probe.predict(vectors) == labels
        return agreed


def told_apart(real: Vectors, made: Vectors, seed: int) -> float:
    """Return how often a classifier tells real vectors (N, D) from made ones (M, D), cross-validated.

    0.5 is a guess, so the ideal; 1 is always (Lopez-Paz and Oquab 2017, "Revisiting Classifier Two-Sample Tests").
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score

    n = min(len(real), len(made))
    vectors, kinds = np.concatenate([real[:n], made[:n]]), np.repeat([0, 1], n)
    folds = StratifiedKFold(min(5, n), shuffle=True, random_state=seed)
    return float(cross_val_score(LogisticRegression(max_iter=300), vectors, kinds, cv=folds).mean())

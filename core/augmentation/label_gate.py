"""The gate that asks a probe whether a made text still has its row's label.

The probe is a logistic regression (one label against the rest) on hashed TF-IDF of words and pairs of words, trained on
original rows. A text is judged by one that has not seen the row it was made from: the rows are in FOLDS parts by their
ids, and there is a probe for each part, trained on the others.
"""

import hashlib
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import Field

from core.augmentation.gate import GATES, Candidates, Flags, GateConfig, Measure, Numbers, Surroundings
from core.augmentation.train_rows import READ_ROWS
from core.errors import InputError
from core.randomness import fraction_for
from core.text.characters import UNSPACED

FOLDS = 3
FEATURES = 1 << 16  # 100 labels, 3 folds: 157 MB
TRAIN_ROWS = 30_000
TRAIN_CHARACTERS = 5_000  # of each row
MAX_LABELS = 100
SALT = "label_agreement"
WORD = f"[{UNSPACED}]|[^\\W{UNSPACED}]+"  # one character at a time where words are not set apart by blanks


@GATES.register("label_agreement")
class LabelAgreement(GateConfig):
    """Rejects texts that a probe would label otherwise."""

    title: ClassVar[str] = "Label is kept"
    summary: ClassVar[str] = (
        "Keeps a made row where a simple classifier, trained on the other original rows, finds its label likely enough."
    )

    at_least: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="The label's probability divided by that of the likeliest label; 1 is full agreement.",
    )

    def build(self, surroundings: Surroundings) -> Measure:
        """Return the label's probability divided by the likeliest label's, NaN for rows without a label.

        Raises InputError where there are fewer than 2 or more than MAX_LABELS labels.
        """
        probes = _Probes(surroundings)

        def measure(candidates: Candidates) -> Numbers:
            return probes.agreement(candidates)

        return measure

    def passes(self, measured: Numbers) -> Flags:
        """Return whose label is likely enough."""
        return measured >= self.at_least

    def sentence(self, measured: float) -> str:
        """Return why it was rejected."""
        return (
            f"A classifier finds its label {measured:.2f} times as likely as another one, and at least "
            f"{self.at_least:g} times is asked for."
        )


class _Probes:
    """A classifier for each fold, trained on the rows of the other folds."""

    def __init__(self, surroundings: Surroundings) -> None:
        from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

        texts, labels, folds = _training_rows(surroundings)
        names = sorted(set(labels))
        if not 2 <= len(names) <= MAX_LABELS:
            problem = (
                f"The gate label_agreement needs 2 to {MAX_LABELS} different labels, and there are {len(names):,}."
            )
            raise InputError(problem, "Leave that gate out, or choose another column as the label.")
        self._places = {name: place for place, name in enumerate(names)}
        self._hashing = HashingVectorizer(
            n_features=FEATURES, ngram_range=(1, 2), token_pattern=WORD, alternate_sign=False, norm=None
        )
        counts = self._hashing.transform(texts)
        self._tfidf = TfidfTransformer(sublinear_tf=True).fit(counts)
        features = self._tfidf.transform(counts)
        codes = np.array([self._places[label] for label in labels])
        self._probes = [self._trained(features, codes, folds != fold) for fold in range(FOLDS)]

    def _trained(self, features: Any, codes: npt.NDArray[np.int64], rows: npt.NDArray[np.bool_]) -> Any:
        from sklearn.linear_model import LogisticRegression
        from sklearn.multiclass import OneVsRestClassifier

        if len(np.unique(codes[rows])) < 2:
            return None
        # liblinear computes in one thread and without chance, so that every run decides alike.
        return OneVsRestClassifier(LogisticRegression(C=10.0, solver="liblinear")).fit(features[rows], codes[rows])

    def agreement(self, candidates: Candidates) -> Numbers:
        """Return a number in [0, 1] for each candidate, (N,), NaN where the probe knows nothing of its label."""
        agreement = np.full(len(candidates.texts), np.nan, np.float32)
        if not len(agreement):
            return agreement
        features = self._tfidf.transform(
            self._hashing.transform([text[:TRAIN_CHARACTERS] for text in candidates.texts])
        )
        labels = np.array([self._places.get(label or "", -1) for label in candidates.labels])
        folds = np.array([_fold(row_id) for row_id in candidates.parent_ids])
        for fold, probe in enumerate(self._probes):
            if probe is None:
                continue
            rows = np.flatnonzero((folds == fold) & np.isin(labels, probe.classes_))
            if len(rows):
                chances = probe.predict_proba(features[rows])  # (rows, classes)
                own = chances[np.arange(len(rows)), np.searchsorted(probe.classes_, labels[rows])]
                agreement[rows] = own / chances.max(axis=1)
        return agreement


def _fold(row_id: str) -> int:
    """Return the fold of a row, from 0 on."""
    return hashlib.blake2b(row_id.encode("utf-8", "surrogatepass"), digest_size=2).digest()[0] % FOLDS


def _training_rows(surroundings: Surroundings) -> tuple[list[str], list[str], npt.NDArray[np.int64]]:
    """Return texts, labels and folds of about TRAIN_ROWS labelled rows, drawn by their ids, in the order of ids."""
    texts: list[str] = []
    labels: list[str] = []
    folds: list[int] = []
    with pq.ParquetFile(surroundings.train) as file:
        share = TRAIN_ROWS / max(1, file.metadata.num_rows)
        for batch in file.iter_batches(READ_ROWS):
            labelled = batch.filter(pc.is_valid(batch.column("label")))
            for row_id, text, label in zip(*(column.to_pylist() for column in labelled.columns), strict=True):
                if share >= 1 or fraction_for(surroundings.seed, row_id, SALT) < share:
                    texts.append(text[:TRAIN_CHARACTERS])
                    labels.append(label)
                    folds.append(_fold(row_id))
    return texts, labels, np.array(folds, np.int64)

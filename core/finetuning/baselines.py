"""What simpler methods answer on the same rows: a score means little without them."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from core.finetuning.examples import Examples, Rows
from core.text.language import detect_language
from core.text.tokenizers import LANGUAGES_WITHOUT_BLANKS

MAJORITY, TFIDF = "majority", "tfidf"
TITLES = {MAJORITY: "Always the most frequent answer", TFIDF: "TF-IDF with logistic regression"}
CHARACTERS = 10_000  # of a text that are read
WEIGHTS = 1_000_000  # at most, over all labels: the optimiser keeps some twenty copies
FEWEST_TERMS, MOST_TERMS = 1_000, 50_000

Answers = npt.NDArray[np.int64]


def majority(train: Rows) -> Callable[[Rows], Answers]:
    """Return the method that always gives the label, or the set of labels, that most training rows have."""
    targets = np.asarray(train.targets)
    counts = Counter(map(tuple, targets.tolist()) if targets.ndim == 2 else targets.tolist())
    answer = np.asarray(min(counts, key=lambda target: (-counts[target], target)))
    return lambda rows: np.tile(answer, (len(rows), *[1] * answer.ndim))


def tfidf(train: Rows, labels: int) -> Callable[[Rows], Answers]:
    """Return logistic regression on TF-IDF of words and pairs of words, fitted on the training rows.

    In languages without blanks the terms are characters and pairs of them. The most frequent terms are kept, fewer
    where there are many labels, so that the fit stays within some hundred megabytes.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    unspaced = detect_language(train.texts) in LANGUAGES_WITHOUT_BLANKS
    vectorizer = TfidfVectorizer(
        analyzer="char" if unspaced else "word",
        token_pattern=None if unspaced else r"(?u)\w+|[^\w\s]+",
        ngram_range=(1, 2),
        max_features=max(FEWEST_TERMS, min(MOST_TERMS, WEIGHTS // labels)),
        sublinear_tf=True,
        dtype=np.float32,
    )
    targets = np.asarray(train.targets)
    regression = LogisticRegression(max_iter=300)
    classifier = OneVsRestClassifier(regression) if targets.ndim == 2 else regression
    classifier.fit(vectorizer.fit_transform(_cut(train)), targets)
    return lambda rows: np.asarray(classifier.predict(vectorizer.transform(_cut(rows))), np.int64)


def baselines(examples: Examples) -> dict[str, Callable[[Rows], Answers]]:
    """Return the baselines by name, each fitted on the rows that the model was trained on."""
    return {MAJORITY: majority(examples.train), TFIDF: tfidf(examples.train, len(examples.labels))}


def _cut(rows: Rows) -> list[str]:
    return [text[:CHARACTERS] for text in rows.texts]

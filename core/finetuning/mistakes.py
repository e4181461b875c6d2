"""Where a model is wrong: its most confident mistakes, its mistakes by length, and labels that are likely wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.finetuning.scored_rows import ScoredRows

LENGTH_GROUPS = 5
Z = 1.959964  # of a 95 % interval


@dataclass(frozen=True)
class Mistake:
    """A row that got a wrong answer: `row` is its place in the scored rows.

    `confidence` is the probability of the wrong answer; where a row can have several labels, that of its most
    confidently wrong one. `suspect` is true where the row's own label is likely the wrong one.
    """

    row: int
    confidence: float
    suspect: bool


@dataclass(frozen=True)
class Wrong:
    """How many of some rows are wrong, and the 95 % interval of their share: Wilson's (1927), Journal of the American
    Statistical Association 22, which holds for few rows and for shares near 0.
    """

    rows: int
    wrong: int
    low: float
    high: float


@dataclass(frozen=True)
class LengthGroup:
    """The rows of `shortest` to `longest` characters."""

    shortest: int
    longest: int
    found: Wrong


def mistakes(scored: ScoredRows) -> list[Mistake]:
    """Return the rows with a wrong answer, the most confident mistake first."""
    suspects = likely_wrong_labels(scored)
    p = scored.probabilities
    if scored.multi_label:
        wrong = scored.predicted != scored.targets
        confidence = np.where(wrong, np.maximum(p, 1 - p), 0.0).max(axis=1)
    else:
        confidence = p.max(axis=1)
    rows = np.flatnonzero(~scored.right())
    ranked = rows[np.argsort(-confidence[rows], kind="stable")]
    return [Mistake(int(row), float(confidence[row]), bool(suspects[row])) for row in ranked]


def likely_wrong_labels(scored: ScoredRows) -> npt.NDArray[np.bool_]:
    """Return for each row (N) whether its given label is likely wrong, by the rule of confident learning.

    Northcutt, Jiang and Chuang (2021), Confident Learning, Journal of Artificial Intelligence Research 70: a label's
    threshold is its mean probability among the rows that were given it; a row belongs to the likeliest of the labels
    whose threshold it reaches (equation 1), and is suspect where that is not its given one (off the diagonal of the
    confident joint). Where a row can have several labels, having a label or not is decided for each in the same way.
    The rows must not be ones that the model was trained on.
    """
    if not scored.multi_label:
        return _suspects(scored.probabilities, scored.targets)
    yes = scored.probabilities
    columns = range(yes.shape[1])
    doubts = [_suspects(np.stack([1 - yes[:, c], yes[:, c]], axis=1), scored.targets[:, c]) for c in columns]
    return np.asarray(np.any(doubts, axis=0))


def _suspects(p: npt.NDArray[np.float64], given: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    labels = range(p.shape[1])
    # A label that no row was given has no threshold that a row could reach.
    thresholds = np.array([p[given == c, c].mean() if (given == c).any() else np.inf for c in labels])
    confident = np.where(p >= thresholds, p, -1.0)
    return np.asarray((confident.max(axis=1) >= 0) & (confident.argmax(axis=1) != given))


def by_label(scored: ScoredRows) -> list[Wrong]:
    """Return for each label how many of the rows that have it were not given it."""
    labels = range(scored.logits.shape[1])
    if scored.multi_label:
        missed = [(scored.targets[:, c] == 1, scored.predicted[:, c] == 0) for c in labels]
    else:
        missed = [(scored.targets == c, scored.predicted != c) for c in labels]
    return [_wrong(int((has & without).sum()), int(has.sum())) for has, without in missed]


def by_length(lengths: Sequence[int], right: npt.NDArray[np.bool_]) -> list[LengthGroup]:
    """Return the mistakes by length in characters, in up to five groups of about as many rows each."""
    values = np.asarray(lengths)
    edges = np.unique(np.quantile(values, np.arange(1, LENGTH_GROUPS) / LENGTH_GROUPS, method="higher"))
    groups = np.searchsorted(edges, values, side="left")
    found = []
    for number in np.unique(groups):
        inside = groups == number
        wrong = _wrong(int((~right[inside]).sum()), int(inside.sum()))
        found.append(LengthGroup(int(values[inside].min()), int(values[inside].max()), wrong))
    return found


def _wrong(k: int, n: int) -> Wrong:
    if not n:
        return Wrong(0, 0, 0.0, 1.0)
    middle, width = (k + Z**2 / 2) / (n + Z**2), Z / (n + Z**2) * (k * (n - k) / n + Z**2 / 4) ** 0.5
    return Wrong(n, k, max(0.0, middle - width), min(1.0, middle + width))

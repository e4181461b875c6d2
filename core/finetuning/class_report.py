"""Accuracy, macro F1, MCC, and precision, recall and F1 of each label, with bootstrap 95 % intervals."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.finetuning.evaluation import Floats, matthews, share
from core.finetuning.scored_rows import ScoredRows

REPLICATES = 1_000
AT_ONCE = 4_000_000  # numbers held in memory at once
PERCENTILES = (2.5, 97.5)


@dataclass(frozen=True)
class Interval:
    """A measured value and its 95 % interval: where it would lie in 95 of 100 samples of rows like these."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class LabelReport:
    """One label: `rows` have it, `given` were given it by the model."""

    label: str
    rows: int
    given: int
    precision: Interval  # share of the rows given the label that have it
    recall: Interval  # share of the rows with the label that were given it
    f1: Interval  # harmonic mean of the two


@dataclass(frozen=True)
class ClassReport:
    """How good a classifier is on `rows` rows, over all and label by label."""

    rows: int
    accuracy: Interval  # where rows can have several labels: exactly their labels
    macro_f1: Interval
    mcc: Interval  # Matthews correlation: 1 is perfect, 0 no better than chance
    labels: tuple[LabelReport, ...]


@dataclass(frozen=True)
class Outcomes:
    """The different outcomes (true labels, predicted labels) of rows, K of them, and how often each occurs."""

    true: npt.NDArray[np.bool_]  # (K, C)
    given: npt.NDArray[np.bool_]  # (K, C)
    counts: npt.NDArray[np.int64]  # (K)
    multi_label: bool


def class_report(scored: ScoredRows, labels: list[str], seed: int = 0) -> ClassReport:
    """Return the report of the model on the rows it was scored on.

    The intervals are those of the percentile bootstrap (Efron and Tibshirani 1993, chapter 13): rows are drawn with
    replacement REPLICATES times. A measure depends only on how often each outcome occurs, and these counts of n drawn
    rows are multinomial, so they are drawn directly. A share of nothing (the precision of a label that was never
    given) counts as 0.
    """
    outcomes = outcomes_of(scored)
    rng = np.random.default_rng(seed)
    n, kinds = len(scored), len(outcomes.counts)
    measured = _measures(outcomes, outcomes.counts[None, :].astype(float))
    parts = []
    per_part = max(1, AT_ONCE // max(kinds, len(labels)))
    for start in range(0, REPLICATES, per_part):
        drawn = rng.multinomial(n, outcomes.counts / n, size=min(per_part, REPLICATES - start))  # (B, K)
        parts.append(_measures(outcomes, drawn.astype(float)))
    low, high = (
        {name: np.percentile(np.concatenate([part[name] for part in parts]), q, axis=0) for name in measured}
        for q in PERCENTILES
    )

    def interval(name: str, at: tuple[int, ...] = ()) -> Interval:
        return Interval(*(float(values[at]) for values in (measured[name][0], low[name], high[name])))

    given = (outcomes.counts @ outcomes.given).tolist()
    have = (outcomes.counts @ outcomes.true).tolist()
    return ClassReport(
        rows=n,
        accuracy=interval("accuracy"),
        macro_f1=interval("macro_f1"),
        mcc=interval("mcc"),
        labels=tuple(
            LabelReport(label, have[c], given[c], *(interval(name, (c,)) for name in ("precision", "recall", "f1")))
            for c, label in enumerate(labels)
        ),
    )


def outcomes_of(scored: ScoredRows) -> Outcomes:
    """Return the different outcomes of the rows with their counts."""
    labels = scored.logits.shape[1]
    if scored.multi_label:
        both = np.concatenate([scored.targets, scored.predicted], axis=1).astype(np.uint8)
        unique, counts = np.unique(both, axis=0, return_counts=True)
        return Outcomes(unique[:, :labels] == 1, unique[:, labels:] == 1, counts, True)
    unique, counts = np.unique(scored.targets * labels + scored.predicted, return_counts=True)
    one_hot = np.eye(labels, dtype=bool)
    return Outcomes(one_hot[unique // labels], one_hot[unique % labels], counts, False)


def _measures(outcomes: Outcomes, counts: Floats) -> dict[str, Floats]:
    """Return the measures for each of B samples of rows; `counts` (B, K) says how often each outcome occurs there."""
    true, given = outcomes.true, outcomes.given
    hits = counts @ (true & given)  # (B, C), as the next two
    false_alarms = counts @ (~true & given)
    misses = counts @ (true & ~given)
    n = counts.sum(axis=1)  # (B)
    f1 = share(2 * hits, 2 * hits + false_alarms + misses)
    occurs = hits + false_alarms + misses > 0
    return {
        "accuracy": counts @ (true == given).all(axis=1) / n,
        "macro_f1": share(f1.sum(axis=1), occurs.sum(axis=1)),
        "mcc": matthews(hits, false_alarms, misses, n, outcomes.multi_label),
        "precision": share(hits, hits + false_alarms),
        "recall": share(hits, hits + misses),
        "f1": f1,
    }

"""How well a classifier's probabilities rank the rows of one label above the others: ROC and precision-recall."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.finetuning.scored_rows import ScoredRows

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ranking:
    """The two curves of one label, a point for each threshold from the highest probability down.

    Every curve of ROC begins at (0, 0) and ends at (1, 1); `precision[0]` belongs to the highest threshold.
    """

    false_positive_rate: Floats
    true_positive_rate: Floats
    auc: float  # probability that a row with the label ranks above one without
    recall: Floats
    precision: Floats
    average_precision: float  # area under the precision-recall curve as a sum of steps
    share: float  # of the rows that have the label: the precision of a ranking by chance


def ranking(scored: ScoredRows, label: int) -> Ranking | None:
    """Return the curves of one label against all others; None where no row has it, or every row."""
    has = scored.targets[:, label] == 1 if scored.multi_label else scored.targets == label
    if has.all() or not has.any():
        return None
    return curves(has, scored.probabilities[:, label])


def curves(has: npt.NDArray[np.bool_], probability: Floats) -> Ranking:
    """Return the curves for rows (N) that have a label or not, ranked by `probability` (N); ties are one threshold.

    ROC and its area: Fawcett (2006), Pattern Recognition Letters 27. Average precision: the sum of
    (R_k - R_{k-1}) P_k, without interpolation, as in Manning et al. (2008), section 8.4.
    """
    order = np.argsort(-probability, kind="stable")
    ranked, values = has[order], probability[order]
    last_of_tie = np.append(values[1:] != values[:-1], True)
    found = np.cumsum(ranked)[last_of_tie].astype(float)
    taken = (np.flatnonzero(last_of_tie) + 1).astype(float)
    positives = float(has.sum())
    recall, precision = found / positives, found / taken
    tpr = np.append(0.0, recall)
    fpr = np.append(0.0, (taken - found) / (len(has) - positives))
    return Ranking(
        false_positive_rate=fpr,
        true_positive_rate=tpr,
        auc=float((np.diff(fpr) * (tpr[1:] + tpr[:-1]) / 2).sum()),
        recall=recall,
        precision=precision,
        average_precision=float((np.diff(recall, prepend=0.0) * precision).sum()),
        share=positives / len(has),
    )

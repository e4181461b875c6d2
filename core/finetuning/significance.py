"""Whether two classifiers that labelled the same rows differ by more than chance."""

from dataclasses import dataclass
from math import exp, fsum, lgamma, log

import numpy as np
import numpy.typing as npt

from core.finetuning.class_report import PERCENTILES, REPLICATES, Interval

Right = npt.NDArray[np.bool_]  # (N) for each row whether the classifier was right


@dataclass(frozen=True)
class Difference:
    """The model's accuracy minus a rival's on the same rows."""

    accuracy: Interval  # of the difference, as a share: 0.01 is one percentage point
    only_model: int  # rows that only the model got right
    only_rival: int  # rows that only the rival got right
    p_value: float


def difference(model: Right, rival: Right, seed: int = 0) -> Difference:
    """Return how much more often `model` is right than `rival`, with a bootstrap interval and McNemar's exact test."""
    n, b, c = len(model), int((model & ~rival).sum()), int((rival & ~model).sum())
    drawn = np.random.default_rng(seed).multinomial(n, [b / n, c / n, (n - b - c) / n], size=REPLICATES)
    low, high = np.percentile((drawn[:, 0] - drawn[:, 1]) / n, PERCENTILES)
    return Difference(Interval((b - c) / n, float(low), float(high)), b, c, mcnemar(b, c))


def mcnemar(b: int, c: int) -> float:
    """Return the two-sided p-value of McNemar's exact test (McNemar 1947, Psychometrika 12).

    Of the b + c rows that only one of two classifiers got right, b is binomial with even odds if they are equally
    good; p is the probability of a split at least as uneven.
    """
    n, least = b + c, min(b, c)
    if b == c:
        return 1.0
    tail = fsum(exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * log(2)) for k in range(least + 1))
    return min(1.0, 2 * tail)

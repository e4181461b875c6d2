"""Whether a probability means what it says: the calibration curve, its error, and temperature scaling.

Guo, Pleiss, Sun and Weinberger (2017), On Calibration of Modern Neural Networks, ICML. Where a row can have several
labels, each (row, label) is one yes-or-no question.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from core.finetuning.evaluation import log_softmax, negative_log_likelihood
from core.finetuning.scored_rows import ScoredRows
from core.randomness import fraction_for

BINS = 15  # Guo et al., section 5
FOLDS = 5
COLDEST, HOTTEST = 0.05, 20.0
HALVINGS = 50

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Bin:
    """Answers of about the same confidence: how many, how confident on average, and how many of them right."""

    rows: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Reliability:
    """The calibration curve, its expected error (ECE, a share) and the mean negative log-likelihood in nats."""

    bins: tuple[Bin, ...]
    ece: float
    nll: float


@dataclass(frozen=True)
class Calibration:
    """Calibration before and after the logits are divided by a temperature.

    `fitted_on_others` is true where the temperature comes from validation rows and is judged on test rows; where there
    are none it is judged on each fifth of the rows with the temperature of the other four (cross-fitting).
    """

    temperature: float
    before: Reliability
    after: Reliability
    rows: int
    fitted_on_others: bool

    @property
    def at_edge(self) -> bool:
        """Whether the temperature is the lowest or the highest of those searched: a better one may lie beyond."""
        return bool(np.isclose(self.temperature, (COLDEST, HOTTEST), rtol=1e-3).any())


def calibration(validation: ScoredRows, test: ScoredRows | None, seed: int = 0) -> Calibration:
    """Return how well the model is calibrated and what temperature scaling changes."""
    temperature = fit_temperature(validation)
    if test is not None:
        before, after = reliability(test), reliability(scaled(test, temperature))
        return Calibration(temperature, before, after, len(test), True)
    fold = np.array([int(FOLDS * fraction_for(seed, row_id, "fold")) for row_id in validation.ids])
    logits = validation.logits.astype(np.float64)
    for number in range(FOLDS):
        inside = fold == number
        if inside.any() and not inside.all():
            logits[inside] /= fit_temperature(_at(validation, ~inside))
    after = reliability(replace(validation, logits=logits))
    return Calibration(temperature, reliability(validation), after, len(validation), False)


def fit_temperature(scored: ScoredRows) -> float:
    """Return the temperature T that minimises the negative log-likelihood of softmax(logits / T), from 0.05 to 20.

    The likelihood's slope in 1 / T, the mean of E_p[logit] - logit of the truth, only rises (the function is convex),
    so its zero is found by halving an interval.
    """
    logits, true = _questions(scored)
    at_truth = logits[np.arange(len(true)), true]

    def slope(inverse: float) -> float:
        p = np.exp(log_softmax(inverse * logits))
        return float(((p * logits).sum(axis=1) - at_truth).mean())

    low, high = np.log(1 / HOTTEST), np.log(1 / COLDEST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(np.exp(middle)) < 0 else (low, middle)
    return float(np.exp(-(low + high) / 2))


def scaled(scored: ScoredRows, temperature: float) -> ScoredRows:
    """Return the rows with their logits divided by `temperature`; no answer changes, only how sure it is."""
    return replace(scored, logits=scored.logits.astype(np.float64) / temperature)


def reliability(scored: ScoredRows) -> Reliability:
    """Return the calibration curve in 15 bins of equal width; bins without rows are left out.

    ECE is the mean over rows of |accuracy - confidence| of the row's bin (Guo et al., equation 3).
    """
    logits, true = _questions(scored)
    p = np.exp(log_softmax(logits))
    confidence, right = p.max(axis=1), p.argmax(axis=1) == true
    number = np.minimum((confidence * BINS).astype(int), BINS - 1)
    bins = tuple(
        Bin(int(inside.sum()), float(confidence[inside].mean()), float(right[inside].mean()))
        for inside in (number == k for k in range(BINS))
        if inside.any()
    )
    ece = sum(bin_.rows * abs(bin_.accuracy - bin_.confidence) for bin_ in bins) / len(true)
    return Reliability(bins, ece, negative_log_likelihood(logits, true))


def _questions(scored: ScoredRows) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return logits (M, C) and true label numbers (M): with several labels a row, a question for each label."""
    logits = scored.logits.astype(np.float64)
    if not scored.multi_label:
        return logits, scored.targets
    yes = logits.ravel()
    return np.stack([np.zeros_like(yes), yes], axis=1), scored.targets.ravel()  # sigmoid(z) is softmax of (0, z)


def _at(scored: ScoredRows, chosen: npt.NDArray[Any]) -> ScoredRows:
    ids = [row_id for row_id, keep in zip(scored.ids, chosen, strict=True) if keep]
    return ScoredRows(ids, scored.targets[chosen], scored.logits[chosen], {})

"""Estimators: how counts become probabilities. Each is a small class; ESTIMATORS knows them by name.

There are two families. A `CountRatio` divides counts of one length and knows no shorter history. An `Interpolated`
estimator gives each n-gram that was seen its share, and hands what is left over to the model of the shorter history.
Chen and Goodman (1999, "An empirical study of smoothing techniques for language modeling") compare most of them.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core.ngram.levels import lengths_of, sums
from core.registry import Registry

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ALL = np.zeros(1, np.int64)  # where the one history of single words begins
DISCOUNT = 0.75
DISCOUNTS = (0.5, 1.0, 1.5)


@dataclass(frozen=True)
class CountRatio:
    """P(w|h) = (count(h, w) + gamma) / (count(h) + gamma V), V the number of words that can follow.

    `fixed_gamma` is None where gamma can be set.
    """

    title: ClassVar[str]
    description: ClassVar[str]
    fixed_gamma: ClassVar[float | None] = None
    adds_up: ClassVar[bool] = True
    gamma: float

    def probabilities(self, counts: Integers, history_counts: Integers, words: int) -> Floats:
        """Return P(w|h) for (N,) counts of h and w together and of h alone; 0 where that is 0 / 0."""
        above, below = counts + self.gamma, history_counts + self.gamma * words
        ratios: Floats = np.divide(above, below, out=np.zeros(len(above)), where=below > 0)
        return ratios


class MaximumLikelihood(CountRatio):
    """The maximum likelihood estimate: gamma is 0 (Chen and Goodman 1999, section 2.1)."""

    title = "Maximum likelihood"
    description = "How often the word followed the history, divided by how often the history was seen. Never smoothed."
    fixed_gamma = 0.0


class Laplace(CountRatio):
    """Add one: gamma is 1 (Laplace 1814; Chen and Goodman 1999, section 2.2)."""

    title = "Laplace"
    description = "As if every word had followed every history once more than it did."
    fixed_gamma = 1.0


class Lidstone(CountRatio):
    """Add gamma (Lidstone 1920; Chen and Goodman 1999, section 2.2)."""

    title = "Lidstone"
    description = "As if every word had followed every history gamma times more than it did."


@dataclass(frozen=True)
class Interpolated(ABC):
    """P(w|h) = share(h, w) + left(h) P(w|h'), h' the history without its first word, P uniform below single words.

    With `continuation`, the count of an n-gram shorter than the order is the number of different words that stand
    before it; n-grams that begin with `<s>`, before which nothing stands, keep their count.
    """

    title: ClassVar[str]
    description: ClassVar[str]
    continuation: ClassVar[bool] = False
    adds_up: ClassVar[bool] = True  # whether the results are probabilities, or scores that do not add up to 1
    unseen: ClassVar[float] = 1.0  # the weight of a history that was never seen
    discounts: tuple[float, ...] = ()  # of n-grams with the counts 0, 1, 2, and 3 or more

    @classmethod
    def fitted(cls, histogram: Integers) -> "tuple[Interpolated, bool]":
        """Return the estimator for n-grams of one length, and whether its documented fallback was needed.

        `histogram` (5,) says how many of these n-grams have the counts 0 to 4.
        """
        return cls(), False

    @abstractmethod
    def shares(self, counts: Integers, firsts: Integers) -> tuple[Floats, Floats]:
        """Return the share of every n-gram (N,) and what is left over for every history (H,).

        `counts` (N,) are those of all n-grams of H histories, one history after the other; `firsts` (H,) are where
        each history begins.
        """

    def word_shares(self, counts: Integers) -> tuple[Floats, float]:
        """Return the share of every single word (V,) and what is left over for the uniform distribution."""
        shares, left = self.shares(counts, ALL)
        return shares, float(left[0])


class WittenBell(Interpolated):
    """Interpolated Witten-Bell (Witten and Bell 1991, method C; Chen and Goodman 1999, section 2.5).

    What is left over is T(h) / (count(h) + T(h)), T(h) the number of different words seen after h. Of single words
    nothing is left over where each of the vocabulary was seen, so that no new one can come.
    """

    title = "Witten-Bell"
    description = "Reckons with new words after a history as often as it brought new ones before."

    def shares(self, counts: Integers, firsts: Integers) -> tuple[Floats, Floats]:
        """See Interpolated.shares."""
        different = sums((counts > 0).astype(np.int64), firsts)
        totals = (sums(counts, firsts) + different).astype(np.float64)
        return counts / np.repeat(totals, lengths_of(firsts, len(counts))), different / totals

    def word_shares(self, counts: Integers) -> tuple[Floats, float]:
        """See Interpolated.word_shares."""
        return (counts / counts.sum(), 0.0) if counts.all() else super().word_shares(counts)


class AbsoluteDiscounting(Interpolated):
    """Interpolated absolute discounting (Ney, Essen and Kneser 1994; Chen and Goodman 1999, section 2.6).

    The discount is n1 / (n1 + 2 n2), n1 and n2 the numbers of n-grams seen once and twice. Where one of them is 0 it
    is DISCOUNT.
    """

    title = "Absolute discounting"
    description = "Takes the same discount off every count, and hands it to shorter histories."

    @classmethod
    def fitted(cls, histogram: Integers) -> tuple[Interpolated, bool]:
        """See Interpolated.fitted."""
        once, twice = histogram[1:3].tolist()
        discount = once / (once + 2 * twice) if once and twice else DISCOUNT
        return cls((0.0, *[discount] * 3)), not (once and twice)

    def shares(self, counts: Integers, firsts: Integers) -> tuple[Floats, Floats]:
        """See Interpolated.shares."""
        taken = np.array(self.discounts)[np.minimum(counts, 3)]
        totals = sums(counts, firsts).astype(np.float64)
        return (counts - taken) / np.repeat(totals, lengths_of(firsts, len(counts))), sums(taken, firsts) / totals


class KneserNey(AbsoluteDiscounting):
    """Interpolated Kneser-Ney (Kneser and Ney 1995; Chen and Goodman 1999, section 2.7)."""

    title = "Kneser-Ney"
    description = "Absolute discounting in which a shorter n-gram counts by how many different words stand before it."
    continuation = True


class ModifiedKneserNey(AbsoluteDiscounting):
    """Interpolated modified Kneser-Ney (Chen and Goodman 1999, section 3, equation 26).

    Y = n1 / (n1 + 2 n2), and the discount of the count c (3 stands for 3 or more) is c - (c + 1) Y n(c+1) / n(c).
    Where n1, n2 or n3 is 0, or a discount is not between 0 and c, the three are DISCOUNTS.
    """

    title = "Modified Kneser-Ney"
    description = "Kneser-Ney with discounts of their own for n-grams seen once, twice, and more often. The best known."
    continuation = True

    @classmethod
    def fitted(cls, histogram: Integers) -> tuple[Interpolated, bool]:
        """See Interpolated.fitted."""
        n = histogram.tolist()
        if all(n[1:4]):
            y = n[1] / (n[1] + 2 * n[2])
            discounts = tuple(c - (c + 1) * y * n[c + 1] / n[c] for c in (1, 2, 3))
            if all(0 <= discount <= c for c, discount in enumerate(discounts, 1)):
                return cls((0.0, *discounts)), False
        return cls((0.0, *DISCOUNTS)), True


class StupidBackoff(Interpolated):
    """Stupid backoff (Brants et al. 2007, "Large language models in machine translation", equation 5).

    Scores, not probabilities: they do not add up to 1. An n-gram that was seen has its maximum likelihood estimate, any
    other 0.4 times the score under the shorter history, and a word that was never seen has the score 0.
    """

    title = "Stupid backoff"
    description = "Scores that are quick to make and do not add up to 1, so their perplexity compares with no other."
    adds_up = False
    unseen = 0.4

    def shares(self, counts: Integers, firsts: Integers) -> tuple[Floats, Floats]:
        """See Interpolated.shares."""
        totals = sums(counts, firsts).astype(np.float64)
        shares = counts / np.repeat(totals, lengths_of(firsts, len(counts)))
        return shares, np.full(len(firsts), self.unseen)

    def word_shares(self, counts: Integers) -> tuple[Floats, float]:
        """See Interpolated.word_shares."""
        return counts / counts.sum(), 0.0


Estimator = type[CountRatio] | type[Interpolated]

ESTIMATORS: Registry[Estimator] = Registry("estimator")
for name, estimator in (
    ("mle", MaximumLikelihood),
    ("laplace", Laplace),
    ("lidstone", Lidstone),
    ("witten-bell", WittenBell),
    ("absolute-discounting", AbsoluteDiscounting),
    ("kneser-ney", KneserNey),
    ("modified-kneser-ney", ModifiedKneserNey),
    ("stupid-backoff", StupidBackoff),
):
    ESTIMATORS.register(name)(estimator)

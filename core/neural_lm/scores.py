"""How well a text is predicted, in numbers."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.neural_lm.vocabulary import UNKNOWN_ID, Ids

LogProbabilities = npt.NDArray[np.float64]  # natural logarithms

HIGHEST = 700.0  # nats; e to the power of more is no number


@dataclass(frozen=True)
class Scores:
    """`tokens` counts the end of each line too, `unknown` those that are not in the vocabulary.

    The log-probabilities are natural and summed, of all tokens and of the unknown ones.
    """

    tokens: int
    unknown: int
    log_probability: float
    log_probability_of_unknown: float

    @classmethod
    def of(cls, targets: Ids, found: LogProbabilities) -> "Scores":
        """Return the scores of the tokens `targets` (N,), at least one, whose log-probabilities are `found` (N,)."""
        unknown = targets == UNKNOWN_ID
        return cls(len(targets), int(unknown.sum()), float(found.sum()), float(found[unknown].sum()))

    def __add__(self, other: "Scores") -> "Scores":
        """Return the scores of both texts together."""
        return Scores(
            self.tokens + other.tokens,
            self.unknown + other.unknown,
            self.log_probability + other.log_probability,
            self.log_probability_of_unknown + other.log_probability_of_unknown,
        )

    @property
    def loss(self) -> float:
        """Mean cross-entropy per token in nats."""
        return -self.log_probability / self.tokens

    @property
    def perplexity(self) -> float:
        """e to the power of the loss: among how many words, as it were, the model hesitates."""
        return perplexity(self.loss)

    @property
    def loss_without_unknown(self) -> float | None:
        """The mean cross-entropy of the tokens that are in the vocabulary, None where there are none."""
        known = self.tokens - self.unknown
        return (self.log_probability_of_unknown - self.log_probability) / known if known else None

    def as_dict(self) -> dict[str, float | int | None]:
        """Return the numbers as JSON types. A softmax gives nothing the probability 0."""
        known = self.loss_without_unknown
        return {
            "perplexity": self.perplexity,
            "perplexity_without_unknown": None if known is None else perplexity(known),
            "tokens": self.tokens,
            "unknown": self.unknown,
            "zero_probability": 0,
            "log10_probability": self.log_probability / math.log(10),
            "bits_per_token": self.loss / math.log(2),
            "bits_per_token_without_unknown": None if known is None else known / math.log(2),
        }


def perplexity(loss: float) -> float:
    """Return e to the power of `loss`, a mean cross-entropy in nats; never infinite."""
    return math.exp(min(loss, HIGHEST))

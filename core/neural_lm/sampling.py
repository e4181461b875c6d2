"""Choosing the next word at random from what a model thinks likely."""

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.neural_lm.vocabulary import UNKNOWN_ID

Logits = npt.NDArray[np.float64]


def choose(
    logits: Logits, rng: np.random.Generator, temperature: float = 1.0, top_k: int | None = None, top_p: float = 1.0
) -> int:
    """Return a word number drawn from softmax(`logits` / `temperature`), `logits` (V,). The unknown word is not drawn.

    Temperature 0 gives the likeliest word. `top_k` leaves only the k likeliest words (Fan et al. 2018, "Hierarchical
    Neural Story Generation", section 5.4); `top_p` then the fewest whose probabilities add up to p at least (Holtzman
    et al. 2020, "The Curious Case of Neural Text Degeneration", section 3.1). Raises InputError for values out of
    bounds.
    """
    check(temperature, top_k, top_p)
    known = np.array(logits, np.float64)
    known[UNKNOWN_ID] = -np.inf
    order = np.argsort(-known, kind="stable")[: min(top_k or len(known), len(known) - 1)]
    if temperature == 0:
        return int(order[0])
    scaled = known[order] / temperature
    probabilities = np.exp(scaled - scaled[0])
    probabilities /= probabilities.sum()
    if top_p < 1:
        enough = int(np.searchsorted(probabilities.cumsum(), top_p)) + 1
        order, probabilities = order[:enough], probabilities[:enough] / probabilities[:enough].sum()
    return int(rng.choice(order, p=probabilities))


def check(temperature: float, top_k: int | None, top_p: float) -> None:
    """Raise InputError for settings that no word can be drawn with."""
    if not 0 <= temperature <= 100:
        raise InputError(f"The temperature cannot be {temperature}.", "Choose one from 0 to 100; 1 is the model's own.")
    if top_k is not None and top_k < 1:
        raise InputError(f"No word can be drawn from the {top_k} likeliest.", "Choose a top-k of 1 or more.")
    if not 0 < top_p <= 1:
        raise InputError(f"The top-p cannot be {top_p}.", "Choose one above 0 and up to 1; 1 leaves all words.")

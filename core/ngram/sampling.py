"""What comes next: the likeliest words after a history, and texts drawn word by word."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import InputError
from core.ngram.estimators import Floats
from core.ngram.model import NgramModel
from core.ngram.vocabulary import BEGIN_WORD, END, UNKNOWN
from core.randomness import rng_for


@dataclass(frozen=True)
class NextWord:
    """A word that may follow, its probability, and how often it followed (None for an imported model)."""

    word: str
    probability: float
    count: int | None


def next_words(model: NgramModel, history: Sequence[str], number: int = 20) -> list[NextWord]:
    """Return the `number` likeliest words after `history`, the likeliest first; `</s>` is the end of the sequence.

    Fewer are returned where fewer have a probability above 0.
    """
    probabilities = model.distribution(history)
    best = np.argsort(-probabilities, kind="stable")[:number]
    words = [model.vocabulary.words[i] for i in best if probabilities[i] > 0]
    counts = [model.counts(history, word).count if model.is_counted else None for word in words]
    return [NextWord(word, float(probabilities[i]), count) for i, word, count in zip(best, words, counts, strict=False)]


@dataclass(frozen=True)
class Drawn:
    """A text that was drawn: its tokens without the prompt, and whether it ended by itself."""

    tokens: tuple[str, ...]
    ended: bool


def sample(
    model: NgramModel,
    prompt: Sequence[str] = (),
    max_tokens: int = 50,
    temperature: float = 1.0,
    top_k: int | None = None,
    seed: int = 0,
) -> Drawn:
    """Return tokens drawn one after the other, each from the model's probabilities after those before it.

    A `temperature` below 1 prefers likely words, one above 1 evens them out; with `top_k` only that many of the
    likeliest are drawn from. `<unk>` is never drawn. After a history for which the model knows nothing (a count ratio
    without smoothing), a shorter one is used. The same seed gives the same text.
    Raises InputError for a temperature that is not above 0 or a `top_k` below 1.
    """
    if not temperature > 0:
        raise InputError(f"A temperature of {temperature} is not possible.", "Give a number above 0.")
    if top_k is not None and top_k < 1:
        raise InputError(f"A top-k of {top_k} leaves no word.", "Give a number of at least 1.")
    rng = rng_for(seed, "sample", "ngram")
    history = [BEGIN_WORD, *prompt]
    drawn: list[str] = []
    while len(drawn) < max_tokens:
        weights = _weights(_known(model, history), temperature, top_k)
        if not weights.any():  # the model knows no word at all but <unk>
            break
        word = int(np.searchsorted(np.cumsum(weights), rng.random() * weights.sum(), side="right"))
        word = min(word, int(np.flatnonzero(weights)[-1]))
        if word == END:
            return Drawn(tuple(drawn), True)
        drawn.append(model.vocabulary.words[word])
        history.append(drawn[-1])
    return Drawn(tuple(drawn), False)


def _known(model: NgramModel, history: list[str]) -> Floats:
    """Return the distribution after the longest end of `history` that gives any word but `<unk>` a probability."""
    recent = history[max(0, len(history) - model.order + 1) :] if model.order > 1 else []
    for start in range(len(recent) + 1):
        probabilities = model.distribution(recent[start:])
        probabilities[UNKNOWN] = 0.0
        if probabilities.any():
            break
    return probabilities


def _weights(probabilities: Floats, temperature: float, top_k: int | None) -> Floats:
    """Return the weights (V,) to draw by; they need not add up to 1."""
    if top_k is not None and top_k < len(probabilities):
        best = np.argsort(-probabilities, kind="stable")[:top_k]
        kept = np.zeros_like(probabilities)
        kept[best] = probabilities[best]
        probabilities = kept
    if temperature == 1:
        return probabilities
    most = probabilities.max(initial=0.0)
    if most <= 0:
        return probabilities
    weights: Floats = np.power(probabilities / most, 1 / temperature)
    return weights

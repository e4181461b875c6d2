"""Vectors of rows by the embedded sentence encoder, and of words by its first layer, where it is installed."""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from core.errors import MissingResource
from core.gan.text.vocabulary import SPECIAL, Vocabulary
from core.text.encoder import SentenceEncoder
from core.text.word_vectors import word_vectors

Vectors = npt.NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]


@cache
def encoder() -> SentenceEncoder | None:
    """Return the sentence encoder, loaded once a process; None where it is not installed."""
    try:
        return SentenceEncoder.load(quick=True)
    except MissingResource:
        return None


def word_start(vocabulary: Vocabulary, width: int) -> Vectors | None:
    """Return vectors of the words to begin with, (V, width): the first principal components of those of the encoder.

    They have the mean square 1 / width; None where the encoder is not installed or has fewer words or numbers.
    """
    if len(vocabulary) < width:
        return None
    try:
        vectors = word_vectors(vocabulary.words)
    except MissingResource:
        return None
    if vectors.shape[1] < width:
        return None
    vectors[: len(SPECIAL)] = 0
    _, directions = np.linalg.eigh(vectors.T @ vectors)
    reduced: Vectors = vectors @ directions[:, ::-1][:, :width]
    return reduced / max(1e-9, float(np.sqrt(np.square(reduced).mean() * width)))

"""Vectors of single words, out of context: the rows of the embedded encoder's first layer.

Schick & Schütze 2020, "BERTRAM", section 2, and others use this layer as word embeddings. Reading it runs no network,
so the numbers are the same on every machine.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.text.embedded_model import embedded_model

TENSOR = "embeddings.word_embeddings.weight"
WORDS_AT_ONCE = 250  # a tokenised word takes kilobytes


def word_vectors(words: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return the vectors of N words, (N, 384) float32, each of length 1: the mean of their word pieces' embeddings.

    The mean over all word pieces is taken off first, so that unlike words have a cosine near 0 (Mu & Viswanath 2018,
    "All-but-the-top"). Raises MissingResource where the embedded model is not installed or damaged.
    """
    folder = embedded_model()
    from safetensors import safe_open
    from tokenizers import Tokenizer

    with safe_open(str(folder / "model.safetensors"), "np") as file:
        pieces = file.get_tensor(TENSOR)  # (V, 384)
    pieces -= pieces.mean(0)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    vectors = np.zeros((len(words), pieces.shape[1]), np.float32)
    for first in range(0, len(words), WORDS_AT_ONCE):
        encodings = tokenizer.encode_batch_fast(list(words[first : first + WORDS_AT_ONCE]), add_special_tokens=False)
        by_length = defaultdict(list)
        for row, encoding in enumerate(encodings, first):
            by_length[len(encoding.ids)].append((row, encoding.ids))
        for same in by_length.values():
            rows, ids = zip(*same, strict=True)
            means = pieces[np.array(ids, np.int64)].mean(1)  # (N, pieces, 384) to (N, 384)
            vectors[list(rows)] = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    return vectors

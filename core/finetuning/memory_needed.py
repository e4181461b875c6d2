"""How much memory a training will need, from the sizes of the model and of its batches.

weights      4 bytes a weight
gradients    4 bytes a trained weight, those of the word vectors left out on a processor, where they are sparse
optimizer    8 bytes a trained weight: AdamW's two moments
activations  what a layer keeps for the way back, with D wide tokens, F wide inner ones, H heads and texts of T
             tokens: (10 D + 2 F + 3 H T) numbers a token, for the tokens computed at once, in the layers that are
             trained or lie above one that is; and under bfloat16 a copy of the weights in 2 bytes
remembered   what the frozen first layers make of the texts (core/finetuning/frozen_part.py): D numbers a token, of the
             first token alone where all layers are frozen, and up to 256 MB
program      Python, torch and transformers, and the rows
"""

import math
from dataclasses import asdict, dataclass

from core.finetuning.shape import Shape, Sizes

PROGRAM = 1_200_000_000  # measured, what torch keeps for its products among it
BFLOAT16_BYTES, FLOAT32_BYTES = 2, 4
REMEMBERED_BYTES = 256 << 20
SLICE_TOKENS = 1_500  # of short texts; keeps a worker below 1.6 GB
ATTENTION_TOKENS = 128  # in a text of this length a token's attention takes as much memory as all else of it


@dataclass(frozen=True)
class Memory:
    """What a training needs, in bytes, by what it is needed for."""

    weights: int
    gradients: int
    optimizer: int
    activations: int
    program: int
    remembered: int = 0

    @property
    def total(self) -> int:
        """All of it together."""
        return sum(asdict(self).values())


def memory_needed(
    shape: Shape, sizes: Sizes, batch_size: int, max_length: int, bfloat16: bool, alone: bool, texts: int | None = None
) -> Memory:
    """Return what the training of a model takes with batches of `batch_size` of the `texts`, of `max_length` tokens.

    `alone` says whether it is trained by one process on a processor, whose gradients of the word vectors are sparse.
    """
    dense = sizes.trained - (sizes.trained_word_vectors if alone else 0)
    size = BFLOAT16_BYTES if bfloat16 else FLOAT32_BYTES
    rows = math.ceil(batch_size / slices_of(batch_size, max_length))
    numbers = 10 * shape.width + 2 * shape.inner + 3 * shape.heads * max_length
    kept = rows * max_length * numbers * sizes.layers_kept * size
    copies = BFLOAT16_BYTES * (sizes.weights - shape.word_vectors) if bfloat16 else 0
    remembered = 0
    if alone and shape.quick and sizes.layers_frozen:
        numbers = shape.width * (max_length if sizes.layers_frozen < shape.layers else 1)
        remembered = min(REMEMBERED_BYTES, numbers * size * texts) if texts is not None else REMEMBERED_BYTES
    return Memory(4 * sizes.weights, 4 * dense, 8 * sizes.trained, kept + copies, PROGRAM, remembered)


def slices_of(rows: int, longest: int) -> int:
    """Return into how many slices a batch of `rows` texts, the longest of `longest` tokens, is cut to save memory."""
    return min(rows, math.ceil(rows * longest * (1 + longest / ATTENTION_TOKENS) / SLICE_TOKENS))

"""The order in which rows are trained on: batches of texts of about the same length, so that little is padding.

Importing this module imports torch.
"""

import math
from collections.abc import Iterator, Sequence

from torch.utils.data import Sampler

from core.randomness import rng_for

POOL_BATCHES = 100


class LengthGroupedBatches(Sampler[int]):  # type: ignore[misc]
    """An order of rows whose successive batches hold texts of about the same length, so that little is padding.

    The rows are shuffled, dealt into pools of up to 100 batches, sorted by length within a pool, and the batches are
    shuffled. It depends on the seed and the epoch alone: Trainer's own sampler draws from torch's global generator,
    so a run that resumes within an epoch would see its rows in another order than a run that was not interrupted.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self._lengths, self._batch_size, self._seed, self._epoch = lengths, batch_size, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Take the order of `epoch`."""
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        rng = rng_for(self._seed, f"epoch {self._epoch}", "batches")
        size = self._batch_size
        rows: list[int] = rng.permutation(len(self)).tolist()
        pool = size * min(POOL_BATCHES, math.ceil(len(self) / size / 2))
        ordered: list[int] = []
        for start in range(0, len(rows), pool):
            ordered += sorted(rows[start : start + pool], key=self._lengths.__getitem__)
        batches = [ordered[start : start + size] for start in range(0, len(ordered), size)]
        short = [batches.pop()] if len(batches[-1]) < size else []  # the incomplete batch can only be the last
        for number in rng.permutation(len(batches)):
            yield from batches[number]
        for batch in short:
            yield from batch

"""Batches of rows with blanks: those learned from, and those that are the same each time. Imports torch."""

from collections.abc import Iterator

import numpy as np
import torch

from core.gan.text.blanks import cut
from core.gan.text.config import GanTextSettings
from core.gan.text.material import Part
from core.gan.text.networks import Batch
from core.gan.text.vocabulary import PAD, UNKNOWN, Flags, Ids
from core.randomness import rng_for

AT_ONCE = 128


def blanks_of(part: Part, rows: Ids, settings: GanTextSettings, salt: str) -> Flags:
    """Return the blanks of some rows of `part`, (n, T): the whole rows with their ends in unconditional mode."""
    if settings.mode == "unconditional":
        whole: Flags = np.arange(part.ids.shape[1])[None, :] <= part.lengths[rows, None]
        return whole
    rng = rng_for(settings.seed, salt, "blanks")
    return cut(
        part.lengths[rows],
        part.ids.shape[1],
        settings.blanks_least,
        settings.blanks_most,
        settings.longest_kept,
        rng,
    )


def batch_of(part: Part, rows: Ids, settings: GanTextSettings, salt: str) -> Batch:
    """Return some rows of `part` with blanks that depend on the seed and `salt` alone."""
    blanks = blanks_of(part, rows, settings, salt)
    width = int(min(part.ids.shape[1], part.lengths[rows].max() + 1))
    ids, blanks = part.ids[rows, :width], blanks[:, :width]
    return Batch.of(ids, blanks, blanks & (ids != PAD) & (ids != UNKNOWN), part.labels[rows])


def in_parts(part: Part, settings: GanTextSettings, salt: str, most: int) -> Iterator[Batch]:
    """Yield the first `most` rows of `part`, AT_ONCE at a time, with the same blanks at every call."""
    total = min(most, len(part))
    for start in range(0, total, AT_ONCE):
        rows = np.arange(start, min(total, start + AT_ONCE))
        yield batch_of(part, rows, settings, f"{salt} {start}")


def order(part: Part, epoch: int, settings: GanTextSettings) -> Ids:
    """Return the order in which the rows are read, (N,)."""
    found: Ids = rng_for(settings.seed, f"epoch {epoch}", "order").permutation(len(part))
    return found


def uniform(shape: tuple[int, int], seed: int, salt: str) -> torch.Tensor:
    """Return random numbers in [0, 1) that depend on the seed and `salt` alone."""
    return torch.from_numpy(rng_for(seed, salt, "words").random(shape, np.float32))

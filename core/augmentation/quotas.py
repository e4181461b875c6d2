"""How many copies of which row: a number for each, or as many as a total or balanced classes ask for.

Rejected rows are made up for in further rounds, from rows that could be changed; which rows come first depends on their
ids and the seed, never on their order.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from core.augmentation.recipe import MAX_COPIES, Recipe
from core.augmentation.train_rows import READ_ROWS, TrainRows
from core.randomness import fraction_for

SALT = "amounts"

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Quotas:
    """`wanted[g]` new rows of each group; `groups` (N,) says which one a row is in, -1 for none."""

    groups: npt.NDArray[np.int32]
    wanted: Counts


def quotas(recipe: Recipe, train: TrainRows) -> Quotas | None:
    """Return how many rows the recipe asks for in all or of each label; None where it says how many of each row."""
    if recipe.balance:
        counts = np.bincount(train.labels[train.labels >= 0], minlength=len(train.names))
        largest = counts.max(initial=0)
        return Quotas(train.labels, largest - counts * recipe.keep_originals)
    if recipe.target_multiplier is None:
        return None
    wanted = round(train.labels.size * (recipe.target_multiplier - recipe.keep_originals))
    return Quotas(np.zeros(len(train), np.int32), np.array([wanted], np.int64))


def fractions(path: Path, seed: int) -> npt.NDArray[np.float64]:
    """Return a number in [0, 1) for each row of the Parquet file at `path`, from its id and the seed."""
    found: list[float] = []
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(READ_ROWS, columns=["id"]):
            found += (fraction_for(seed, row_id, SALT) for row_id in batch.column(0).to_pylist())
    return np.array(found, np.float64)


def share_out(
    quotas: Quotas, left: Counts, copied: Counts, able: npt.NDArray[np.bool_], order: npt.NDArray[np.float64]
) -> Counts:
    """Return how many more copies to make of each row (N,), so that each group gets `left` of them.

    Only `able` rows are copied, none more than MAX_COPIES times with the `copied` ones; the least copied come first,
    then those whose `order` is smallest.
    """
    copies = np.zeros(len(copied), np.int64)
    for group, count in enumerate(left):
        rows = np.flatnonzero((quotas.groups == group) & able & (copied < MAX_COPIES))
        if not len(rows) or count <= 0:
            continue
        rows = rows[np.lexsort((order[rows], copied[rows]))]
        each, rest = divmod(int(count), len(rows))
        copies[rows] = each + (np.arange(len(rows)) < rest)
    room: Counts = np.minimum(copies, MAX_COPIES - copied)
    return room

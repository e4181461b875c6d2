"""How many copies of which row."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from core.augmentation.quotas import Quotas, quotas, share_out
from core.augmentation.recipe import MAX_COPIES
from core.augmentation.train_rows import TrainRows

LABELS = np.array([0, 0, 0, 1, -1], np.int32)
TRAIN = TrainRows(Path("rows"), Path("rows"), ("a", "b"), LABELS)
ORDER = np.array([0.5, 0.1, 0.9, 0.3, 0.2])


def test_quotas_of_balance_and_multiplier(recipe: Callable[..., Any]) -> None:
    assert quotas(recipe(copies=3), TRAIN) is None
    balanced = quotas(recipe(balance=True), TRAIN)
    assert balanced and balanced.wanted.tolist() == [0, 2]
    replaced = quotas(recipe(balance=True, keep_originals=False), TRAIN)
    assert replaced and replaced.wanted.tolist() == [3, 3]
    grown = quotas(recipe(target_multiplier=2.4), TRAIN)
    assert grown and grown.wanted.tolist() == [7]  # 5 rows become 12
    shrunk = quotas(recipe(target_multiplier=0.6, keep_originals=False), TRAIN)
    assert shrunk and shrunk.wanted.tolist() == [3]


def shared(left: list[int], copied: list[int], able: list[bool], labels: Any = LABELS) -> list[int]:
    wanted = Quotas(labels, np.array(left))
    return share_out(wanted, np.array(left), np.array(copied), np.array(able), ORDER).tolist()


def test_copies_are_shared_out_evenly_and_the_rest_by_the_rows_own_numbers() -> None:
    assert shared([4, 3], [0] * 5, [True] * 5) == [1, 2, 1, 3, 0]  # of three rows for four, 0.1 is smallest
    assert shared([4, 0], [0, 9, 0, 0, 0], [True] * 5) == [2, 1, 1, 0, 0]  # the least copied come first
    assert shared([4, 1], [0] * 5, [True, False, True, False, True]) == [2, 0, 2, 0, 0]
    assert shared([-1, 0], [0] * 5, [True] * 5) == [0] * 5


def test_no_row_is_copied_more_than_the_limit() -> None:
    assert shared([0, 10 * MAX_COPIES], [0, 0, 0, 1, 0], [True] * 5) == [0, 0, 0, MAX_COPIES - 1, 0]

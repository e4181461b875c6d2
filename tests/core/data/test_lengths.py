"""Length histograms: every text is in one bin, bins are round, the scale follows the data."""

import itertools
import random

import numpy as np
import pytest

from core.data.lengths import BINS, histogram


def counted(values, unit="characters"):
    return histogram(*np.unique(np.asarray(values), return_counts=True), unit)


def every_part(found):
    return [part for part in (found.below, *found.bins, found.above) if part]


def test_a_small_one_worked_out_by_hand():
    # Ten lengths 3..12: one each. Width max(10 / 40, 1) = 1, so each has a bin of its own.
    found = counted(range(3, 13))
    assert [(part.low, part.high, part.rows) for part in found.bins] == [(n, n, 1) for n in range(3, 13)]
    assert (found.below, found.above, found.scale) == (None, None, "linear")
    assert (found.shortest, found.median, found.mean, found.longest) == (3, 7, 7.5, 12)


def test_bins_start_at_round_numbers():
    # 0 to 399: width 400 / 40 = 10.
    assert [part.low for part in counted(range(400)).bins] == list(range(0, 400, 10))
    # 0 to 400: 401 / 40 is just over 10, so the next round width, 20.
    assert [part.low for part in counted(range(401)).bins] == list(range(0, 401, 20))


def test_a_few_very_long_texts_do_not_flatten_the_rest():
    found = counted([100] * 500 + [150] * 499 + [1_000_000])
    assert found.above is not None
    assert (found.above.rows, found.above.high) == (1, 1_000_000)
    assert found.bins[-1].high < 200


def test_a_long_tail_gets_a_logarithmic_scale():
    found = counted([10] * 800 + [2**k for k in range(4, 14) for _ in range(20)])
    assert found.scale == "log"
    widths = [part.high + 1 - part.low for part in found.bins]
    # From 10 to 8,192 in 40 steps: each is 819.3 ** (1 / 40) = 1.18 times the last, so 10 to 11, then wider and wider.
    assert widths[0] == 2
    assert widths[-1] > 1_000


def test_no_text_and_only_empty_texts():
    assert counted([]).bins == ()
    assert [(part.low, part.high, part.rows) for part in counted([0, 0]).bins] == [(0, 0, 2)]


@pytest.mark.parametrize("seed", range(30))
def test_the_parts_hold_every_text_once_without_gaps(seed):
    rng = random.Random(seed)
    spread = rng.choice([0.1, 0.8, 2.5])
    values = [int(rng.lognormvariate(rng.choice([1, 4]), spread)) for _ in range(rng.choice([1, 2, 50, 2_000]))]
    found = counted(values)
    parts = every_part(found)
    assert sum(part.rows for part in parts) == len(values)
    assert all(part.rows == sum(part.low <= value <= part.high for value in values) for part in parts)
    assert all(left.high + 1 == right.low for left, right in itertools.pairwise(parts))
    assert len(found.bins) <= BINS + 2
    assert found.mean == pytest.approx(sum(values) / len(values))
    assert found.median == sorted(values)[(len(values) - 1) // 2]

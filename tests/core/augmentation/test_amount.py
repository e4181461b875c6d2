from collections import Counter

import pytest

from core.augmentation.amount import how_many, shuffled
from core.randomness import Draws


@pytest.mark.parametrize(
    ("rate", "places", "most", "expected"),
    [(0.1, 20, None, 2), (0.1, 14, None, 1), (0.1, 15, None, 2), (0.1, 3, None, 1), (0.5, 0, None, 0), (1, 9, 4, 4)],
)
def test_a_share_is_rounded_and_at_least_one(rate: float, places: int, most: int | None, expected: int) -> None:
    assert how_many(rate, places, most) == expected


def test_every_order_is_as_likely() -> None:
    # 6 orders of 3, 6,000 times: 1,000 each, standard deviation sqrt(6,000 * 5 / 36) = 29.
    found = Counter("".join(shuffled("abc", Draws(seed, "r"))) for seed in range(6_000))
    assert len(found) == 6 and all(abs(count - 1_000) < 5 * 29 for count in found.values())

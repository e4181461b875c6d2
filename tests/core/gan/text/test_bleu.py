import math

import pytest

from core.gan.text.bleu import References, mean_bleu, self_bleu

CAT = ["the", "cat", "sat", "on", "the", "mat"]


def test_bleu_worked_out_by_hand():
    # Papineni's example: "the" stands twice in the reference, so 2 of 7 are matched.
    assert References([CAT]).bleu(["the"] * 7, 1) == pytest.approx(2 / 7)
    # Words: the cat sat here: 3 of 4. Pairs: 2 of 3. The reference has 6 words, the row 4.
    found = References([CAT]).bleu(["the", "cat", "sat", "here"], 2)
    assert found == pytest.approx(math.sqrt(3 / 4 * 2 / 3) * math.exp(1 - 6 / 4))
    assert mean_bleu([CAT, ["dog"]], [CAT], 1) == pytest.approx((1 + 0.1 * math.exp(1 - 6)) / 2)


def test_a_row_is_left_out_of_its_own_references():
    assert self_bleu([CAT, ["a", "dog"]], 1) < 0.1
    assert self_bleu([CAT, CAT], 4) == pytest.approx(1)
    # Each "the cat ..." shares 2 of 3 words with the other one.
    assert self_bleu([["the", "cat", "runs"], ["the", "cat", "eats"]], 1) == pytest.approx(2 / 3)


def test_odd_rows():
    assert References([CAT]).bleu([], 4) == 0
    assert References([CAT]).bleu(["mat"], 4) == pytest.approx(math.exp(-5)), "a row of one word has no pairs"
    assert self_bleu([["alone"]], 2) == pytest.approx(0.1)

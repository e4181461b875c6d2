from collections import Counter

import numpy as np
import pytest

from core.errors import InputError
from core.neural_lm.sampling import choose

# Word 0 is the unknown one. The others have the probabilities 0.5, 0.3, 0.15 and 0.05.
LOGITS = np.log([0.7, 0.5, 0.3, 0.15, 0.05])


def shares(**settings):
    rng = np.random.default_rng(0)
    drawn = Counter(choose(LOGITS, rng, **settings) for _ in range(4_000))
    return [drawn[word] / 4_000 for word in range(5)]


def test_words_are_drawn_as_often_as_they_are_likely_and_the_unknown_one_never():
    assert shares() == pytest.approx([0, 0.5, 0.3, 0.15, 0.05], abs=0.03)


def test_temperature_squares_the_odds_at_a_half():
    # 0.25, 0.09, 0.0225 and 0.0025 add up to 0.365
    assert shares(temperature=0.5) == pytest.approx([0, 0.685, 0.247, 0.062, 0.007], abs=0.03)
    assert shares(temperature=0) == [0, 1, 0, 0, 0]


def test_top_k_and_top_p_leave_the_likeliest():
    assert shares(top_k=2) == pytest.approx([0, 0.625, 0.375, 0, 0], abs=0.03)
    assert shares(top_k=1) == [0, 1, 0, 0, 0]
    assert shares(top_k=1_000) == pytest.approx(shares(), abs=0.03)
    assert shares(top_p=0.79) == pytest.approx([0, 0.625, 0.375, 0, 0], abs=0.03)  # 0.5 is too little, 0.5 + 0.3 enough
    assert shares(top_p=0.81) == pytest.approx([0, 0.526, 0.316, 0.158, 0], abs=0.03)
    assert shares(top_p=1e-9) == [0, 1, 0, 0, 0]
    assert shares(top_k=2, top_p=0.6) == [0, 1, 0, 0, 0]  # of the two, the first has 0.625


def test_nothing_overflows():
    assert choose(np.array([0.0, 1e4, -1e4]), np.random.default_rng(0), temperature=1e-3) == 1


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"temperature": -1}, "temperature"), ({"temperature": float("nan")}, "temperature"), ({"top_k": 0}, "top-k")]
    + [({"top_p": p}, "top-p") for p in (0, 1.5, float("nan"))],
)
def test_what_no_word_can_be_drawn_with_is_refused(settings, said):
    with pytest.raises(InputError, match=said):
        choose(LOGITS, np.random.default_rng(0), **settings)

import math

import numpy as np
import pytest

from core.neural_lm.scores import Scores

TARGETS = np.array([5, 0, 2, 1], np.int32)
FOUND = np.log([1 / 2, 1 / 8, 1 / 4, 1 / 4])


def test_the_numbers_follow_from_the_probabilities():
    # Bits: 1 + 3 + 2 + 2 = 8 for four tokens; without the unknown one, 5 for three.
    assert Scores.of(TARGETS, FOUND).as_dict() == {
        "perplexity": pytest.approx(4.0),
        "perplexity_without_unknown": pytest.approx(2 ** (5 / 3)),
        "tokens": 4,
        "unknown": 1,
        "zero_probability": 0,
        "log10_probability": pytest.approx(-8 * math.log10(2)),
        "bits_per_token": pytest.approx(2.0),
        "bits_per_token_without_unknown": pytest.approx(5 / 3),
    }


def test_scores_of_parts_add_up():
    both = Scores.of(TARGETS[:1], FOUND[:1]) + Scores.of(TARGETS[1:], FOUND[1:])
    assert both.as_dict() == pytest.approx(Scores.of(TARGETS, FOUND).as_dict())


def test_there_is_no_perplexity_of_nothing_and_none_is_infinite():
    unknown = Scores.of(TARGETS[1:2], FOUND[1:2]).as_dict()
    assert unknown["perplexity_without_unknown"] is unknown["bits_per_token_without_unknown"] is None
    assert math.isfinite(Scores.of(TARGETS, np.full(4, -1e5)).perplexity)

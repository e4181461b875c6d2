"""How certain a difference of perplexities is."""

import math

import numpy as np
import pytest

from pages.ui.lm_interval import interval


def test_the_interval_is_that_of_a_mean_of_lines() -> None:
    # Lines of 2 tokens each; the first model's log-probability of a line is higher by 0.2 or 0.6 nats.
    low, high = interval(np.array([0.2, 0.6] * 50), 200)
    # The mean per token is 40 / 200 = 0.2. The variance of a line is 100 / 99 * 0.04, so the standard error of the sum
    # over 100 lines is sqrt(100 * 0.0404) = 2.010, and 2.010 / 200 = 0.01005 a token.
    assert low == pytest.approx(math.exp(-0.2 - 1.96 * 0.01005), rel=1e-4)
    assert high == pytest.approx(math.exp(-0.2 + 1.96 * 0.01005), rel=1e-4)


def test_equal_models_have_a_ratio_of_one_and_one_line_says_nothing() -> None:
    assert interval(np.zeros(10), 50) == (1.0, 1.0)
    assert interval(np.array([0.3]), 5) is None

import numpy as np
import pytest
from scipy.stats import binomtest

from core.finetuning.significance import difference, mcnemar


def test_mcnemar_worked_out_by_hand():
    # 1 against 5: 2 * (1 + 6) / 2^6 of all ways that 6 coins can fall are as uneven or more.
    assert mcnemar(1, 5) == mcnemar(5, 1) == pytest.approx(14 / 64)
    assert mcnemar(0, 0) == mcnemar(7, 7) == 1.0
    assert mcnemar(0, 10) == pytest.approx(2 / 1024)


@pytest.mark.parametrize(("b", "c"), [(3, 4), (30, 60), (480, 520), (10_000, 10_300)])
def test_mcnemar_agrees_with_the_binomial_test(b, c):
    assert mcnemar(b, c) == pytest.approx(binomtest(b, b + c, 0.5).pvalue, rel=1e-8)


def test_a_difference_has_the_sign_of_the_better_one():
    model = np.array([True] * 80 + [False] * 20)
    rival = np.array([True] * 70 + [False] * 25 + [True] * 5)
    found = difference(model, rival)
    assert (found.only_model, found.only_rival) == (10, 5)
    assert found.accuracy.value == pytest.approx(0.05)
    assert found.accuracy.low < 0 < found.accuracy.high
    assert found.p_value == pytest.approx(binomtest(5, 15, 0.5).pvalue)
    back = difference(rival, model)
    assert back.accuracy.value == pytest.approx(-0.05)
    assert back.p_value == found.p_value


def test_the_same_answers_do_not_differ():
    found = difference(np.array([True, False]), np.array([True, False]))
    assert (found.accuracy.low, found.accuracy.value, found.accuracy.high, found.p_value) == (0, 0, 0, 1)

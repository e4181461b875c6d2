import numpy as np
import pytest

from core.gan.text.frechet import frechet


def test_in_one_dimension_worked_out_by_hand():
    # Means 1 and 5, variances 2 and 8: (5 - 1)^2 + (sqrt 8 - sqrt 2)^2 = 16 + 2.
    assert frechet(np.array([[0.0], [2.0]]), np.array([[3.0], [7.0]])) == pytest.approx(18)


def test_it_agrees_with_the_formula_of_matrix_roots():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(60, 5)), rng.normal(1, 2, size=(40, 5)) @ rng.normal(size=(5, 5))
    left, right = np.cov(a.T), np.cov(b.T)
    roots = np.sqrt(np.linalg.eigvals(left @ right).real).sum()
    apart = a.mean(0) - b.mean(0)
    assert frechet(a, b) == pytest.approx(apart @ apart + np.trace(left) + np.trace(right) - 2 * roots)
    assert frechet(a, a) == pytest.approx(0, abs=1e-9)
    assert frechet(a, b) == pytest.approx(frechet(b, a))

import math

import numpy as np
import pytest

from core.finetuning.calibration import calibration, fit_temperature, reliability, scaled
from core.finetuning.scored_rows import ScoredRows


def drawn(n, sharpness, seed=0, labels=3):
    """Rows whose labels are drawn by the softmax of their logits, which are then multiplied by `sharpness`."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (n, labels))
    targets = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)  # Gumbel-max draws by softmax
    return ScoredRows([f"r{i}" for i in range(n)], targets, logits * sharpness, {})


def test_the_curve_worked_out_by_hand():
    # Two rows of probability 3/4, one of them right; one of 1/2 + a little, right.
    logits = np.array([[math.log(3), 0], [math.log(3), 0], [0.001, 0]])
    found = reliability(ScoredRows(["a", "b", "c"], np.array([0, 1, 0]), logits, {}))
    assert [(bin_.rows, round(bin_.confidence, 2), bin_.accuracy) for bin_ in found.bins] == [
        (1, 0.5, 1),
        (2, 0.75, 0.5),
    ]
    assert found.ece == pytest.approx((1 * 0.5 + 2 * 0.25) / 3, abs=1e-3)
    assert found.nll == pytest.approx(-(math.log(3 / 4) + math.log(1 / 4) + math.log(1 / 2)) / 3, abs=1e-3)


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 3.0])
def test_the_temperature_undoes_what_made_the_logits_too_sharp(sharpness):
    rows = drawn(20_000, sharpness)
    assert fit_temperature(rows) == pytest.approx(sharpness, rel=0.05)


def test_the_temperature_is_where_the_likelihood_is_highest():
    rows = drawn(500, 2.5)
    best = fit_temperature(rows)
    at_best = reliability(scaled(rows, best)).nll
    assert at_best < reliability(scaled(rows, best * 1.05)).nll
    assert at_best < reliability(scaled(rows, best / 1.05)).nll


def test_a_model_without_a_mistake_gets_the_lowest_temperature():
    assert fit_temperature(ScoredRows(["a", "b"], np.array([0, 1]), np.eye(2), {})) == pytest.approx(0.05)


def test_a_temperature_at_the_edge_of_the_search_is_known():
    right = ScoredRows(["a", "b"], np.array([0, 1]), np.eye(2), {})
    wrong = ScoredRows(["a", "b"], np.array([1, 0]), np.eye(2), {})
    assert calibration(right, None).at_edge
    assert calibration(wrong, None).at_edge
    assert calibration(wrong, None).temperature == pytest.approx(20)
    assert not calibration(drawn(500, 3.0), None).at_edge


def test_fitted_on_validation_rows_and_judged_on_test_rows():
    validation, test = drawn(4_000, 3.0, seed=1), drawn(4_000, 3.0, seed=2)
    found = calibration(validation, test)
    assert found.fitted_on_others
    assert found.rows == 4_000
    assert found.temperature == fit_temperature(validation)
    assert found.before == reliability(test)
    assert found.after == reliability(scaled(test, found.temperature))
    assert found.after.ece < 0.03 < found.before.ece
    assert found.after.nll < found.before.nll


def test_without_test_rows_each_fifth_is_judged_by_the_others():
    rows = drawn(2_000, 3.0)
    found = calibration(rows, None)
    assert not found.fitted_on_others
    # Held-out temperatures cannot beat the one fitted on the very rows.
    assert reliability(scaled(rows, found.temperature)).nll <= found.after.nll < found.before.nll


def test_several_labels_are_a_question_each():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (5_000, 3))
    targets = (rng.random((5_000, 3)) < 1 / (1 + np.exp(-logits))).astype(int)
    rows = ScoredRows([f"r{i}" for i in range(5_000)], targets, logits * 2, {})
    assert fit_temperature(rows) == pytest.approx(2, rel=0.05)
    assert sum(bin_.rows for bin_ in reliability(rows).bins) == 15_000

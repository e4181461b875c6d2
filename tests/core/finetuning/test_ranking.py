import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from core.finetuning.ranking import curves, ranking
from core.finetuning.scored_rows import ScoredRows


def test_curves_worked_out_by_hand():
    # Ranked: has, has not, has, has not. Thresholds take 1, 2, 3 and 4 rows.
    found = curves(np.array([True, False, True, False]), np.array([0.9, 0.8, 0.7, 0.1]))
    assert found.true_positive_rate.tolist() == [0, 0.5, 0.5, 1, 1]
    assert found.false_positive_rate.tolist() == [0, 0, 0.5, 0.5, 1]
    assert found.auc == 0.75  # of the 4 pairs (has, has not) 3 are in the right order
    assert found.recall.tolist() == [0.5, 0.5, 1, 1]
    assert found.precision.tolist() == pytest.approx([1, 1 / 2, 2 / 3, 2 / 4])
    assert found.average_precision == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert found.share == 0.5


def test_rows_of_equal_probability_are_one_threshold():
    found = curves(np.array([True, False]), np.array([0.5, 0.5]))
    assert found.auc == 0.5
    assert found.average_precision == 0.5


def test_curves_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    has, probability = rng.random(200) < 0.3, rng.random(200).round(2)  # with ties
    found = curves(has, probability)
    assert found.auc == pytest.approx(roc_auc_score(has, probability))
    assert found.average_precision == pytest.approx(average_precision_score(has, probability))
    fpr, tpr, _ = roc_curve(has, probability, drop_intermediate=False)
    assert found.false_positive_rate == pytest.approx(fpr)
    assert found.true_positive_rate == pytest.approx(tpr)


def test_a_label_that_all_rows_have_or_none_cannot_be_ranked():
    rows = ScoredRows(["a", "b"], np.array([0, 0]), np.array([[1.0, 2.0, 0.0], [2.0, 1.0, 0.0]]), {})
    assert ranking(rows, 0) is None
    assert ranking(rows, 1) is None
    several = ScoredRows(["a", "b"], np.array([[1, 0], [0, 1]]), np.array([[1.0, 2.0], [-1.0, 1.0]]), {})
    assert ranking(several, 0).auc == 1
    assert ranking(several, 1).auc == 0

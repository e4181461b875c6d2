import math

import numpy as np
import pytest
from sklearn.metrics import f1_score, matthews_corrcoef

from core.finetuning.evaluation import log_softmax, macro_f1, predicted, probabilities, score


def test_scores_worked_out_by_hand():
    # Probabilities of label 1: 1/4, 3/4, 3/4, 1/2 (a tie goes to label 0). True labels: 0, 1, 0, 1.
    logits = np.array([[math.log(3), 0], [0, math.log(3)], [0, math.log(3)], [5, 5]], np.float32)
    scores = score(logits, [0, 1, 0, 1])
    assert scores.confusion.tolist() == [[1, 1], [1, 1]]
    assert scores.accuracy == 0.5
    # The true labels had probabilities 3/4, 3/4, 1/4 and 1/2.
    assert scores.loss == pytest.approx(-(2 * math.log(3 / 4) + math.log(1 / 4) + math.log(1 / 2)) / 4, rel=1e-6)
    # Both labels have TP 1, FP 1, FN 1: F1 = 2 / 4.
    assert scores.macro_f1 == 0.5
    assert scores.mcc == 0  # no better than chance
    assert scores.rows == 4
    assert scores.matrix(["a", "b"]) == {"labels": ["a", "b"], "matrix": [[1, 1], [1, 1]]}


def test_macro_f1_is_of_the_labels_that_occur():
    confusion = np.array([[3, 1, 0], [0, 2, 0], [0, 0, 0]])
    # Label 0: TP 3, FP 0, FN 1 -> 6/7. Label 1: TP 2, FP 1, FN 0 -> 4/5. Label 2 is neither true nor predicted.
    assert macro_f1(confusion) == pytest.approx((6 / 7 + 4 / 5) / 2)


def test_macro_f1_and_mcc_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    for _ in range(20):
        true, predicted = rng.integers(0, 5, 30), rng.integers(0, 5, 30)
        logits = np.eye(5, dtype=np.float32)[predicted]
        scores = score(logits, true.tolist())
        assert scores.macro_f1 == pytest.approx(f1_score(true, predicted, average="macro"))
        assert scores.mcc == pytest.approx(matthews_corrcoef(true, predicted))


def test_log_softmax_sums_to_one_and_does_not_overflow():
    logits = np.array([[1e4, 0, -1e4], [1, 2, 3]], np.float32)
    assert np.exp(log_softmax(logits)).sum(axis=1) == pytest.approx([1, 1])
    assert log_softmax(logits)[0, 2] == -2e4


def test_several_labels_a_row_worked_out_by_hand():
    # A logit of 0 is even odds, and the label is given. Label 0: given, given, not. Label 1: given, not, not.
    logits = np.array([[0, math.log(3)], [math.log(3), -math.log(3)], [-math.log(3), -math.log(3)]], np.float32)
    scores = score(logits, [[1, 1], [0, 0], [0, 1]])
    # Label 0: one hit, one false alarm, one rightly left. Label 1: one hit, one miss, one rightly left.
    assert scores.confusion.tolist() == [[[1, 1], [0, 1]], [[1, 0], [1, 1]]]
    assert scores.accuracy == pytest.approx(1 / 3)  # only the first row has exactly its labels
    assert scores.macro_f1 == pytest.approx((2 / 3 + 2 / 3) / 2)
    # Of either label: (1 * 1 - 1 * 0) / (2 * 1 * 2 * 1) ** 0.5.
    assert scores.mcc == pytest.approx(1 / 2)
    # The probabilities of what is true: 1/2 and 3/4; 1/4 and 3/4; 3/4 and 1/4.
    assert scores.loss == pytest.approx(-(math.log(1 / 2) + 3 * math.log(3 / 4) + 2 * math.log(1 / 4)) / 6, rel=1e-6)
    assert scores.rows == 3
    assert predicted(logits, multi_label=True).tolist() == [[1, 1], [1, 0], [0, 0]]


def test_probabilities_by_softmax_or_sigmoid():
    logits = np.array([[math.log(3), 0.0], [-1e4, 1e4]], np.float32)
    assert probabilities(logits, multi_label=False).tolist() == [pytest.approx([3 / 4, 1 / 4]), [0, 1]]
    assert probabilities(logits, multi_label=True).tolist() == [pytest.approx([3 / 4, 1 / 2]), [0, 1]]

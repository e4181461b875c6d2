import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef, precision_recall_fscore_support

from core.finetuning.class_report import class_report
from core.finetuning.scored_rows import ScoredRows

LABELS = ["a", "b", "c"]


def scored(true, given, labels=3):
    logits = np.eye(labels, dtype=np.float32)[given]
    return ScoredRows([str(i) for i in range(len(true))], np.asarray(true), logits, {})


def several(true, given):
    return ScoredRows([str(i) for i in range(len(true))], np.asarray(true), np.asarray(given) * 2.0 - 1, {})


def test_measures_worked_out_by_hand():
    # Of 4 rows of a 3 are right and one is called b; of 2 of b one is right and one is called c; nothing of c.
    report = class_report(scored([0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 2]), LABELS)
    a, b, c = report.labels
    assert report.rows == 6
    assert report.accuracy.value == pytest.approx(4 / 6)
    assert (a.rows, a.given, a.precision.value, a.recall.value) == (4, 3, 1.0, 0.75)
    assert (b.rows, b.given, b.precision.value, b.recall.value) == (2, 2, 0.5, 0.5)
    assert (c.rows, c.given, c.precision.value, c.recall.value, c.f1.value) == (0, 1, 0, 0, 0)
    assert report.macro_f1.value == pytest.approx((6 / 7 + 1 / 2 + 0) / 3)
    # R_K: (4 * 6 - (4 * 3 + 2 * 2 + 0 * 1)) / sqrt((36 - 16 - 4) * (36 - 9 - 4 - 1)) = 8 / sqrt(16 * 22)
    assert report.mcc.value == pytest.approx(8 / (16 * 22) ** 0.5)


def test_measures_agree_with_scikit_learn():
    rng = np.random.default_rng(1)
    for _ in range(10):
        true, given = rng.integers(0, 3, 40), rng.integers(0, 3, 40)
        report = class_report(scored(true, given), LABELS)
        assert report.accuracy.value == pytest.approx(accuracy_score(true, given))
        assert report.mcc.value == pytest.approx(matthews_corrcoef(true, given))
        theirs = precision_recall_fscore_support(true, given, labels=range(3), zero_division=0)[:3]
        ours = [[getattr(label, name).value for label in report.labels] for name in ("precision", "recall", "f1")]
        assert np.array(ours) == pytest.approx(np.array(theirs))


def test_several_labels_a_row_agree_with_scikit_learn():
    rng = np.random.default_rng(2)
    true, given = rng.integers(0, 2, (50, 3)), rng.integers(0, 2, (50, 3))
    report = class_report(several(true, given), LABELS)
    assert report.accuracy.value == pytest.approx(accuracy_score(true, given))
    assert report.macro_f1.value == pytest.approx(f1_score(true, given, average="macro"))
    assert report.mcc.value == pytest.approx(np.mean([matthews_corrcoef(true[:, c], given[:, c]) for c in range(3)]))
    assert [label.rows for label in report.labels] == true.sum(axis=0).tolist()


def test_the_bootstrap_is_that_of_drawn_rows():
    """Counts of outcomes drawn as multinomial numbers give the interval that drawing rows gives."""
    rng = np.random.default_rng(3)
    true = rng.integers(0, 3, 300)
    given = np.where(rng.random(300) < 0.7, true, rng.integers(0, 3, 300))
    report = class_report(scored(true, given), LABELS)
    drawn = [rng.integers(0, 300, 300) for _ in range(400)]
    theirs = np.percentile([f1_score(true[rows], given[rows], average="macro") for rows in drawn], (2.5, 97.5))
    assert (report.macro_f1.low, report.macro_f1.high) == pytest.approx(tuple(theirs), abs=0.015)
    # The accuracy's interval is that of a binomial share: 1.96 standard errors on both sides.
    p = report.accuracy.value
    error = 1.96 * (p * (1 - p) / 300) ** 0.5
    assert (report.accuracy.low, report.accuracy.high) == pytest.approx((p - error, p + error), abs=0.012)


def test_the_seed_decides_the_intervals_and_every_value_is_inside():
    rows = scored([0, 1, 2] * 20, [0, 1, 1] * 20)
    assert class_report(rows, LABELS, seed=5) == class_report(rows, LABELS, seed=5)
    assert class_report(rows, LABELS, seed=5) != class_report(rows, LABELS, seed=6)
    report = class_report(rows, LABELS)
    for interval in (report.accuracy, report.macro_f1, report.mcc, *(label.f1 for label in report.labels)):
        assert interval.low <= interval.value <= interval.high


def test_two_hundred_labels_are_quick_enough_to_hold_in_memory():
    rng = np.random.default_rng(0)
    true, given = rng.integers(0, 200, 3_000), rng.integers(0, 200, 3_000)
    report = class_report(scored(true, given, labels=200), [str(n) for n in range(200)])
    assert len(report.labels) == 200

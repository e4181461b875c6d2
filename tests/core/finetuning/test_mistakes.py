from itertools import pairwise

import numpy as np
import pytest

from core.finetuning.mistakes import by_label, by_length, likely_wrong_labels, mistakes
from core.finetuning.scored_rows import ScoredRows


def rows(targets, p):
    return ScoredRows([f"r{i}" for i in range(len(targets))], np.asarray(targets), np.log(np.asarray(p, float)), {})


def test_the_most_confident_mistake_comes_first():
    found = mistakes(rows([0, 0, 1, 1], [[0.9, 0.1], [0.4, 0.6], [0.95, 0.05], [0.2, 0.8]]))
    assert [(mistake.row, round(mistake.confidence, 2)) for mistake in found] == [(2, 0.95), (1, 0.6)]


def test_confident_learning_worked_out_by_hand():
    # Thresholds: mean of 0.9, 0.8 and 0.1 for label 0 is 0.6; mean of 0.9, 0.7 and 0.35 for label 1 is 0.65.
    p = [[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.1, 0.9], [0.3, 0.7], [0.65, 0.35]]
    given = [0, 0, 0, 1, 1, 1]
    # Row 2 reaches label 1 with 0.9 and row 5 label 0 with 0.65; a row that reaches no threshold is not suspect.
    assert likely_wrong_labels(rows(given, p)).tolist() == [False, False, True, False, False, True]
    assert [mistake.suspect for mistake in mistakes(rows(given, p))] == [True, True]


def test_a_mistake_below_the_threshold_is_not_suspect():
    # Label 1's threshold is 0.9: 0.55 is a mistake, but no reason to doubt the label.
    assert likely_wrong_labels(rows([0, 1, 0], [[0.9, 0.1], [0.1, 0.9], [0.45, 0.55]])).tolist() == [False] * 3


def test_flipped_labels_are_found():
    rng = np.random.default_rng(0)
    true = rng.integers(0, 2, 500)
    sure = np.where(true == 1, 0.95, 0.05) + rng.normal(0, 0.02, 500)
    given = true.copy()
    flipped = rng.choice(500, 25, replace=False)
    given[flipped] = 1 - given[flipped]
    suspects = np.flatnonzero(likely_wrong_labels(rows(given, np.stack([1 - sure, sure], axis=1).clip(0.001))))
    assert set(flipped) <= set(suspects)
    assert len(suspects) <= 60


def test_with_several_labels_each_is_doubted_alone():
    logits = np.array([[3, 3], [3, -3], [-3, 3], [-3, -3], [-3, 3.0]])
    found = mistakes(ScoredRows(list("abcde"), np.array([[1, 1], [1, 0], [0, 1], [0, 0], [1, 1]]), logits, {}))
    assert [(mistake.row, mistake.suspect) for mistake in found] == [(4, True)]
    assert found[0].confidence == pytest.approx(1 / (1 + np.exp(-3)))


def test_mistakes_by_length():
    lengths = [10] * 10 + [20] * 10 + [30] * 10
    right = np.array([True] * 10 + [True] * 5 + [False] * 5 + [False] * 10)
    groups = by_length(lengths, right)
    assert [(group.shortest, group.longest, group.found.rows, group.found.wrong) for group in groups] == [
        (10, 10, 10, 0),
        (20, 20, 10, 5),
        (30, 30, 10, 10),
    ]
    # Wilson for 5 of 10: (5 + 1.92 -+ 1.96 * sqrt(2.5 + 0.96)) / 13.84
    assert (groups[1].found.low, groups[1].found.high) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert (groups[0].found.low, groups[2].found.high) == (0, pytest.approx(1))


def test_length_groups_hold_every_row_once():
    lengths = np.random.default_rng(0).integers(1, 400, 333)
    groups = by_length(lengths, np.ones(333, bool))
    assert len(groups) == 5
    assert sum(group.found.rows for group in groups) == 333
    assert all(a.longest < b.shortest for a, b in pairwise(groups))
    assert len(by_length([7], np.array([True]))) == 1


def test_mistakes_by_label_are_rows_that_have_it_and_were_not_given_it():
    found = by_label(rows([0, 0, 0, 1], [[0.9, 0.1], [0.4, 0.6], [0.3, 0.7], [0.2, 0.8]]))
    assert [(label.rows, label.wrong) for label in found] == [(3, 2), (1, 0)]
    logits = np.array([[1, -1, -1], [-1, 1, -1], [1, 1, -1.0]])
    several = ScoredRows(list("abc"), np.array([[1, 1, 0], [1, 0, 0], [0, 1, 0]]), logits, {})
    assert [(label.rows, label.wrong) for label in by_label(several)] == [(2, 1), (2, 1), (0, 0)]

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight

from core.finetuning.config import FinetuneConfig
from core.finetuning.losses import balanced, loss_for

# Probabilities of label 1: 1/4, 1/2, 3/4; the true labels are 0, 1, 0.
LOGITS = torch.tensor([[math.log(3), 0.0], [0.0, 0.0], [0.0, math.log(3)]])
TARGETS = torch.tensor([0, 1, 0])


def value(logits, targets, items=None, **settings):
    config = FinetuneConfig(version="v", **settings)
    return loss_for(config, targets.tolist(), logits.shape[1])(SimpleNamespace(logits=logits), targets, items).item()


def test_it_is_the_mean_over_the_rows():
    assert value(LOGITS, TARGETS) == pytest.approx(-(math.log(3 / 4) + math.log(1 / 2) + math.log(1 / 4)) / 3)


def test_the_parts_of_a_step_add_up_to_its_mean():
    loss = loss_for(FinetuneConfig(version="v"), TARGETS.tolist(), 2)
    parts = [
        loss(SimpleNamespace(logits=LOGITS[part]), TARGETS[part], num_items_in_batch=3)
        for part in (slice(0, 2), slice(2, 3))
    ]
    assert sum(parts).item() == pytest.approx(value(LOGITS, TARGETS))


def test_balanced_weights_let_labels_count_alike():
    # Two rows of label 0 and one of label 1: 3 / (2 * 2) and 3 / (2 * 1).
    expected = -(0.75 * math.log(3 / 4) + 1.5 * math.log(1 / 2) + 0.75 * math.log(1 / 4)) / 3
    assert value(LOGITS, TARGETS, class_weights="balanced") == pytest.approx(expected)
    targets = np.random.default_rng(0).integers(0, 4, 50)
    theirs = compute_class_weight("balanced", classes=np.arange(4), y=targets)
    assert balanced(targets, 4) == pytest.approx(theirs)


def test_smoothing_spreads_a_share_over_all_labels():
    # The target of each row is 0.9 of its label and 0.05 of either.
    chances = [(3 / 4, 1 / 4), (1 / 2, 1 / 2), (1 / 4, 3 / 4)]  # of the true label and of the other
    expected = -sum(0.95 * math.log(p) + 0.05 * math.log(q) for p, q in chances) / 3
    assert value(LOGITS, TARGETS, label_smoothing=0.1) == pytest.approx(expected)


def test_several_labels_have_a_binary_cross_entropy_each():
    logits = torch.tensor([[math.log(3), 0.0], [0.0, -math.log(3)]])  # chances 3/4 and 1/2; 1/2 and 1/4
    targets = torch.tensor([[1, 0], [0, 1]])
    logs = [math.log(3 / 4), math.log(1 / 2), math.log(1 / 2), math.log(1 / 4)]
    assert value(logits, targets, label_separator=",") == pytest.approx(-sum(logs) / 4)
    # Half smoothing moves 1 to 3/4 and 0 to 1/4.
    mixed = [(3 / 4, 3 / 4), (1 / 4, 1 / 2), (1 / 4, 1 / 2), (3 / 4, 1 / 4)]  # target and chance
    expected = -sum(t * math.log(p) + (1 - t) * math.log(1 - p) for t, p in mixed) / 4
    assert value(logits, targets, label_separator=",", label_smoothing=0.5) == pytest.approx(expected)


def test_a_present_label_counts_as_the_absences_of_it():
    assert balanced(np.array([[1, 0], [0, 0], [1, 1], [0, 0]]), 2).tolist() == [1.0, 3.0]

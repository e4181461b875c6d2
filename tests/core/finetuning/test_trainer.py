import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from core.errors import InputError
from core.finetuning.trainer import LengthGroupedBatches, Reporter, mean_cross_entropy
from core.jobs import Metrics, Progress

LENGTHS = np.random.default_rng(0).integers(3, 60, 530).tolist()


def order(epoch, lengths=LENGTHS, size=16, seed=0):
    sampler = LengthGroupedBatches(lengths, size, seed)
    sampler.set_epoch(epoch)
    assert len(sampler) == len(lengths)
    return list(sampler)


def padded(rows, size=16):
    batches = [rows[start : start + size] for start in range(0, len(rows), size)]
    return sum(max(LENGTHS[i] for i in batch) * len(batch) for batch in batches)


def test_every_row_comes_once_in_an_order_of_seed_and_epoch():
    assert sorted(order(0)) == list(range(530))
    assert order(0) == order(0)
    assert len({tuple(order(0)), tuple(order(1)), tuple(order(0, seed=1))}) == 3


@pytest.mark.parametrize("number", [1, 15, 16, 17, 33])
def test_any_number_of_rows(number):
    assert sorted(order(2, LENGTHS[:number])) == list(range(number))


def test_batches_hold_rows_of_about_the_same_length():
    shuffled = np.random.default_rng(1).permutation(530).tolist()
    assert padded(order(0)) < 1.15 * sum(LENGTHS) < 1.5 * sum(LENGTHS) < padded(shuffled)


def test_the_parts_of_a_step_add_up_to_its_mean():
    logits = torch.tensor([[math.log(3), 0.0], [0.0, 0.0], [0.0, math.log(3)]])
    labels = torch.tensor([0, 1, 0])
    # Probabilities of the true labels: 3/4, 1/2, 1/4.
    expected = -(math.log(3 / 4) + math.log(1 / 2) + math.log(1 / 4)) / 3
    whole = mean_cross_entropy(SimpleNamespace(logits=logits), labels)
    parts = [
        mean_cross_entropy(SimpleNamespace(logits=logits[part]), labels[part], num_items_in_batch=3)
        for part in (slice(0, 2), slice(2, 3))
    ]
    assert whole.item() == pytest.approx(expected)
    assert sum(parts).item() == pytest.approx(expected)


def test_a_loss_that_is_no_number_ends_the_training_with_a_sentence():
    reporter = Reporter(lambda event: None, rows_per_step=8)
    state = SimpleNamespace(global_step=12, epoch=0.5, num_train_epochs=2, max_steps=24)
    logs = {"loss": math.nan, "grad_norm": math.nan, "learning_rate": 0.01}
    with pytest.raises(InputError, match="stopped being a number at step 12"):
        reporter.on_log(None, state, SimpleNamespace(), logs)


def test_progress_is_told_ten_times_a_second_at_most_and_numbers_always():
    told = []
    reporter = Reporter(told.append, rows_per_step=8)
    for step in range(50):
        assert reporter.tell(Progress(step, 50), None)
        assert reporter.tell(Metrics(step, {}), None)
    assert [event.step for event in told if isinstance(event, Metrics)] == list(range(50))
    assert sum(isinstance(event, Progress) for event in told) < 25

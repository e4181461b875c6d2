import numpy as np
import pytest

from core.finetuning.batches import LengthGroupedBatches

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

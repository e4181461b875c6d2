import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from transformers import TrainingArguments

from core.errors import InputError
from core.finetuning import trainer
from core.finetuning.encoding import Encoded, collate
from core.finetuning.model import embedded_model, load_pretrained
from core.finetuning.trainer import LabelTrainer, LengthGroupedBatches, Reporter, mean_cross_entropy
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


def test_a_batch_in_slices_has_the_loss_and_the_gradients_of_the_whole(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    tokens = [rng.integers(1000, 20000, length).astype(np.int32) for length in (3, 9, 12, 12, 5)]
    rows = Encoded(tokens, [0, 1, 1, 0, 1])
    batch = collate([rows[i] for i in range(5)], pad_id=0)
    losses, gradients = [], []
    for slice_tokens in (10**6, 30, 1):  # the batch has 5 * 12 tokens: 1, 3 and 5 slices
        monkeypatch.setattr(trainer, "SLICE_TOKENS", slice_tokens)
        model, _ = load_pretrained(embedded_model(), ["a", "b"], seed=0)
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        arguments = TrainingArguments(output_dir=str(tmp_path), use_cpu=True, report_to="none", disable_tqdm=True)
        reporter = Reporter(lambda event: None, rows_per_step=5)
        ours = LabelTrainer(model=model, train=rows, curve=rows, pad_id=0, reporter=reporter, args=arguments)
        losses.append(ours.training_step(model, dict(batch), num_items_in_batch=5).item())
        gradients.append(model.bert.encoder.layer[0].attention.self.query.weight.grad)
    assert losses == pytest.approx([losses[0]] * 3, rel=1e-5)
    for other in gradients[1:]:
        torch.testing.assert_close(other, gradients[0], rtol=1e-3, atol=1e-6)


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

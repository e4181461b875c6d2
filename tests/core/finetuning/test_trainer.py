import numpy as np
import pytest
import torch
from transformers import TrainingArguments

from core.finetuning import memory_needed
from core.finetuning.config import FinetuneConfig
from core.finetuning.encoding import Encoded, collate
from core.finetuning.losses import loss_for
from core.finetuning.model import load_pretrained
from core.finetuning.reporting import Reporter
from core.finetuning.trainer import LabelTrainer


def test_a_batch_in_slices_has_the_loss_and_the_gradients_of_the_whole(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    tokens = [rng.integers(1000, 20000, length).astype(np.int32) for length in (3, 9, 12, 12, 5)]
    rows = Encoded(tokens, [0, 1, 1, 0, 1])
    batch = collate([rows[i] for i in range(5)], pad_id=0)
    losses, gradients = [], []
    for slice_tokens in (10**6, 30, 1):  # the batch has 5 * 12 tokens: 1, 3 and 5 slices
        monkeypatch.setattr(memory_needed, "SLICE_TOKENS", slice_tokens)
        model, _ = load_pretrained("embedded", ["a", "b"], seed=0)
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        arguments = TrainingArguments(output_dir=str(tmp_path), use_cpu=True, report_to="none", disable_tqdm=True)
        reporter = Reporter(lambda event: None, rows_per_step=5)
        loss = loss_for(FinetuneConfig(version="v"), rows.targets, 2)
        ours = LabelTrainer(
            model=model,
            train=rows,
            curve=rows,
            pad_id=0,
            loss=loss,
            metric="accuracy",
            frozen=[0],
            reporter=reporter,
            args=arguments,
        )
        losses.append(ours.training_step(model, dict(batch), num_items_in_batch=5).item())
        gradients.append(model.bert.encoder.layer[0].attention.self.query.weight.grad)
    assert losses == pytest.approx([losses[0]] * 3, rel=1e-5)
    for other in gradients[1:]:
        torch.testing.assert_close(other, gradients[0], rtol=1e-3, atol=1e-6)

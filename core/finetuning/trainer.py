"""transformers' Trainer on tokenised rows: batches of one length, a quick optimiser, the evaluation that predicts.

Importing this module imports torch and transformers, which takes seconds; it is imported where training starts.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch.utils.data import DataLoader
from transformers import PrinterCallback, Trainer

from core.finetuning.batches import LengthGroupedBatches
from core.finetuning.encoding import Encoded, collate
from core.finetuning.evaluation import Scores, score
from core.finetuning.gradual_freezing import GradualFreezing
from core.finetuning.losses import Loss
from core.finetuning.memory_needed import slices_of
from core.finetuning.optimizer import SparseRowsAdamW, clip
from core.finetuning.prediction import predict_logits
from core.finetuning.quick_layers import quicken
from core.finetuning.reporting import Reporter
from core.finetuning.seeds import rank_of
from core.jobs import Metrics, Progress, Stopped


class LabelTrainer(Trainer):  # type: ignore[misc]
    """Trains and scores on tokenised rows.

    On one processor the layers are those of core.finetuning.quick_layers, and the table of word vectors has sparse
    gradients, so that a step changes only the rows it read. Of the first layers `frozen` many are frozen in each epoch,
    and what they make of a text is remembered (core.finetuning.frozen_part).
    """

    control: Any

    def __init__(
        self,
        *,
        model: Any,
        train: Encoded,
        curve: Encoded,
        pad_id: int,
        loss: Loss,
        metric: str,
        frozen: Sequence[int],
        reporter: Reporter,
        args: Any,
        **settings: Any,
    ) -> None:
        self._pad_id, self._metric, self._reporter = pad_id, metric, reporter
        self._alone = args.world_size == 1 and args.device.type == "cpu"
        if self._alone:
            quicken(model)
            model.get_input_embeddings().sparse = True
            kind: type[torch.optim.Optimizer] = SparseRowsAdamW
        else:
            kind = torch.optim.AdamW
        self.freezing = GradualFreezing(model, pad_id, frozen, self._alone, args.world_size)
        betas = (args.adam_beta1, args.adam_beta2)
        super().__init__(
            model=model,
            args=args,
            train_dataset=train,
            eval_dataset=curve,
            data_collator=partial(collate, pad_id=pad_id),
            compute_loss_func=loss,
            optimizer_cls_and_kwargs=(
                kind,
                {"lr": args.learning_rate, "betas": betas, "eps": args.adam_epsilon, "fused": True},
            ),
            **settings,
        )
        self.add_callback(reporter)
        self.add_callback(self.freezing)
        self.remove_callback(PrinterCallback)

    def get_train_dataloader(self) -> Any:
        """Return the batches of an epoch, in the order of LengthGroupedBatches."""
        step_rows = self.args.train_batch_size * self.args.gradient_accumulation_steps * self.args.world_size
        lengths = [len(ids) for ids in self.train_dataset.tokens]
        return self.accelerator.prepare(
            DataLoader(
                self.train_dataset,
                batch_size=self.args.train_batch_size,
                sampler=LengthGroupedBatches(lengths, step_rows, self.args.seed),
                collate_fn=self.data_collator,
                pin_memory=self.args.dataloader_pin_memory,
            )
        )

    def training_step(self, model: Any, inputs: dict[str, Any], num_items_in_batch: Any = None) -> Any:
        """Return the loss of a batch and add up its gradients, a slice of rows at a time, which takes less memory."""
        # Processes that add up their gradients must do so equally often.
        slices = slices_of(*inputs["input_ids"].shape) if self._alone else 1
        losses = [
            super(LabelTrainer, self).training_step(model, dict(zip(inputs, part, strict=True)), num_items_in_batch)
            for part in zip(*(tensor.tensor_split(slices) for tensor in inputs.values()), strict=True)
        ]
        return torch.stack(losses).sum()

    def _clip_grad_norm(self, model: Any) -> Any:
        return clip(model.parameters(), self.args.max_grad_norm)

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Score the model on the validation rows and return `eval_loss`, `eval_accuracy` and `eval_rank`.

        The model of the highest rank is kept: the best by the metric, the one of the lower loss where two are equal.
        A cancelled evaluation ranks below all others.
        """
        reporter, control = self._reporter, self.control
        step, total = self.state.global_step, self.state.max_steps

        def tick(done: int) -> None:
            if not reporter.tell(Progress(step, total, "steps", "Scoring the model on the validation rows"), control):
                raise Stopped

        try:
            tick(0)
            scores = score_rows(self.model, self.eval_dataset, self._pad_id, tick)
        except Stopped:
            return {"eval_rank": -math.inf}
        rank = rank_of(scores, self._metric)
        metrics = {"eval_rank": rank, "eval_loss": scores.loss, "eval_accuracy": scores.accuracy}
        self.log(dict(metrics))
        self.control = self.callback_handler.on_evaluate(self.args, self.state, control, metrics)
        reporter.tell(Metrics(step, validation_metrics(scores)), control)
        return metrics


def score_rows(model: Any, rows: Encoded, pad_id: int, tick: Callable[[int], object] = lambda done: None) -> Scores:
    """Return the scores of `model` on `rows`; `tick` as in `predict_logits`."""
    return score(predict_logits(model, rows.tokens, pad_id, tick), rows.targets)


def validation_metrics(scores: Scores) -> dict[str, float]:
    """Return the numbers of an evaluation under the names of their curves."""
    return {
        "validation/loss": scores.loss,
        "validation/accuracy": scores.accuracy,
        "validation/macro_f1": scores.macro_f1,
    }

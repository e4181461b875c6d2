"""transformers' Trainer, made to tell what it measures and to stop when nobody listens any more.

Importing this module imports torch and transformers, which takes seconds; it is imported where training starts.
"""

import math
import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader
from transformers import Trainer, TrainerCallback
from transformers.trainer_pt_utils import LengthGroupedSampler

from core.errors import InputError
from core.finetuning.checkpoints import strip
from core.finetuning.encoding import collate, sizes
from core.finetuning.evaluation import Scores, score
from core.finetuning.examples import Rows
from core.finetuning.prediction import predict_logits
from core.jobs import Event, Metrics, Progress, Stopped

Emit = Callable[[Event], None]
PROGRESS_EVERY_S = 0.1


class Reporter(TrainerCallback):  # type: ignore[misc]
    """Tells a job's watchers what the Trainer measures.

    When nobody listens any more it asks for a checkpoint and for the end of the training, and `stopped` is true.
    """

    def __init__(self, emit: Emit, rows_per_step: float) -> None:
        self._emit = emit
        self._rows_per_step = rows_per_step
        self._last_progress = 0.0
        self._started = 0.0
        self._seconds = self._steps = 0.0
        self._evaluation_owed = False
        self.stopped = False

    def tell(self, event: Event, control: Any) -> bool:
        """Emit `event`; return whether anybody listened. Progress is told ten times a second at most."""
        if isinstance(event, Progress):
            now = time.perf_counter()
            if now - self._last_progress < PROGRESS_EVERY_S:
                return True
            self._last_progress = now
        try:
            self._emit(event)
        except Stopped:
            self.stopped = True
            control.should_save = control.should_training_stop = True
            control.should_evaluate = False
        return not self.stopped

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Find out whether the checkpoint was taken before its evaluation had ended; it is then made up for."""
        evaluated = {entry["step"] for entry in state.log_history if "eval_rank" in entry}
        due = state.global_step > 0 and state.global_step % state.eval_steps == 0
        self._evaluation_owed = due and state.global_step not in evaluated
        best = Path(args.output_dir) / f"checkpoint-{state.best_global_step}"
        if best.is_dir():  # the home folder may have been moved since the checkpoint was written
            state.best_model_checkpoint = str(best)

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Start the clock of a step; evaluations and checkpoints are not in it."""
        self._started = time.perf_counter()

    def on_substep_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Listen for a cancel between the parts of a large step."""
        self._progress(state, control)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Tell how far the training is."""
        self._seconds += time.perf_counter() - self._started
        self._steps += 1
        if self._evaluation_owed:
            control.should_evaluate = control.should_save = True
            self._evaluation_owed = False
        self._progress(state, control)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float], **kwargs: Any) -> None:
        """Tell the numbers of the training steps. Raises InputError when the loss is no longer a number."""
        if "loss" not in logs:
            return
        if not math.isfinite(logs["loss"]):
            raise InputError(
                f"The training loss stopped being a number at step {state.global_step:,}.",
                "Train again with a smaller learning rate.",
            )
        values = {
            "train/loss": logs["loss"],
            "train/learning_rate": logs["learning_rate"],
            "train/gradient_norm": logs["grad_norm"],
            "train/sentences_per_second": self._steps * self._rows_per_step / max(self._seconds, 1e-9),
        }
        self._seconds = self._steps = 0.0
        self.tell(Metrics(state.global_step, values), control)

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Leave in older checkpoints only what is needed to return to the best model."""
        strip(Path(args.output_dir), keep=state.global_step)

    def _progress(self, state: Any, control: Any) -> None:
        epoch = min(int(state.epoch or 0) + 1, state.num_train_epochs)
        message = f"Epoch {epoch} of {state.num_train_epochs}"
        self.tell(Progress(state.global_step, state.max_steps, "steps", message), control)


class EpochSampler(LengthGroupedSampler):  # type: ignore[misc]
    """Batches of texts of about the same length, in an order that depends on the seed and the epoch alone.

    Trainer's own sampler draws from torch's global generator, so a run that resumes within an epoch would see its
    rows in another order than the run that was not interrupted.
    """

    def __init__(self, batch_size: int, texts: list[str], seed: int) -> None:
        super().__init__(batch_size, lengths=sizes(texts))
        self._seed = seed
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Take the order of `epoch`."""
        self.generator = torch.Generator().manual_seed((self._seed << 16) + epoch)

    def __iter__(self) -> Iterator[int]:
        order: Iterator[int] = super().__iter__()
        return order


class LabelTrainer(Trainer):  # type: ignore[misc]
    """Trains on `Rows`, tokenised a batch at a time, and scores on `Rows` with the loop that predicts."""

    def __init__(self, *, train: Rows, curve: Rows, tokenizer: Any, max_length: int, reporter: Reporter, **kw: Any):
        self._tokenizer, self._max_length, self._reporter = tokenizer, max_length, reporter
        super().__init__(
            train_dataset=train,
            eval_dataset=curve,
            data_collator=partial(collate, tokenizer, max_length=max_length),
            compute_loss_func=mean_cross_entropy,
            callbacks=[reporter],
            **kw,
        )

    def get_train_dataloader(self) -> Any:
        """Return the batches of an epoch, in EpochSampler's order."""
        step_rows = self.args.train_batch_size * self.args.gradient_accumulation_steps
        sampler = EpochSampler(step_rows, self.train_dataset.texts, self.args.seed)
        return self.accelerator.prepare(
            DataLoader(
                self.train_dataset,
                batch_size=self.args.train_batch_size,
                sampler=sampler,
                collate_fn=self.data_collator,
                pin_memory=self.args.dataloader_pin_memory,
            )
        )

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Score the model on the validation rows and return `eval_loss`, `eval_accuracy` and `eval_rank`.

        The model of the highest rank is kept: the most accurate, the one of the lower loss where two are equal.
        A cancelled evaluation ranks below all others.
        """
        state, reporter = self.state, self._reporter
        message = "Scoring the model on the validation rows"

        def tick(done: int) -> None:
            if not reporter.tell(Progress(state.global_step, state.max_steps, "steps", message), self.control):
                raise Stopped

        metrics = {"eval_rank": -math.inf}
        try:
            scores = score_rows(self.model, self._tokenizer, self.eval_dataset, self._max_length, tick)
        except Stopped:
            return metrics
        if reporter.tell(Metrics(state.global_step, validation_metrics(scores)), self.control):
            rank = scores.accuracy - 1e-6 * min(scores.loss, 100.0)
            metrics = {"eval_rank": rank, "eval_loss": scores.loss, "eval_accuracy": scores.accuracy}
            self.log(dict(metrics))
            self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics


def score_rows(
    model: Any, tokenizer: Any, rows: Rows, max_length: int, tick: Callable[[int], object] = lambda done: None
) -> Scores:
    """Return the scores of `model` on `rows`; `tick` as in `predict_logits`."""
    return score(predict_logits(model, tokenizer, rows.texts, max_length, tick), rows.targets)


def validation_metrics(scores: Scores) -> dict[str, float]:
    """Return the numbers of an evaluation under the names of their curves."""
    return {
        "validation/loss": scores.loss,
        "validation/accuracy": scores.accuracy,
        "validation/macro_f1": scores.macro_f1,
    }


def mean_cross_entropy(outputs: Any, labels: Any, num_items_in_batch: Any = None) -> Any:
    """Return the mean cross-entropy per row of a step, in nats.

    A large step is computed in parts: each part's sum is divided by the rows of the whole step. (BERT's own loss
    ignores `num_items_in_batch`, and the parts would add up to a multiple of the mean.)
    """
    total = torch.nn.functional.cross_entropy(outputs.logits.float(), labels, reduction="sum")
    return total / (labels.numel() if num_items_in_batch is None else num_items_in_batch)

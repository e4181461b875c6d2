"""transformers' Trainer, made to tell what it measures and to stop when nobody listens any more.

Importing this module imports torch and transformers, which takes seconds; it is imported where training starts.
"""

import ctypes
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader, Sampler
from transformers import PrinterCallback, Trainer, TrainerCallback

from core.errors import InputError
from core.finetuning.checkpoints import strip
from core.finetuning.encoding import Encoded, collate
from core.finetuning.evaluation import Scores, score
from core.finetuning.prediction import predict_logits
from core.jobs import Event, Metrics, Progress, Stopped
from core.randomness import rng_for

Emit = Callable[[Event], None]
PROGRESS_EVERY_S = 0.1
POOL_BATCHES = 50
SLICE_TOKENS = 1_000  # of short texts; keeps a worker below 1.6 GB
ATTENTION_TOKENS = 128  # in a text of this length a token's attention takes as much memory as all else of it


class Reporter(TrainerCallback):  # type: ignore[misc]
    """Tells a job's watchers what the Trainer measures.

    When nobody listens any more it asks for a checkpoint and for the end of the training, and `stopped` is true.
    """

    def __init__(self, emit: Emit, rows_per_step: float) -> None:
        self._emit = emit
        self._rows_per_step = rows_per_step
        self._last_progress = 0.0
        self._message = ""
        self._started = 0.0
        self._seconds = self._steps = 0.0
        self._evaluation_owed = False
        self.stopped = False

    def tell(self, event: Event, control: Any) -> bool:
        """Emit `event`; return whether anybody listens.

        Progress is told ten times a second at most, unless its message is a new one.
        """
        if self.stopped:
            return False
        if isinstance(event, Progress):
            now = time.perf_counter()
            if event.message == self._message and now - self._last_progress < PROGRESS_EVERY_S:
                return True
            self._message, self._last_progress = event.message, now
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
        """Tell how far the training is; after the numbers of the step, so that a cancel here loses none."""
        self._seconds += time.perf_counter() - self._started
        self._steps += 1
        if self._evaluation_owed:
            control.should_evaluate = control.should_save = True
            self._evaluation_owed = False
        if not control.should_log:
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
        if self.tell(Metrics(state.global_step, values), control):
            self._progress(state, control)

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Leave in older checkpoints only what is needed to return to the best model."""
        strip(Path(args.output_dir), keep=state.global_step)
        release_memory()

    def _progress(self, state: Any, control: Any) -> None:
        epoch = max(1, math.ceil(state.epoch))
        message = f"Epoch {epoch} of {state.num_train_epochs}"
        self.tell(Progress(state.global_step, state.max_steps, "steps", message), control)


class LengthGroupedBatches(Sampler[int]):  # type: ignore[misc]
    """An order of rows whose successive batches hold texts of about the same length, so that little is padding.

    The rows are shuffled, dealt into pools of up to 50 batches, sorted by length within a pool, and the batches are
    shuffled. It depends on the seed and the epoch alone: Trainer's own sampler draws from torch's global generator,
    so a run that resumes within an epoch would see its rows in another order than a run that was not interrupted.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self._lengths, self._batch_size, self._seed, self._epoch = lengths, batch_size, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Take the order of `epoch`."""
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        rng = rng_for(self._seed, f"epoch {self._epoch}", "batches")
        size = self._batch_size
        rows: list[int] = rng.permutation(len(self)).tolist()
        pool = size * min(POOL_BATCHES, math.ceil(len(self) / size / 2))
        ordered: list[int] = []
        for start in range(0, len(rows), pool):
            ordered += sorted(rows[start : start + pool], key=self._lengths.__getitem__)
        batches = [ordered[start : start + size] for start in range(0, len(ordered), size)]
        short = [batches.pop()] if len(batches[-1]) < size else []  # the incomplete batch can only be the last
        for number in rng.permutation(len(batches)):
            yield from batches[number]
        for batch in short:
            yield from batch


class LabelTrainer(Trainer):  # type: ignore[misc]
    """Trains and scores on tokenised rows: batches of one length, and the loop that predicts as the evaluation."""

    control: Any

    def __init__(self, *, train: Encoded, curve: Encoded, pad_id: int, reporter: Reporter, **settings: Any) -> None:
        self._pad_id, self._reporter = pad_id, reporter
        super().__init__(
            train_dataset=train,
            eval_dataset=curve,
            data_collator=partial(collate, pad_id=pad_id),
            compute_loss_func=mean_cross_entropy,
            callbacks=[reporter],
            **settings,
        )
        self.remove_callback(PrinterCallback)

    def get_train_dataloader(self) -> Any:
        """Return the batches of an epoch, in the order of LengthGroupedBatches."""
        step_rows = self.args.train_batch_size * self.args.gradient_accumulation_steps
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
        rows, longest = inputs["input_ids"].shape
        slices = min(rows, math.ceil(rows * longest * (1 + longest / ATTENTION_TOKENS) / SLICE_TOKENS))
        losses = [
            super(LabelTrainer, self).training_step(model, dict(zip(inputs, part, strict=True)), num_items_in_batch)
            for part in zip(*(tensor.tensor_split(slices) for tensor in inputs.values()), strict=True)
        ]
        return torch.stack(losses).sum()

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Score the model on the validation rows and return `eval_loss`, `eval_accuracy` and `eval_rank`.

        The model of the highest rank is kept: the most accurate, the one of the lower loss where two are equal.
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
        rank = scores.accuracy - 1e-6 * min(scores.loss, 100.0)
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


def mean_cross_entropy(outputs: Any, labels: Any, num_items_in_batch: Any = None) -> Any:
    """Return the mean cross-entropy per row of a step, in nats.

    A large step is computed in parts: each part's sum is divided by the rows of the whole step. (BERT's own loss
    ignores `num_items_in_batch`, and the parts would add up to a multiple of the mean.)
    """
    total = torch.nn.functional.cross_entropy(outputs.logits.float(), labels, reduction="sum")
    return total / (labels.numel() if num_items_in_batch is None else num_items_in_batch)


def release_memory() -> None:
    """Give freed memory back to the system, where the C library can (glibc).

    Batches differ in shape, so freed blocks rarely fit the next ones, and a worker would grow from epoch to epoch.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)

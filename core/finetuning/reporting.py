"""What transformers' Trainer measures, told to a job's watchers; and the end of the training when nobody listens.

Importing this module imports transformers, which takes seconds; it is imported where training starts.
"""

import ctypes
import math
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from core.errors import InputError
from core.finetuning.checkpoints import strip
from core.finetuning.processes import any_of_all, is_alone
from core.jobs import Event, Metrics, Progress, Stopped

Emit = Callable[[Event], None]
PROGRESS_EVERY_S = 0.1
TRIM_EVERY = 50  # steps


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
            if is_alone():  # else the processes stop together, at the end of a step
                _end(control)
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
        if state.global_step % TRIM_EVERY == 0:
            release_memory()
        if not control.should_log:
            self._progress(state, control)
        if not is_alone() and any_of_all(self.stopped):
            self.stopped = True
            _end(control)

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


def _end(control: Any) -> None:
    control.should_save = control.should_training_stop = True
    control.should_evaluate = False


def release_memory() -> None:
    """Give freed memory back to the system, where the C library can (glibc).

    Batches differ in shape, so freed blocks rarely fit the next ones, and a worker would grow from epoch to epoch.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)

"""The checkpoints that Trainer writes: which one a run can go on from, and what of the older ones is kept."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import InputError, StorageError
from core.storage import storage_errors

FOLDER = "checkpoints"
# Trainer writes the state last. Everything but the weights is needed only to go on training.
STATE = "trainer_state.json"
FOR_RESUMING = ("optimizer.pt", "scheduler.pt", "rng_state*.pth", "training_args.bin")  # one rng_state a process
WEIGHTS = "model.safetensors"
AT_ONCE = 3  # the best, the last and the one being written, each weights and the optimiser's two moments
FULL = 1 << 24  # bytes free on a disk that is called full


def steps(folder: Path) -> list[int]:
    """Return the training steps of the checkpoints in `folder`, whole or not, in order."""
    matches = (re.fullmatch(r"checkpoint-(\d+)", path.name) for path in folder.glob("checkpoint-*"))
    return sorted(int(match[1]) for match in matches if match)


def path_of(folder: Path, step: int) -> Path:
    """Return the folder of the checkpoint taken at `step`."""
    return folder / f"checkpoint-{step}"


def is_complete(checkpoint: Path) -> bool:
    """Return whether a run can go on from `checkpoint`: a killed worker may have left half of one."""
    if not all(any(checkpoint.glob(name)) for name in (WEIGHTS, *FOR_RESUMING)):
        return False
    try:
        state = json.loads((checkpoint / STATE).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return checkpoint.name == f"checkpoint-{state.get('global_step')}"


def require_steps(checkpoint: Path, steps: int) -> None:
    """Raise InputError where the training that wrote `checkpoint` is not one of `steps` steps.

    With more processes fewer steps are made, so that another number of them cannot go on with it.
    """
    began = json.loads((checkpoint / STATE).read_text("utf-8"))["max_steps"]
    if began != steps:
        raise InputError(
            f"This training has {began:,} steps with the processes that began it, and {steps:,} with those of now.",
            "Resume it with as many processes as before, by the same number after torchrun --nproc-per-node.",
        )


def last_complete(folder: Path) -> int | None:
    """Return the step of the last complete checkpoint in `folder`, and delete the half-written ones after it."""
    for step in reversed(steps(folder)):
        if is_complete(path_of(folder, step)):
            return step
        shutil.rmtree(path_of(folder, step))
    return None


def strip(folder: Path, keep: int) -> None:
    """Delete from every checkpoint but that of step `keep` what is not needed to load its model."""
    for step in steps(folder):
        if step != keep:
            for path in (path for name in FOR_RESUMING for path in path_of(folder, step).glob(name)):
                path.unlink()


def require_space(folder: Path, weights: int, trained: int) -> None:
    """Raise StorageError when the disk of `folder` cannot hold the checkpoints of a model.

    It has `weights` bytes of weights, `trained` of them with the optimiser's two moments.
    """
    needed = AT_ONCE * (weights + 2 * trained)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StorageError(
            f"The disk has {free / 1e6:,.0f} MB free, and fine-tuning needs {needed / 1e6:,.0f} MB for checkpoints.",
            "Free some space, then try again.",
        )


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn whatever a full disk makes torch and safetensors raise into a StorageError."""
    try:
        with storage_errors(folder):
            yield
    except RuntimeError as error:  # torch.save does not say ENOSPC
        if shutil.disk_usage(folder).free > FULL:
            raise
        problem = f"The disk is full: {folder}."
        raise StorageError(problem, "Free some space, then resume the run.") from error

"""The processes that torchrun starts to train one model together: the first tells and writes, the others compute."""

import os
import shutil
from pathlib import Path

from core.errors import InputError
from core.finetuning import checkpoints
from core.finetuning.seeds import SCORES


def is_first() -> bool:
    """Return whether this is the first of them, or the only one."""
    return os.environ.get("RANK", "0") == "0"


def require_meeting_place() -> None:
    """Raise InputError where torchrun gave its processes a port that they cannot meet at, and would wait for ever."""
    if os.environ.get("MASTER_PORT") == "0":
        problem = "With --master-port 0, torchrun's processes do not find each other."
        raise InputError(problem, "Use torchrun --standalone, which finds a free port by itself.")


def copy_what_goes_on(run: Path, folder: Path) -> None:
    """Copy into `folder` what a process but the first needs to go on with the interrupted run in the folder `run`.

    The first process goes on in the run's own folder, and waits for the others before it changes anything of this.
    """
    if (run / SCORES).is_file():
        shutil.copy(run / SCORES, folder)
    for seed in (run / checkpoints.FOLDER).glob("*"):
        complete = [
            path for step in checkpoints.steps(seed) if checkpoints.is_complete(path := checkpoints.path_of(seed, step))
        ]
        if complete:
            shutil.copytree(complete[-1], folder / checkpoints.FOLDER / seed.name / complete[-1].name)


def is_alone() -> bool:
    """Return whether this process trains by itself."""
    import torch.distributed

    return not (torch.distributed.is_available() and torch.distributed.is_initialized())


def any_of_all(stop: bool) -> bool:
    """Return whether `stop` is true in any of the processes; each of them must ask equally often."""
    import torch

    device = "cuda" if torch.distributed.get_backend() == "nccl" else "cpu"
    flag = torch.tensor(int(stop), device=device)
    torch.distributed.all_reduce(flag, torch.distributed.ReduceOp.MAX)
    return bool(flag.item())

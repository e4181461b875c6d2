"""The processes that torchrun starts to train one model together: the first tells and writes, the others compute."""

import os


def is_first() -> bool:
    """Return whether this is the first of them, or the only one."""
    return os.environ.get("RANK", "0") == "0"


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

"""Which arithmetic is fastest here: bfloat16 or float32, one thread or all. Measured once per process, never assumed.

bfloat16 doubles the speed of processors with AVX512-BF16 or AMX and slows down those without; two threads on a
machine whose cores are taken can be slower than one.
"""

import math
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

TOKENS, WIDTH, INNER = 512, 384, 1536  # one feed-forward block of the embedded model, on a small batch
FEW_TOKENS = 32
TRIES = 3
HOPELESS = 5  # times as slow as float32: bfloat16 where the processor does not know it takes twenty
ROUNDS = 4
BUDGET_S = 0.6
BFLOAT16_WORTH = 1.15  # digits are given up for this much speed
ONE_THREAD_WORTH = 1.5  # cores are given up for this much: they may be taken for the moment of the measurement only

# For the environment of a process that trains, before it imports torch. Threads that wait spin for a moment and then
# sleep: a sleep for each of the short loops of an LSTM costs a training alone on the machine a fifth of its speed, and
# spinning ten times as long costs two trainings side by side two thirds of theirs. All threads share what memory is
# freed (GNU C library): BERT's training takes 30 MB less. oneDNN keeps the programs it made for shapes of products, by
# itself 1,024 of them; batches of all lengths make that many, and what is held after a step falls by 260 MB with 64, at
# the same speed.
TRAINING_ENVIRONMENT = {
    "OMP_WAIT_POLICY": "PASSIVE",
    "GOMP_SPINCOUNT": "3000",
    "MALLOC_ARENA_MAX": "1",
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "64",
}


@dataclass(frozen=True)
class Precision:
    """How to train on this machine: under bfloat16 autocast or in float32, on how many threads."""

    bfloat16: bool
    threads: int

    @property
    def name(self) -> str:
        """The number format as torch names it: "bfloat16" or "float32"."""
        return "bfloat16" if self.bfloat16 else "float32"


_known: list[Precision] = []


def fastest() -> Precision:
    """Return the fastest arithmetic of this machine; measured in under a second at the first call, then remembered.

    Torch's number of threads and random state are left as they were.
    """
    if not _known:
        _known.append(_measured())
    return _known[0]


def measure_in_a_copy() -> None:
    """Measure anew what `fastest` returns, in a copy of this process.

    For a process that is itself to be copied: neither CUDA nor threads that have once computed live on in a copy.
    """
    context = multiprocessing.get_context("fork")
    found, told = context.Pipe(duplex=False)
    copy = context.Process(target=lambda: told.send(_measured()))
    copy.start()
    told.close()
    _known.clear()
    with suppress(EOFError):  # it did not come to an end: `fastest` measures when it is asked
        _known.append(found.recv())
    copy.join()


def _measured() -> Precision:
    import torch

    if torch.cuda.is_available():
        return Precision(torch.cuda.is_bf16_supported(), torch.get_num_threads())
    return choose(measure())


def choose(seconds: dict[Precision, float]) -> Precision:
    """Return the best of the measured choices: float32 on all threads, unless another is clearly faster."""
    most = max(choice.threads for choice in seconds)

    def cost(choice: Precision) -> float:
        digits = BFLOAT16_WORTH if choice.bfloat16 else 1.0
        idle = ONE_THREAD_WORTH if choice.threads < most else 1.0
        return seconds[choice] * digits * idle

    return min(seconds, key=cost)


def measure() -> dict[Precision, float]:
    """Return the seconds that a forward and backward pass of one feed-forward block takes with each choice.

    Where a few tokens show bfloat16 to be hopeless it is left out: it would take longer than all others together.
    """
    import torch
    from torch import nn

    generator = torch.Generator().manual_seed(0)
    x = torch.randn(TOKENS, WIDTH, generator=generator)  # (T, D)
    up = nn.Parameter(torch.randn(WIDTH, INNER, generator=generator) / WIDTH**0.5)  # (D, F)
    down = nn.Parameter(torch.randn(INNER, WIDTH, generator=generator) / INNER**0.5)  # (F, D)

    def seconds(choice: Precision, tokens: int) -> float:
        with torch_threads(choice.threads):
            started = time.perf_counter()
            with torch.autocast("cpu", torch.bfloat16, enabled=choice.bfloat16):
                y = nn.functional.gelu(x[:tokens] @ up) @ down
            y.float().square().mean().backward()
            up.grad = down.grad = None
            return time.perf_counter() - started

    choices = [Precision(bfloat16, threads) for threads in sorted({1, cores()}) for bfloat16 in (False, True)]
    few = {choice: min(seconds(choice, FEW_TOKENS) for _ in range(TRIES)) for choice in choices}
    plain = {choice: few[Precision(False, choice.threads)] for choice in choices}
    choices = [choice for choice in choices if few[choice] < HOPELESS * plain[choice]]
    best: dict[Precision, float] = {}
    begun = time.perf_counter()
    for number in range(ROUNDS):  # in turns, so that a moment of other work hits all choices alike
        for choice in choices:
            taken = seconds(choice, TOKENS)
            best[choice] = taken if number <= 1 else min(taken, best[choice])  # the first round warms up
        if number and time.perf_counter() - begun > BUDGET_S:
            break
    return best


def cores(cgroup: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """Return how many processor cores this process may use: those of the machine, or its container's share.

    `cgroup` is the container's quota and period in microseconds (control groups, version 2): "200000 100000" is two.
    OMP_NUM_THREADS in the environment is a limit too, as it is to torch.
    """
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal():
        available = max(1, min(available, int(wanted)))
    try:
        quota, period = map(int, cgroup.read_text("ascii").split())
    except (OSError, ValueError):  # no container, or "max": no limit
        return available
    return max(1, min(available, math.ceil(quota / period)))


@contextmanager
def torch_threads(number: int) -> Iterator[None]:
    """Let torch use `number` threads inside the block, and as many as before after it."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)

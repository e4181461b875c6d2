"""Our fine-tuning scores as Trainer's does: the same rows, epochs, batches, learning rate, and seeds.

About 15 minutes on two quiet cores, most of them the peer's.
"""

import tempfile
from pathlib import Path
from statistics import fmean

from tests.benchmarks.bench_finetuning import SST2
from tests.benchmarks.figures import Figure
from tests.benchmarks.measured import in_process

SEEDS = (0, 1, 2)
EPOCHS = 1
WITHIN = 1.0  # percent of the validation rows


def bench() -> list[Figure]:
    """Return the figure: the mean share of wrong answers over the seeds, ours and the peer's."""
    ours, theirs = [], []
    for seed in SEEDS:
        settings = ("--epochs", EPOCHS, "--seed", seed)
        with tempfile.TemporaryDirectory() as home:
            ours.append(in_process("tests.benchmarks.finetuning_ours", SST2, *settings, home=Path(home))["accuracy"])
        theirs.append(in_process("tests.benchmarks.finetuning_trainer", SST2, *settings)["accuracy"])
    wrong, peer_wrong = (100 * (1 - fmean(values)) for values in (ours, theirs))
    shown = ["/".join(f"{100 * value:.1f}" for value in values) for values in (ours, theirs)]
    note = f"accuracy by seed {shown[0]}, Trainer {shown[1]}; {EPOCHS} epoch, the same learning rate"
    return [Figure("wrong, mean of 3 seeds", wrong, peer_wrong, "%", peer_wrong + WITHIN, note)]

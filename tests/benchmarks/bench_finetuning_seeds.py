"""Our fine-tuning scores as Trainer's does: the same rows, epochs, batches, learning rate, and seeds.

With all weights trained, and with fewer and fewer. About an hour on two quiet cores, most of it the peer's.
"""

import tempfile
from pathlib import Path
from statistics import fmean

from tests.benchmarks.bench_finetuning import EPOCHS, SEEDS, SST2
from tests.benchmarks.bench_finetuning_gradual import SETTINGS
from tests.benchmarks.figures import Figure
from tests.benchmarks.measured import in_process

WITHIN = 1.0  # percent of the validation rows


def bench() -> list[Figure]:
    """Return the figures: the mean share of wrong answers over the seeds, ours and the peer's."""
    whole, gradual, theirs = [], [], []
    for seed in SEEDS:
        common = ("--epochs", EPOCHS, "--seed", seed)
        for accuracies, settings in ((whole, ()), (gradual, SETTINGS)):
            with tempfile.TemporaryDirectory() as home:
                run = in_process("tests.benchmarks.finetuning_ours", SST2, *common, *settings, home=Path(home))
            accuracies.append(run["accuracy"])
        theirs.append(in_process("tests.benchmarks.finetuning_trainer", SST2, *common)["accuracy"])
    return [compared("wrong, all weights", whole, theirs), compared("wrong, fewer and fewer", gradual, theirs)]


def compared(name: str, ours: list[float], theirs: list[float]) -> Figure:
    """Return the mean of the shares of wrong answers by seed, ours next to the peer's."""
    wrong, peer_wrong = (100 * (1 - fmean(values)) for values in (ours, theirs))
    shown = ["/".join(f"{100 * value:.1f}" for value in values) for values in (ours, theirs)]
    note = f"accuracy by seed {shown[0]}, Trainer {shown[1]}; {EPOCHS} epochs, the same learning rate"
    return Figure(name, wrong, peer_wrong, "%", peer_wrong + WITHIN, note)

"""Fine-tuning the embedded BERT on SST-2 in batches of 32: speed, score and memory, next to Trainer as it comes.

`python -m tests.benchmarks finetuning` is this part, of about 5 minutes on two quiet cores; the same accuracy over
several seeds is in bench_finetuning_seeds.py, prediction in bench_finetuning_prediction.py.
"""

import tempfile
from pathlib import Path
from statistics import fmean

from tests.benchmarks.figures import Figure
from tests.benchmarks.measured import ROOT, in_process

SST2 = ROOT.parent / "shared" / "data" / "sst2"
EPOCHS = 3
PEER_STEPS = 60
TIMES_FASTER = 4
ACCURACY = 88.0  # percent of the validation rows
MOST_MEMORY = 1_600  # MB


def bench() -> list[Figure]:
    """Return the figures; each side runs in a process of its own."""
    before = in_process("tests.benchmarks.finetuning_trainer", SST2, "--steps", PEER_STEPS)
    with tempfile.TemporaryDirectory() as home:
        ours = in_process("tests.benchmarks.finetuning_ours", SST2, "--epochs", EPOCHS, home=Path(home))
    peer = in_process("tests.benchmarks.finetuning_trainer", SST2, "--steps", PEER_STEPS)
    # Minutes lie between them, in which a machine may become slower or faster.
    speed = ours["sentences_per_second"]
    peer_speed = fmean((before["sentences_per_second"], peer["sentences_per_second"]))
    note = f"transformers {peer['version']}: Trainer with its own defaults; ours in {ours['precision']}"
    whole = f"{ours['rows']:,} rows, {EPOCHS} epochs, {ours['seconds']:.0f} s with evaluations, scores and baselines"
    return [
        Figure("training, batches of 32", speed, peer_speed, "sentences/s", TIMES_FASTER * peer_speed, note),
        Figure("wrong on the validation rows", 100 * (1 - ours["accuracy"]), None, "%", 100 - ACCURACY, whole),
        Figure("memory of the worker", ours["peak_mb"], peer["peak_mb"], "MB", MOST_MEMORY, "peak of the process"),
        Figure("estimated memory", ours["estimated_mb"], None, "MB", None, "what the page says before the training"),
        Figure("estimated time", ours["estimated_s"], None, "s", None, f"it took {ours['seconds']:.0f} s"),
    ]

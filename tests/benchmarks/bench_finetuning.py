"""Fine-tuning the embedded BERT on SST-2 in batches of 32: speed, score and memory, next to Trainer as it comes.

`python -m tests.benchmarks finetuning` is this part, of about 13 minutes on two quiet cores. The score is the mean from
several seeds: it differs by a point from one to another. That it equals Trainer's is measured in
bench_finetuning_seeds.py, a training of some layers in bench_finetuning_frozen.py, one of fewer and fewer layers in
bench_finetuning_gradual.py, prediction in bench_finetuning_prediction.py.
"""

import tempfile
from pathlib import Path
from statistics import fmean

from tests.benchmarks.figures import Figure
from tests.benchmarks.measured import ROOT, in_process

SST2 = ROOT.parent / "shared" / "data" / "sst2"
EPOCHS = 3
SEEDS = (0, 1, 2)
PEER_STEPS = 60
TIMES_FASTER = 4
ACCURACY = 88.0  # percent of the validation rows
MOST_MEMORY = 1_600  # MB


def bench() -> list[Figure]:
    """Return the figures; each side runs in a process of its own."""
    return measured()


def measured(*settings: object) -> list[Figure]:
    """Return the figures of trainings with these settings of ours."""
    before = in_process("tests.benchmarks.finetuning_trainer", SST2, "--steps", PEER_STEPS)
    runs = []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as home:
            given = ("--epochs", EPOCHS, "--seed", seed, *settings)
            runs.append(in_process("tests.benchmarks.finetuning_ours", SST2, *given, home=Path(home)))
    peer = in_process("tests.benchmarks.finetuning_trainer", SST2, "--steps", PEER_STEPS)
    # Minutes lie between them, in which a machine may become slower or faster.
    speed, seconds, told_mb, told_s = (
        fmean(run[name] for run in runs) for name in ("sentences_per_second", "seconds", "estimated_mb", "estimated_s")
    )
    peer_speed = fmean((before["sentences_per_second"], peer["sentences_per_second"]))
    note = f"transformers {peer['version']}: Trainer with its own defaults; ours in {runs[0]['precision']}"
    wrong = [100 * (1 - run["accuracy"]) for run in runs]
    whole = f"mean from seeds {', '.join(map(str, SEEDS))}: " + ", ".join(f"{share:.1f}" for share in wrong)
    whole += f"; {runs[0]['rows']:,} rows, {EPOCHS} epochs, {seconds:.0f} s with evaluations, scores, baselines"
    most = max(run["peak_mb"] for run in runs)
    return [
        Figure("training, batches of 32", speed, peer_speed, "sentences/s", TIMES_FASTER * peer_speed, note),
        Figure("wrong on the validation rows", fmean(wrong), None, "%", 100 - ACCURACY, whole),
        Figure("memory of the worker", most, peer["peak_mb"], "MB", MOST_MEMORY, "the highest peak of the runs"),
        Figure("estimated memory", told_mb, None, "MB", None, "what the page says before the training"),
        Figure("estimated time", told_s, None, "s", None, f"it took {seconds:.0f} s"),
    ]

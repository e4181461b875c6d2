"""Labelling SST-2's validation sentences with a fine-tuned BERT, next to transformers' pipeline as it comes."""

import tempfile
from pathlib import Path

from core.finetuning.model import load_pretrained
from tests.benchmarks.bench_finetuning import SST2
from tests.benchmarks.figures import Figure
from tests.benchmarks.measured import in_process

TIMES_FASTER = 3
NEAR = 0.03  # of a probability


def bench() -> list[Figure]:
    """Return the figures; the model's head is not trained, which takes as long."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in load_pretrained("embedded", ["0", "1"], seed=0):
            part.save_pretrained(folder)
        ours, theirs = (
            in_process("tests.benchmarks.finetuning_prediction", SST2, folder, side) for side in ("ours", "pipeline")
        )
    apart = max(abs(a - b) for a, b in zip(ours["probabilities"], theirs["probabilities"], strict=True))
    speed, peer_speed = ours["sentences_per_second"], theirs["sentences_per_second"]
    note = f"pipeline(...) at batch 1; ours in {ours['precision']}"
    compared = f"from the pipeline's, {len(ours['probabilities'])} rows"
    return [
        Figure("prediction", speed, peer_speed, "sentences/s", TIMES_FASTER * peer_speed, note),
        Figure("farthest probability", apart, None, "", NEAR, compared),
    ]

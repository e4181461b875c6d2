"""A text GAN on SST-2's rows of 4 to 20 words with its defaults, beside the baselines: at most 3 minutes in all.

The test rows are those it is held against; a classifier that saw none of the rows' parents says whether labels are
kept. `python -m tests.benchmarks gan_text`; for a short look: bench("--max-minutes", 0.5).
"""

import csv
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.bench_finetuning import SST2
from tests.benchmarks.figures import Figure
from tests.benchmarks.measured import in_process

PARTS = {"train": "train", "dev": "validation", "test": "test"}
WRITERS = {
    "gan": "GAN",
    "gated": "GAN and gates",
    "likelihood": "maximum likelihood",
    "likelihood@0.7": "maximum likelihood at 0.7",
    "likelihood@1.3": "maximum likelihood at 1.3",
    "trigram": "trigram",
    "real": "real rows",
}
OURS = ("gan", "gated")  # what the targets are of
MINUTES, FLOORS, NOT_NOVEL, REPEATED, COPIED, LABEL_LOST = 3.0, 1.3, 5.0, 2.0, 10.0, 15.0

Measures = Mapping[str, Sequence[float]]


def bench(*options: object) -> list[Figure]:
    """Return the figures of one run; `options` are further ones of `python -m core gan text`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = _csv(folder / "sst2.csv")
        started = time.perf_counter()
        arguments = ("gan", "text", "--input", source, "--output", folder / "made", "--json", *options)
        result = in_process("core", *arguments, home=folder / "home")
        minutes = (time.perf_counter() - started) / 60
    table: Mapping[str, Measures] = result["table"]
    figures = [
        Figure("minutes in all", minutes, None, "", MINUTES, " ".join([result["verdict"][0], result["notes"][-1]]))
    ]
    for writer, title in WRITERS.items():
        if writer in table:
            figures += _of(writer, title, table[writer], table["real"])
    return figures


def _of(writer: str, title: str, measured: Measures, real: Measures) -> list[Figure]:
    """Return the figures of one who writes; the peer of all are real rows held against other real rows."""

    def share(name: str, measure: str, most: float, lost: bool = True, of: Sequence[str] = OURS) -> Figure:
        ours, peer = (100 * abs(lost - numbers[measure][0]) for numbers in (measured, real))
        note = f"±{100 * measured[measure][1]:.1f} over draws"
        return Figure(f"{name}, {title}", ours, peer, "%", most if writer in of else None, note)

    floor = real["frechet"][0]
    others = ("told_apart", "reverse_perplexity", "bleu_2", "bleu_4", "self_bleu_2", "self_bleu_4")
    note = ", ".join(f"{name} {measured[name][0]:.3g}" for name in others if name in measured)
    target = FLOORS * floor if writer in OURS else None
    found = [Figure(f"Frechet distance, {title}", measured["frechet"][0], floor, "", target, note)]
    if writer != "real":
        found += [
            share("rows not novel", "novel", NOT_NOVEL),
            share("rows repeated", "unique", REPEATED),
            share("copied 4-grams", "copied", COPIED, lost=False),
        ]
    # Without gates a label may get lost: that is what they are for.
    return [*found, share("label lost", "label_agreement", LABEL_LOST, of=("gated",))]


def _csv(path: Path) -> Path:
    """Write SST-2 with its splits."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("text", "label", "split"))
        for part, split in PARTS.items():
            for line in (SST2 / f"{part}.tsv").read_text("utf-8").splitlines():
                writer.writerow((*line.split("\t"), split))
    return path

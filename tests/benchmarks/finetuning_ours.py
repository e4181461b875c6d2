"""Our side of bench_finetuning; prints JSON.

`python -m tests.benchmarks.finetuning_ours FOLDER --epochs N --seed N [--rows N] [--strategy S --frozen-layers N]
[--gradual-freezing]`
"""

import argparse
import json
import tempfile
from pathlib import Path

from core.data.workspace import Workspace
from core.finetuning.config import FinetuneConfig
from core.finetuning.estimating import estimate
from core.finetuning.files import read_files
from core.finetuning.training import finetune
from core.jobs import Event, Metrics, run
from core.precision import fastest
from core.storage import home_folder
from tests.benchmarks.measured import peak_mb

BATCH = 32


def main(source: Path, epochs: int, seed: int, rows: int | None, **settings: object) -> dict[str, object]:
    files = {"train": source / "train.tsv", "validation": source / "dev.tsv"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if rows:
            lines = files["train"].read_text(encoding="utf-8").splitlines(keepends=True)
            files["train"] = folder / "train.tsv"
            files["train"].write_text("".join(lines[:rows]), encoding="utf-8")
        workspace = Workspace(home_folder())
        workspace.home.mkdir(exist_ok=True)
        plain = FinetuneConfig(version="files", batch_size=BATCH, epochs=epochs, seeds=(seed,), **settings)
        version = run(read_files(files, plain, workspace))
        config = plain.model_copy(update={"version": version.id})
        steps: list[float] = []  # seconds of a training step

        def watch(event: Event) -> None:
            if isinstance(event, Metrics) and "train/sentences_per_second" in event.values:
                steps.append(1 / event.values["train/sentences_per_second"])

        result = run(finetune(config, workspace, folder, False), watch)
        peak = peak_mb()
        estimated = estimate(config, version)
    return {
        "rows": result["train_rows"],
        "sentences_per_second": len(steps) / sum(steps),
        "accuracy": result["accuracy"],
        "seconds": result["seconds"],
        "precision": fastest().name,
        "estimated_mb": estimated.memory.total / 1e6,
        "estimated_s": estimated.seconds,
        "peak_mb": peak,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--strategy", default="full")
    parser.add_argument("--frozen-layers", type=int)
    parser.add_argument("--gradual-freezing", action="store_true")
    print(json.dumps(main(**vars(parser.parse_args()))))

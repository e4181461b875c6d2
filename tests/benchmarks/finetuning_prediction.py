"""Both sides of bench_finetuning_prediction: `python -m tests.benchmarks.finetuning_prediction FOLDER MODEL SIDE`."""

import json
import sys
import time
from pathlib import Path

import numpy as np

from core.finetuning.evaluation import probabilities
from core.finetuning.quick_prediction import quick_classifier
from core.precision import fastest


def main(source: Path, model: Path, side: str, rows: int | None) -> dict[str, object]:
    lines = (source / "dev.tsv").read_text(encoding="utf-8").splitlines()[:rows]
    texts = [line.rpartition("\t")[0] for line in lines]
    if side == "ours":
        with quick_classifier(model) as classifier:
            classifier.logits(texts[:8])
            started = time.perf_counter()
            shares: list[float] = probabilities(classifier.logits(texts), multi_label=False)[:, 1].tolist()
            seconds = time.perf_counter() - started
    else:
        from transformers import pipeline

        label = pipeline("text-classification", model=str(model), top_k=None)
        label(texts[:8])
        started = time.perf_counter()
        answers = label(texts)
        seconds = time.perf_counter() - started
        shares = [next(one["score"] for one in answer if one["label"] == "1") for answer in answers]
    return {
        "sentences_per_second": len(texts) / seconds,
        "probabilities": np.round(shares, 6).tolist(),
        "precision": fastest().name,
    }


if __name__ == "__main__":
    limit = int(sys.argv[4]) if len(sys.argv) > 4 else None
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], limit)))

"""Our side of bench_neural_lm: `python -m tests.benchmarks.neural_lm_ours FILE STEPS SETTINGS`; prints JSON."""

import json
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from statistics import harmonic_mean

from core.jobs import Metrics
from core.neural_lm.config import LmSettings
from core.neural_lm.training import train_on_files


def main(source: Path, steps: int, settings: dict) -> dict[str, float]:
    points: list[Metrics] = []
    with tempfile.TemporaryDirectory() as folder:
        job = train_on_files(LmSettings(**settings), source, None, Path(folder), False)
        for event in job:
            if isinstance(event, Metrics) and "train/loss" in event.values:
                points.append(event)
                if event.step >= steps:
                    break
        job.close()
    # The first point warms up. A point is of the steps since the one before it.
    shares = [point.step - before.step for before, point in pairwise(points)]
    speeds = [point.values["train/tokens_per_second"] for point in points[1:]]
    last = max(1, len(points) // 5)
    losses = [point.values["train/loss"] for point in points[-last:]]
    return {"speed": harmonic_mean(speeds, shares), "loss": sum(losses) / last}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3]))))

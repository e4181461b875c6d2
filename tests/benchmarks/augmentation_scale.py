"""`python -m core augment`, measured: `python -m tests.benchmarks.augmentation_scale RECIPE IN OUT WORKERS`.

Prints its seconds, its peak memory in MB with that of its workers, and the SHA-256 of what it wrote, as JSON. Told
"--rows N" in place of a recipe, it writes N different rows to OUT, joined of the halves of the sentences in IN.
"""

import contextlib
import hashlib
import io
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

from core.cli import main as core
from tests.benchmarks.measured import MB, peak_mb


def write_rows(source: Path, target: Path, rows: int) -> None:
    """Write `rows` rows, each of the first half of one sentence and the second half of another."""
    parts = []
    for line in source.read_text(encoding="utf-8").splitlines():
        text, _, label = line.rpartition("\t")
        words = text.split()
        parts.append((" ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :]), label))
    pairs = np.random.default_rng(0).choice(len(parts) ** 2, rows, replace=False)
    with target.open("w", encoding="utf-8") as file:
        file.write("text\tlabel\n")
        for first, second in zip(*divmod(pairs, len(parts)), strict=True):
            file.write(f"{parts[first][0]} {parts[second][1]}\t{parts[first][2]}\n")


def main(recipe: Path, source: Path, target: Path, workers: int) -> dict[str, object]:
    options = ("--recipe", recipe, "--input", source, "--output", target, "--workers", workers)
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        code = core(["augment", *map(str, options), "--json"])
    seconds = time.perf_counter() - start
    if code:
        raise SystemExit(code)
    largest_child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1024 if sys.platform == "linux" else 1)
    digest = hashlib.sha256()
    with target.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return {"seconds": seconds, "memory": peak_mb() + workers * largest_child / MB, "sha256": digest.hexdigest()}


if __name__ == "__main__":
    if sys.argv[1] == "--rows":
        write_rows(Path(sys.argv[3]), Path(sys.argv[4]), int(sys.argv[2]))
    else:
        print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))))

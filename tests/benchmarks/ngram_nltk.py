"""NLTK's side of bench_ngram: `python -m tests.benchmarks.ngram_nltk TEXT`; prints JSON.

Maximum likelihood of order 5, which is the quickest that NLTK fits.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

from nltk.lm import MLE
from nltk.lm.preprocessing import padded_everygram_pipeline

ORDER = 5


def fit(path: Path) -> dict[str, object]:
    start = time.perf_counter()
    lines = [line.split() for line in path.read_text("utf-8").splitlines()]
    ngrams, words = padded_everygram_pipeline(ORDER, lines)
    MLE(ORDER).fit(ngrams, words)
    return {"seconds": time.perf_counter() - start, "version": version("nltk")}


if __name__ == "__main__":
    print(json.dumps(fit(Path(sys.argv[1]))))

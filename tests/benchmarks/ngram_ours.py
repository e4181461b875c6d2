"""Our side of bench_ngram: `python -m tests.benchmarks.ngram_ours TEXT MODEL [ARPA]`; prints JSON.

The command line itself is called, so that what is measured is what a person waits for.
"""

import json
import sys
import time

from core.cli import main
from tests.benchmarks.measured import peak_mb


def fit(text: str, model: str, *arpa: str) -> dict[str, float]:
    arguments = ["--input", text, "--output", model, "--order", "5", "--estimator", "modified-kneser-ney"]
    start = time.perf_counter()
    if main(["ngram", "fit", *arguments, *(part for path in arpa for part in ("--arpa", path)), "--json"]):
        raise RuntimeError("The model was not fitted.")
    return {"seconds": time.perf_counter() - start, "peak": peak_mb()}


if __name__ == "__main__":
    print(json.dumps(fit(*sys.argv[1:])))

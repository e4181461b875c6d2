"""Our side of bench_augmentation: `python -m tests.benchmarks.augmentation_ours IN OUT RATE CACHE`; prints JSON."""

import json
import os
import sys
import time
from pathlib import Path

from core.augmentation.operator import Context, Row
from core.augmentation.replaceable import Replaceable
from core.augmentation.synonym_replacement import SynonymReplacement
from core.randomness import Draws
from core.text.synonym_forms import SynonymForms
from core.text.tagging import tagger

PASSES = 3


def main(source: Path, target: Path, rate: float, cache: Path) -> dict[str, object]:
    texts = json.loads(source.read_text(encoding="utf-8"))
    start = time.process_time()
    config = SynonymReplacement(rate=rate)
    operator = config.build(Context("en", source, cache))
    build = time.process_time() - start
    seconds = []
    for _ in range(PASSES):
        start = time.process_time()
        rows = [Row(str(i), text) for i, text in enumerate(texts)]
        made = operator(rows, [Draws(0, row.id) for row in rows])
        seconds.append(time.process_time() - start)
    tokens = Replaceable(SynonymForms.load(cache), tagger(), config.min_fit, False).tokens
    stream = tokens.stream([text.split() for text in texts])
    eligible = len(set(stream.row[stream.known.tier[stream.tokens] > 0].tolist()))
    outcome = [one.text if one else text for one, text in zip(made, texts, strict=True)]
    target.write_text(json.dumps(outcome), encoding="utf-8")
    return {
        "build": build,
        "made": sum(os.times()[2:4]),  # what processes of its own took
        "first": seconds[0],
        "seconds": min(seconds),
        "changed": sum(map(bool, made)),
        "eligible": eligible,
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]))))

"""Our side of bench_gan_digits: `python -m tests.benchmarks.gan_digits_ours FOLDER SECONDS MODEL [SAMPLES.npz]`.

Trains the model for that long; prints JSON: its result and, with SAMPLES, the Frechet distance of those.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from core.data.workspace import Workspace
from core.gan.digits.config import DigitsConfig
from core.gan.digits.judge import judge_for
from core.gan.digits.judgement import Standard
from core.gan.digits.measures import frechet
from core.gan.digits.pictures import read_pictures
from core.gan.digits.training import train_digits
from core.jobs import run

LONG = 100_000  # steps: time is what ends it


def main(data: str, seconds: float, model: str, theirs: Path | None) -> dict[str, Any]:
    usual = DigitsConfig(data=data, model=model, max_minutes=seconds / 60)
    config = usual if model == "conditional" else usual.model_copy(update={"steps": LONG, "batch_size": 100})
    with tempfile.TemporaryDirectory() as folder:
        home = Workspace(Path(folder) / "home")
        result = run(train_digits(config, home, Path(folder) / "run", False))
        if theirs:
            pictures = read_pictures(data)
            judge = run(judge_for(pictures, home.home))
            standard = Standard.of(pictures, judge, conditional=False)
            with np.load(theirs) as kept:
                result["theirs"] = frechet(judge.look(kept["images"][: standard.number])[0], standard.features)
    return result


if __name__ == "__main__":
    samples = Path(sys.argv[4]) if len(sys.argv) > 4 else None
    print(json.dumps(main(sys.argv[1], float(sys.argv[2]), sys.argv[3], samples)))

"""A worker kept warm has done what a run needs before its data."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_importing_it_loads_checks_and_measures() -> None:
    program = (
        "import sys, core.finetuning.warm\n"
        "from core.text.embedded_model import embedded_model\n"
        "from core.precision import fastest\n"
        "assert embedded_model.cache_info().currsize == fastest.cache_info().currsize == 1\n"
        "assert {'torch', 'transformers', 'core.finetuning.trainer'} <= set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

"""What is imported when: a form asks without torch, and a warm worker has done what a run needs before its data."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_a_form_needs_no_torch_and_a_warm_worker_has_loaded_checked_and_measured() -> None:
    program = (
        "import sys\n"
        "from core.finetuning.config import FinetuneConfig\n"
        "from core.finetuning.estimating import needs\n"
        "from core.finetuning.pretrained import find_pretrained\n"
        "from core.precision import fastest\n"
        "from core.text.embedded_model import embedded_model\n"
        "assert needs(FinetuneConfig(version='v'), find_pretrained('embedded')).parameters == 22_713_986\n"
        "assert 'torch' not in sys.modules\n"
        "embedded_model.cache_clear()\n"
        "import core.finetuning.warm\n"
        "assert embedded_model.cache_info().currsize == fastest.cache_info().currsize == 1\n"
        "assert {'torch', 'transformers', 'core.finetuning.trainer'} <= set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

"""What is imported when: a form asks without torch, and a warm worker has done what a run needs before its data."""

import subprocess
import sys
from pathlib import Path

from core.runs.worker import CAN_COPY

ROOT = Path(__file__).parents[3]


def test_a_form_needs_no_torch_and_a_warm_worker_and_its_copies_have_loaded_checked_and_measured() -> None:
    """A copy of a process whose threads have computed would wait for threads that it does not have."""
    program = (
        "import os, signal, sys\n"
        "from core.finetuning.config import FinetuneConfig\n"
        "from core.finetuning.estimating import needs\n"
        "from core.finetuning.pretrained import find_pretrained\n"
        "from core import precision\n"
        "from core.text.embedded_model import embedded_model\n"
        "assert needs(FinetuneConfig(version='v'), find_pretrained('embedded')).parameters == 22_713_986\n"
        "assert 'torch' not in sys.modules\n"
        "embedded_model.cache_clear()\n"
        "from core.finetuning import warm\n"
        "assert {'torch', 'transformers', 'core.finetuning.trainer'} <= set(sys.modules)\n"
        f"for _ in range(2 if {CAN_COPY} else 0):\n"
        "    warm.prepare(copied=True)\n"
        "    copy = os.fork()\n"
        "    if not copy:\n"
        "        signal.alarm(20)\n"
        "        import torch\n"
        "        torch.set_num_threads(2)\n"
        "        x = torch.ones(512, 512, requires_grad=True)\n"
        "        (x @ x).exp().sum().backward()\n"
        "        precision.measure = None\n"
        "        os._exit(precision.fastest().threads == 0)\n"
        "    assert os.waitpid(copy, 0)[1] == 0\n"
        "warm.prepare(copied=False)\n"
        "assert embedded_model.cache_info().currsize == 1\n"
        "precision.measure = None\n"
        "assert precision.fastest().threads > 0\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

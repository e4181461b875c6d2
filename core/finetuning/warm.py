"""What a fine-tuning run needs before its data; a worker that is kept warm has it ahead of time.

Importing this module imports torch and transformers. `prepare` checks the embedded model and measures the fastest
arithmetic. All of it is remembered by the process, and by copies of it: a run's first point comes at once.
"""

from contextlib import suppress

import core.finetuning.fitting
import core.finetuning.training  # noqa: F401
from core.errors import MissingResource
from core.precision import fastest, measure_in_a_copy
from core.text.embedded_model import embedded_model


def prepare(copied: bool) -> None:
    """Do what takes long; with `copied` in a way that leaves this process fit to be copied. Again is quick."""
    with suppress(MissingResource):  # the run itself says so, where a person reads it
        embedded_model()
    measure_in_a_copy() if copied else fastest()

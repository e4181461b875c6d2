"""Importing this module does all that a fine-tuning run needs before its data; a warm worker does it ahead of time.

It imports torch and transformers, checks the embedded model, and measures the fastest arithmetic; each of the three
is then remembered by the process, and a run's first point comes at once.
"""

from contextlib import suppress

import core.finetuning.fitting
import core.finetuning.training  # noqa: F401
from core.errors import MissingResource
from core.precision import fastest
from core.text.embedded_model import embedded_model

with suppress(MissingResource):  # the run itself says so, where a person reads it
    embedded_model()
fastest()

"""`python -m core ...`: every capability without a browser."""

import gc
import os
import sys

from core.cli import main
from core.precision import TRAINING_ENVIRONMENT
from core.storage import keep_libraries_at_home

keep_libraries_at_home()
for name, value in TRAINING_ENVIRONMENT.items():
    os.environ.setdefault(name, value)

if __name__ == "__main__":
    code = main()
    gc.freeze()  # an exit looks for garbage in all that was imported: half a second where torch was
    sys.exit(code)

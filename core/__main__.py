"""`python -m core ...`: every capability without a browser."""

import os

from core.cli import main
from core.precision import TRAINING_ENVIRONMENT
from core.runs.worker import leave
from core.storage import keep_libraries_at_home

keep_libraries_at_home()
for name, value in TRAINING_ENVIRONMENT.items():
    os.environ.setdefault(name, value)

if __name__ == "__main__":
    leave(main())

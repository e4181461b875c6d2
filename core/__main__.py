"""`python -m core ...`: every capability without a browser."""

import os
import sys

from core.cli import main

# Threads that spin while they wait make two busy cores ten times slower. Torch reads this when it is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

if __name__ == "__main__":
    sys.exit(main())

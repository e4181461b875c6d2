"""`python -m core ...`: every capability without a browser."""

import sys

from core.cli import main

if __name__ == "__main__":
    sys.exit(main())

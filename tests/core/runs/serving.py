"""A server with nothing but a supervisor that knows the counting runs; tests kill it."""

import sys
import time
from pathlib import Path

from core.runs.supervisor import Supervisor

COUNTING = (sys.executable, str(Path(__file__).with_name("counting.py")), "worker")

if __name__ == "__main__":
    Supervisor(command=COUNTING, warm=()).start()
    while True:
        time.sleep(1)

"""Memory that is freed and needed again is not asked of the system again."""

import resource
import subprocess
import sys

import pytest

BLOCK = 48 << 20
TIMES = 10
PROGRAM = f"""
import ctypes, resource, sys
from core.allocation import keep_freed_memory
if sys.argv[1] == "keep":
    assert keep_freed_memory()
free = ctypes.CDLL(None)
free.malloc.restype, free.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range({TIMES}):
    block = free.malloc({BLOCK})
    ctypes.memset(block, 1, {BLOCK})
    free.free(block)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def pages_asked_for(how: str) -> int:
    """Return how many pages of memory the system handed to a process that needs one block again and again."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mallopt is of the GNU C library")
def test_one_block_is_asked_for_once() -> None:
    pages = BLOCK // resource.getpagesize()
    assert pages_asked_for("keep") < 1.1 * pages
    assert pages_asked_for("leave") > 0.9 * pages * TIMES

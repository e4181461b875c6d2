"""Memory that a training frees and needs again in its next step stays with the process."""

import ctypes
from functools import cache

# <malloc.h> of the GNU C library, which is the only one that has these.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
LARGEST = (1 << 31) - 1
LARGEST_BLOCK = 1 << 30


@cache
def keep_freed_memory() -> bool:
    """Let this process keep what it frees, up to its peak, for what it allocates next; return whether that was done.

    Large blocks go back to the system at once otherwise, which hands them out again page by page, each filled with
    zeros: a sixth of the processor's time of a language model's training. For processes that train and then end.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return bool(mallopt and mallopt(M_MMAP_THRESHOLD, LARGEST_BLOCK) and mallopt(M_TRIM_THRESHOLD, LARGEST))

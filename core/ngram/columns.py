"""Arrow columns made from their buffers. `pa.array` imports pandas, which takes longer than to fit a small model."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def strings(values: Sequence[str]) -> Any:
    """Return `values` as an Arrow column of text, at most 2 GB of it."""
    encoded = [value.encode("utf-8", "replace") for value in values]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))


def numbers(values: NDArray[np.integer]) -> Any:
    """Return `values` as an Arrow column of 64-bit integers."""
    wide = np.ascontiguousarray(values, np.int64)
    return pa.Array.from_buffers(pa.int64(), len(wide), [None, pa.py_buffer(wide)])

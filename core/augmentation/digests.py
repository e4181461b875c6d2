"""128-bit digests that stand for texts, and sets of them in 16 bytes each."""

import hashlib
import re
import string
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.text.characters import punctuation

DIGEST_BYTES = 16
TYPE = np.dtype(f"S{DIGEST_BYTES}")

Array = npt.NDArray[np.bytes_]

_IGNORED_ASCII = (string.punctuation + string.whitespace + "\x1c\x1d\x1e\x1f").encode()
_ignored: list[re.Pattern[str]] = []


def exact_digest(text: str) -> bytes:
    """Return the digest of `text` as it is."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()


def normal_digest(text: str) -> bytes:
    """Return the digest of `text` without case, blanks and punctuation; of a text of nothing else, the exact one."""
    if text.isascii():
        normal = text.lower().encode().translate(None, _IGNORED_ASCII)
        return hashlib.blake2b(normal, digest_size=DIGEST_BYTES).digest() if normal else exact_digest(text)
    if not _ignored:
        _ignored.append(re.compile(f"[{punctuation()}\\s]+"))
    return exact_digest(_ignored[0].sub("", text.casefold()) or text)


def digest_array(digests: Sequence[bytes]) -> Array:
    """Return digests as an array (N,)."""
    return np.frombuffer(b"".join(digests), TYPE)


def from_arrow(column: pa.Array) -> Array:
    """Return a column of type binary(16) without nulls as an array (N,)."""
    return np.frombuffer(column.buffers()[1], TYPE, count=len(column), offset=column.offset * DIGEST_BYTES)


class Digests:
    """A set of digests: a sorted array, 16 bytes a member."""

    def __init__(self, parts: Iterable[Array] = ()) -> None:
        self._sorted: Array = np.unique(np.concatenate([np.empty(0, TYPE), *parts]))

    def __len__(self) -> int:
        return len(self._sorted)

    def contains(self, digests: Array) -> npt.NDArray[np.bool_]:
        """Return which of `digests` (N,) are members."""
        if not len(self._sorted):
            return np.zeros(len(digests), bool)
        places = np.minimum(np.searchsorted(self._sorted, digests), len(self._sorted) - 1)
        found: npt.NDArray[np.bool_] = self._sorted[places] == digests
        return found


def first_of_each(digests: Array) -> npt.NDArray[np.bool_]:
    """Return which of `digests` (N,) are the first with their value."""
    first = np.zeros(len(digests), bool)
    first[np.unique(digests, return_index=True)[1]] = True
    return first

"""One level of counted n-grams, in NumPy files; files that grow while they are written, so that no level need fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.ngram.trie import Keys

Counts = NDArray[np.uint32]


@dataclass(frozen=True)
class Level:
    """The n-grams of one length in the order of a trie: `keys`, how often each was seen, and the place in the level
    below of each without its first word."""

    keys: Keys
    counts: Counts
    suffixes: NDArray[np.uint32]

    def save(self, folder: Path, k: int) -> None:
        """Write the level as that of n-grams of `k` words."""
        for name in TYPES:
            save(path_of(folder, k, name), getattr(self, name))

    @classmethod
    def load(cls, folder: Path, k: int) -> "Level":
        """Return the level that `save` wrote, read from disk as it is needed."""
        return cls(*(load(path_of(folder, k, name)) for name in TYPES))


TYPES: dict[str, type[np.generic]] = {"keys": np.uint64, "counts": np.uint32, "suffixes": np.uint32}


def path_of(folder: Path, k: int, name: str) -> Path:
    """Return the file of what is called `name` in the level of n-grams of `k` words."""
    return folder / f"{k}-{name}.npy"


def load(path: Path) -> Any:
    """Return the array in a NumPy file, read from disk as it is needed; an empty one cannot be mapped."""
    found = np.load(path, mmap_mode="r", allow_pickle=False) if path.stat().st_size > HEADER else np.load(path)
    return found.view(np.ndarray)  # a memmap checks at every slice whether it still has its file


HEADER = 128  # bytes
FILL = 1 << 20  # numbers


class Column:
    """A one-dimensional NumPy file that grows by `append`; use it in a `with` statement."""

    def __init__(self, path: Path, dtype: type[np.generic]) -> None:
        self._file = path.open("wb")
        self._dtype = np.dtype(dtype)
        self.size = 0
        self._write_header()

    def append(self, values: NDArray[Any]) -> None:
        """Write `values` (N,) after what there is."""
        self._file.write(np.ascontiguousarray(values, self._dtype).data)  # `tofile` does not say that the disk is full
        self.size += len(values)

    def __enter__(self) -> "Column":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.seek(0)
        self._write_header()
        self._file.close()

    def _write_header(self) -> None:
        """Write the header of version 1.0, which NumPy fills up with blanks so that the size can grow in place."""
        described = np.lib.format.dtype_to_descr(self._dtype)
        header = {"descr": described, "fortran_order": False, "shape": (self.size,)}
        np.lib.format.write_array_header_1_0(self._file, header)
        if self._file.tell() != HEADER:
            raise ValueError(f"A NumPy header of {self._file.tell()} bytes, not {HEADER}.")


def save(path: Path, values: NDArray[Any]) -> None:
    """Write `values` (N,) as a NumPy file."""
    with Column(path, values.dtype.type) as column:
        column.append(values)


def filled(path: Path, size: int, kind: type[np.generic], value: float = 0) -> Any:
    """Return an array of `size` times `value` that is a NumPy file, to be written to without being in memory.

    The file is written in full, since a disk that turns out to be full under a mapped file ends the process.
    """
    with Column(path, kind) as column:
        for start in range(0, size, FILL):
            column.append(np.full(min(FILL, size - start), value, kind))
    return np.load(path, mmap_mode="r+").view(np.ndarray) if size else np.empty(0, kind)


def empty_level() -> Level:
    """Return a level without n-grams."""
    return Level(np.empty(0, np.uint64), np.empty(0, np.uint32), np.empty(0, np.uint32))


def firsts_of(values: NDArray[np.generic]) -> NDArray[np.int64]:
    """Return where in sorted `values` each different value stands first."""
    if not len(values):
        return np.empty(0, np.int64)
    is_first = np.empty(len(values), bool)
    is_first[0] = True
    np.not_equal(values[1:], values[:-1], out=is_first[1:])
    return np.flatnonzero(is_first)


def lengths_of(firsts: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """Return how long each run is that begins at one of `firsts` and ends where the next begins or at `total`."""
    return np.diff(firsts, append=total)


def sums(values: NDArray[Any], firsts: Sequence[int] | NDArray[np.int64]) -> NDArray[Any]:
    """Return the sum of each run of `values` that begins at one of `firsts`."""
    return np.add.reduceat(values, firsts) if len(firsts) else values[:0]

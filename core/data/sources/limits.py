"""How much of a file is taken at once and in all, and rows gathered into batches within these limits."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from core.data.rows import BATCH_ROWS

T = TypeVar("T")

MAX_BYTES = 2_000_000_000  # of a file, and of what a compressed one unpacks to
MAX_COLUMNS = 1_000
MAX_CELL = 5_000_000  # characters; the Bible has 4.5 million
MAX_LINE = 20_000_000  # characters
BATCH_CHARACTERS = 16_000_000
CELL_CHARACTERS = 50  # what a cell costs in memory beside its characters, about


def grouped(sized: Iterable[tuple[T, int]]) -> Iterator[list[T]]:
    """Yield lists of the things in `sized`, pairs of a thing and its length in characters.

    A list ends with BATCH_ROWS things or BATCH_CHARACTERS characters, whichever comes first; none is empty.
    """
    group: list[T] = []
    size = 0
    for thing, length in sized:
        group.append(thing)
        size += length
        if len(group) >= BATCH_ROWS or size >= BATCH_CHARACTERS:
            yield group
            group, size = [], 0
    if group:
        yield group

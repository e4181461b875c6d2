"""What every source hands to the import: a stream of record batches, and what is known about them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from core.config import Config


class ColumnMapping(Config):
    """Which of the source's columns is what; every other column is kept as it is."""

    text: str
    label: str | None = None
    split: str | None = None
    id: str | None = None


@dataclass
class Source:
    """Rows on their way in. `batches` can be read once; columns are named as the source names them.

    Text formats give every column as strings, exactly as written. `done()` tells how much of `total`
    (in `unit`: bytes or rows; total None when unknown) was read so far. `notes` are sentences for the
    person, complete once the batches are used up.
    """

    name: str
    batches: Iterator[pa.RecordBatch]
    mapping: ColumnMapping
    done: Callable[[], float]
    total: float | None = None
    unit: str = "rows"
    language: str | None = None
    notes: list[str] = field(default_factory=list)

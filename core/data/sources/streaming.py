"""Turns rows that a generator yields into a Source: batches of rows.BATCH_ROWS, one in memory at a time."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import pyarrow as pa

from core.data.rows import BATCH_ROWS
from core.data.sources.source import ColumnMapping, Source


def stream(
    name: str,
    rows: Iterable[Sequence[object]],
    schema: pa.Schema,
    mapping: ColumnMapping,
    *,
    total: int | None = None,
    language: str | None = None,
    notes: Sequence[str] = (),
) -> Source:
    """Return the source of `rows`, each a sequence of values in the order of `schema`; `total` rows if it is known."""
    read = 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal read
        remaining = iter(rows)
        while taken := list(islice(remaining, BATCH_ROWS)):
            columns = [
                pa.array(values, field.type) for values, field in zip(zip(*taken, strict=True), schema, strict=True)
            ]
            read += len(taken)
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    return Source(
        name=name,
        batches=batches(),
        mapping=mapping,
        done=lambda: read,
        total=total,
        language=language,
        notes=list(notes),
    )

"""Rows of a generator as batches."""

from collections.abc import Iterator

import pyarrow as pa

from core.data.rows import BATCH_ROWS
from core.data.sources.source import ColumnMapping
from core.data.sources.streaming import stream

SCHEMA = pa.schema({"text": pa.string(), "n": pa.int32()})


def test_rows_are_taken_a_batch_at_a_time_and_counted() -> None:
    taken = 0

    def rows() -> Iterator[tuple[str, int]]:
        nonlocal taken
        for number in range(2 * BATCH_ROWS + 1):
            taken += 1
            yield f"row {number}", number

    source = stream("numbers", rows(), SCHEMA, ColumnMapping(text="text"), total=2 * BATCH_ROWS + 1, notes=["A note."])
    assert (taken, source.done()) == (0, 0)
    first = next(source.batches)
    assert (taken, source.done(), len(first)) == (BATCH_ROWS, BATCH_ROWS, BATCH_ROWS)
    rest = list(source.batches)
    assert [len(batch) for batch in rest] == [BATCH_ROWS, 1]
    assert rest[-1].to_pylist() == [{"text": f"row {2 * BATCH_ROWS}", "n": 2 * BATCH_ROWS}]
    assert first.schema == rest[-1].schema == SCHEMA
    assert source.done() == source.total
    assert source.notes == ["A note."]


def test_no_rows_are_no_batches() -> None:
    source = stream("nothing", [], SCHEMA, ColumnMapping(text="text"))
    assert list(source.batches) == []
    assert source.done() == 0

"""Streamed hub datasets as record batches of one schema: class names for numbers, no pictures or sound."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from core.data.rows import BATCH_ROWS
from core.errors import InputError

READ_ROWS = 512  # a row may hold a whole book, so batches grow in small steps
BATCH_BYTES = 32 << 20


class HubRows:
    """The rows of `streams` (the datasets library's, by split), at most `row_limit` of each.

    `batches` can be read once; `read` counts the rows so far and `notes` is complete at the end. With `with_split`
    the column `split` names each row's split. Every batch has the same columns and types: the library sees to it, or
    raises. Reading raises InputError where no column is left.
    """

    def __init__(self, streams: Mapping[str, Any], row_limit: int | None, with_split: bool) -> None:
        self.read = 0
        self.notes: list[str] = []
        self.batches = self._batches(streams, row_limit, with_split)
        self._left_out: list[str] = []

    def _batches(self, streams: Mapping[str, Any], row_limit: int | None, with_split: bool) -> Iterator[pa.RecordBatch]:
        for split, stream in streams.items():
            pending: list[pa.Table] = []
            for table in self._limited(self._tables(stream), split, row_limit):
                if with_split:
                    table = with_column(table, "split", pa.array([split] * len(table)))
                pending.append(table)
                if sum(map(len, pending)) >= BATCH_ROWS or sum(t.nbytes for t in pending) >= BATCH_BYTES:
                    yield self._merged(pending)
                    pending = []
            if pending:
                yield self._merged(pending)
        if self._left_out:
            self.notes.append(f"These columns were left out: {', '.join(dict.fromkeys(self._left_out))}.")

    def _tables(self, stream: Any) -> Iterator[pa.Table]:
        """Yield small tables of a stream with class names for class numbers and without its media columns."""
        features = dict(stream.features or {})
        media = [name for name, feature in features.items() if is_media(feature)]
        self._left_out += media
        for table in stream.with_format("arrow").iter(batch_size=READ_ROWS):
            kept = table.drop_columns([name for name in media if name in table.column_names])
            if not kept.column_names:
                raise InputError("This dataset holds nothing but pictures or sound.", "Choose a dataset of texts.")
            for name in [field.name for field in kept.schema if pa.types.is_null(field.type)]:
                kept = with_column(kept, name, pa.nulls(len(kept), pa.string()))
            for name, feature in features.items():
                if name in kept.column_names and (named := class_names(kept[name], feature)) is not None:
                    kept = with_column(kept, name, named)
            yield kept

    def _limited(self, tables: Iterator[pa.Table], split: str, row_limit: int | None) -> Iterator[pa.Table]:
        read = 0
        for table in tables:
            taken = table if row_limit is None else table.slice(0, row_limit - read)
            read += len(taken)
            if len(taken):
                yield taken
            if len(taken) < len(table):
                self.notes.append(f"Only the first {row_limit:,} rows of the split {split} were read.")
                return

    def _merged(self, tables: Sequence[pa.Table]) -> pa.RecordBatch:
        merged = pa.concat_tables(tables).combine_chunks()
        self.read += len(merged)
        return merged.to_batches()[0]


def is_media(feature: Any) -> bool:
    """Say whether a feature is a picture, sound, video or document, or holds one."""
    from datasets.features.features import require_decoding

    return bool(require_decoding(feature, ignore_decode_attribute=True))


def class_names(column: pa.ChunkedArray, feature: Any) -> pa.Array | None:
    """Return the names of a column of class numbers, or of lists of them; None where `feature` is neither.

    -1, which stands for "unknown", and numbers without a name become null.
    """
    inner = getattr(feature, "feature", feature)
    names = getattr(inner, "names", None)
    if names is None or type(inner).__name__ != "ClassLabel":
        return None
    name_of = dict(enumerate(names))
    if inner is feature:
        return pa.array([name_of.get(number) for number in column.to_pylist()], pa.string())
    lists = [None if row is None else [name_of.get(number) for number in row] for row in column.to_pylist()]
    return pa.array(lists, pa.list_(pa.string()))


def with_column(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    """Return `table` with `values` as its column `name`, in place of one of that name or as the last."""
    if name in table.column_names:
        return table.set_column(table.column_names.index(name), name, values)
    return table.append_column(name, values)

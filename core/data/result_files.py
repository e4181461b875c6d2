"""The result of a query as a file: CSV that a spreadsheet can open without running it, JSON lines, or Parquet."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

Format = Literal["csv", "jsonl", "parquet"]

FORMULA_START = r"^('*[=+\-@\t\r])"  # as in core.data.spreadsheet


def write(reader: pa.RecordBatchReader, path: Path, format: Format) -> int:
    """Write a stream of record batches to `path`, one batch in memory at a time, and return the number of rows."""
    writers: dict[Format, Callable[[pa.RecordBatchReader, Path], int]] = {
        "csv": _write_csv,
        "jsonl": _write_jsonl,
        "parquet": _write_parquet,
    }
    return writers[format](reader, path)


def _write_csv(reader: pa.RecordBatchReader, path: Path) -> int:
    rows = 0
    schema = pa.schema([pa.field(field.name, _csv_type(field.type)) for field in reader.schema])
    with pcsv.CSVWriter(path, schema) as writer:
        for batch in reader:
            columns = [_csv_column(batch.column(i), schema.field(i).type) for i in range(len(schema))]
            writer.write_batch(pa.record_batch(columns, schema=schema))
            rows += batch.num_rows
    return rows


def _write_jsonl(reader: pa.RecordBatchReader, path: Path) -> int:
    rows = 0
    with path.open("w", encoding="utf-8") as file:
        for batch in reader:
            for row in batch.to_pylist():
                file.write(json.dumps(_plain(row), ensure_ascii=False) + "\n")
            rows += batch.num_rows
    return rows


def _write_parquet(reader: pa.RecordBatchReader, path: Path) -> int:
    rows = 0
    with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def _csv_type(kind: pa.DataType) -> pa.DataType:
    as_it_is = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    return kind if as_it_is else pa.string()


def _csv_column(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return a column as it is written: numbers as they are, nested values as JSON, no cell that is a formula."""
    if not pa.types.is_string(kind):
        return column
    if not pa.types.is_string(column.type):
        column = pa.array([_as_text(value) for value in column.to_pylist()], pa.string())
    return pc.replace_substring_regex(column, FORMULA_START, r"'\1")


def _as_text(value: Any) -> str | None:
    plain = _plain(value)
    return plain if plain is None or isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """Return `value` as JSON types: dates, decimals and the like as text, what is not a number as null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes):
        return value.hex()
    return value if value is None or isinstance(value, bool | int | str) else str(value)

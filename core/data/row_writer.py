"""Rows to a file that others can read: CSV that a spreadsheet opens without running it, JSON lines, or Parquet.

CSV is UTF-8 with a header; TSV is the same with tabs. Cells that are text stand between quotes, a missing value is an
empty cell without them. Formula cells are made safe (core/data/spreadsheet.py). Numbers are written so that reading
them gives the same number and the same type (1.0 and not 1); what is no number (NaN, infinity) is a missing value in
CSV and null in JSON. Lists and other nested values are JSON text in CSV; bytes are hexadecimal digits in both. Parquet
keeps all as it is. CSV, TSV and JSON lines are gzipped where the name of the file ends with .gz.
"""

import gzip
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, cast

import duckdb
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from core.data.spreadsheet import made_safe, safe_sql
from core.data.table import connection, quoted

Format = Literal["csv", "tsv", "jsonl", "parquet"]
DELIMITERS: Mapping[str, str] = {"csv": ",", "tsv": "\t"}
Write = Callable[[pa.RecordBatch], None]

WHOLE_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "BOOLEAN")
FRACTIONS = ("FLOAT", "DOUBLE")
GZIP_LEVEL = 1  # of 9; the higher ones take several times as long for a file that is a tenth smaller


@contextmanager
def row_writer(path: Path, schema: pa.Schema, format: Format) -> Iterator[Write]:
    """Give a function that appends a record batch of `schema` to the file `path`, which is complete at the end.

    Holds one batch in memory; for Parquet each batch becomes a row group. Raises OSError, StorageError.
    """
    if format == "parquet":
        with pq.ParquetWriter(path, schema, compression="zstd") as parquet:
            yield parquet.write_batch
        return
    with connection(path.parent) as duck, _opened(path) as file:
        types = _types(duck, schema)
        if format in DELIMITERS:
            written = [_csv_sql(f"c{i}", kind) for i, kind in enumerate(types)]
            query = ", ".join(f"{sql} AS c{i}" for i, sql in enumerate(written))
            names = [made_safe(name) for name in schema.names]
            cells = _convert(duck, _empty(schema), query).schema
            target = pa.schema([field.with_name(name) for field, name in zip(cells, names, strict=True)])
            options = pcsv.WriteOptions(delimiter=DELIMITERS[format])
            with pcsv.CSVWriter(file, target, write_options=options) as csv:
                yield lambda batch: csv.write_table(_convert(duck, batch, query).rename_columns(names).cast(target))
            return
        pairs = [f"'{quoted(name)}', {_json_sql(f'c{i}', types[i])}" for i, name in enumerate(schema.names)]
        query = f"json_object({', '.join(pairs)})::VARCHAR"

        def write(batch: pa.RecordBatch) -> None:
            file.writelines(f"{line}\n".encode() for line in _convert(duck, batch, query).column(0).to_pylist())

        yield write


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open the file to write bytes; the same content gives the same file, gzipped or not."""
    with path.open("wb") as file:
        if path.suffix != ".gz":
            yield file
            return
        with gzip.GzipFile("", "wb", GZIP_LEVEL, file, mtime=0) as packed:
            yield cast(BinaryIO, packed)


def _convert(duck: duckdb.DuckDBPyConnection, batch: pa.RecordBatch, query: str) -> pa.Table:
    """Return what `query` selects from `batch`, whose columns are c0, c1, ... there, whatever their names."""
    duck.register("batch", pa.Table.from_arrays(batch.columns, names=[f"c{i}" for i in range(batch.num_columns)]))
    return duck.sql(f"SELECT {query} FROM batch").to_arrow_table()


def _types(duck: duckdb.DuckDBPyConnection, schema: pa.Schema) -> list[str]:
    _convert(duck, _empty(schema), "*")
    return [row[1] for row in duck.execute("DESCRIBE batch").fetchall()]


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)


def _csv_sql(column: str, kind: str) -> str:
    if kind in WHOLE_NUMBERS:
        return column
    if kind in FRACTIONS or kind.startswith("DECIMAL"):
        return f"{_finite(column, kind)}::VARCHAR"
    if _nested(kind):
        return f"{_json_sql(column, kind)}::VARCHAR"
    return safe_sql(_text_sql(column, kind))


def _json_sql(column: str, kind: str) -> str:
    if kind in WHOLE_NUMBERS or kind in FRACTIONS or kind.startswith("DECIMAL"):
        return _finite(column, kind)
    if kind.removesuffix("]").rpartition("[")[0] in FRACTIONS:
        return f"to_json(list_transform({column}, lambda x: {_finite('x', 'DOUBLE')}))"
    return f"to_json({column})" if _nested(kind) else _text_sql(column, kind)


def _finite(column: str, kind: str) -> str:
    return f"(CASE WHEN isfinite({column}) THEN {column} END)" if kind in FRACTIONS else column


def _text_sql(column: str, kind: str) -> str:
    return f"lower(hex({column}))" if kind == "BLOB" else f"({column}::VARCHAR)"


def _nested(kind: str) -> bool:
    return kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION"))

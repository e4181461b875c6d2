"""A dataset version as a DuckDB table: queried in place, a column at a time, never whole in memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from core.data.rows import BATCH_ROWS
from core.errors import StorageError
from core.storage import storage_errors

MEMORY_LIMIT = "400MB"
THREADS = 2


@contextmanager
def table(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the Parquet file at `path` as the view `data` of a DuckDB connection that spills to disk.

    Raises StorageError when the file is gone or the disk is full.
    """
    spill = path.parent.parent / "staging"
    with connection(spill) as duck:
        if not path.exists():
            raise StorageError("The file of this dataset version is gone.", "Import the dataset again.")
        duck.execute(f"CREATE TEMP VIEW data AS SELECT * FROM read_parquet('{quoted(path)}')")
        yield duck


@contextmanager
def connection(spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection to this process's DuckDB, which uses at most MEMORY_LIMIT and spills into the folder `spill`.

    What it creates must be temporary: only that is seen by no other connection.
    """
    duck = _duckdb(spill).cursor()
    try:
        yield duck
    except duckdb.IOException as error:
        if "space" in str(error).lower():
            raise StorageError(f"The disk is full: {spill}.", "Free some space, then try again.") from error
        raise
    except (duckdb.FatalException, duckdb.InternalException):
        let_go()  # after these it refuses every question: the next one goes to a new one
        raise
    finally:
        duck.close()


def let_go() -> None:
    """Close this process's DuckDB, which removes what it spilled; the next connection is to a new one."""
    _duckdb.cache_clear()


@lru_cache(maxsize=1)
def _duckdb(spill: Path) -> duckdb.DuckDBPyConnection:
    """Return an in-memory DuckDB. To start one takes longer than most questions to it, so it is kept."""
    config: dict[str, Any] = {
        "memory_limit": MEMORY_LIMIT,
        "threads": THREADS,
        "temp_directory": str(spill),
        "enable_external_file_cache": False,  # files are kept in memory by the system already
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    return duckdb.connect(config=config)


def arrow(duck: duckdb.DuckDBPyConnection, statement: str, values: Sequence[Any] = ()) -> pa.Table:
    """Return what `statement` finds with `values` in the places of its question marks."""
    return duck.sql(statement, params=list(values)).to_arrow_table()


def quoted(value: object) -> str:
    """Return `value` as it stands between single quotes in SQL."""
    return str(value).replace("'", "''")


def batches(path: Path, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a version in order, BATCH_ROWS at a time; one row group is held, and not all that were read."""
    with storage_errors(path), pq.ParquetFile(path, pre_buffer=False) as file:
        yield from file.iter_batches(BATCH_ROWS, columns=columns)

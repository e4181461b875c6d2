"""Rows that repeat the text of another row, and a copy of a Parquet file without some of its rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from core.data.rows import BATCH_ROWS
from core.data.table import connection, quoted
from core.jobs import Job, Progress

GROUP_ROWS = 122_880  # DuckDB reads a row group per thread, and this is its own size
GROUP_BYTES = 64_000_000

# A test row is kept before a validation row before any other, then the first in the order of the file. The text's
# 128-bit digest stands for the text, so that a million long texts fit into DuckDB's memory limit.
REPEATED = """
SELECT row, leaked, relabelled FROM (
    SELECT file_row_number AS row,
        row_number() OVER same AS place,
        rank = 2 AND first_value(rank) OVER same < 2 AS leaked,
        label IS DISTINCT FROM first_value(label) OVER same AS relabelled
    FROM (
        SELECT file_row_number, label, md5_number(text) AS digest,
            CASE split WHEN 'test' THEN 0 WHEN 'validation' THEN 1 ELSE 2 END AS rank
        FROM read_parquet('{path}', file_row_number = true)
    )
    WINDOW same AS (PARTITION BY digest ORDER BY rank, file_row_number)
)
WHERE place > 1 ORDER BY row
"""


@dataclass(frozen=True)
class RepeatedRows:
    """`rows` are the positions of rows to drop, ascending; the two counts are of rows among them."""

    rows: npt.NDArray[np.int64]
    leaked: int  # neither test nor validation rows, and the row that is kept is one
    relabelled: int  # with another label than the row that is kept


def repeated_rows(path: Path) -> RepeatedRows:
    """Return the rows of the Parquet file at `path` whose text another row has too, without one of each text.

    The one that is left out is a test row where there is one, else a validation row, else the first. Raises
    StorageError where DuckDB has no room to spill.
    """
    with connection(path.parent) as duck:
        found = duck.execute(REPEATED.format(path=quoted(path))).fetchnumpy()
    rows = np.asarray(found["row"], dtype=np.int64)
    return RepeatedRows(rows, int(np.sum(found["leaked"])), int(np.sum(found["relabelled"])))


def copy_without(source: Path, target: Path, rows: npt.NDArray[np.int64]) -> Job[None]:
    """Copy a Parquet file without the rows at the positions `rows`."""
    with pq.ParquetFile(source) as file, row_groups(target, file.schema_arrow) as out:
        total = file.metadata.num_rows
        keep = np.ones(total, dtype=bool)
        keep[rows] = False
        done = 0
        for batch in file.iter_batches(BATCH_ROWS):
            out.write(batch.filter(pa.array(keep[done : done + batch.num_rows])))
            done += batch.num_rows
            yield Progress(done, total, message="Writing the rows")


class RowGroupWriter:
    """Gathers batches into row groups of about GROUP_ROWS rows, or fewer where they are long."""

    def __init__(self, writer: pq.ParquetWriter) -> None:
        self._writer = writer
        self._waiting: list[pa.RecordBatch] = []
        self._rows = self._bytes = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Add the rows of `batch` to the file."""
        self._waiting.append(batch)
        self._rows += batch.num_rows
        self._bytes += batch.nbytes
        if self._rows >= GROUP_ROWS or self._bytes >= GROUP_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting as one row group."""
        if self._rows:
            self._writer.write_table(pa.Table.from_batches(self._waiting), row_group_size=self._rows)
        self._waiting, self._rows, self._bytes = [], 0, 0


@contextmanager
def row_groups(path: Path, schema: pa.Schema) -> Iterator[RowGroupWriter]:
    """Open a new Parquet file at `path` to write batches into; it is complete when the context ends."""
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        out = RowGroupWriter(writer)
        yield out
        out.flush()

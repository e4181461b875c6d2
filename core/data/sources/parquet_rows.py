"""Parquet: columns keep their types, nested values too."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.data.mapping import unique_names
from core.data.rows import BATCH_ROWS
from core.data.sources.compressed import FileBytes
from core.data.sources.limits import MAX_BYTES, MAX_CELL, MAX_COLUMNS
from core.errors import FileError
from core.storage import scratch_folder, storage_errors

MAGIC = b"PAR1"


class ParquetRows:
    """The rows of a Parquet file; a gzipped one is unpacked for as long as it is read, into `scratch` if that is given.

    Raises FileError where the file is damaged, encrypted, without rows, too wide, or too long when unpacked.
    """

    def __init__(self, file: FileBytes, scratch: Path | None) -> None:
        self._file = file
        self._scratch = scratch
        self.rows_read = 0
        with self._open() as parquet:
            self.rows = parquet.metadata.num_rows
            groups = [parquet.metadata.row_group(i).total_byte_size for i in range(parquet.metadata.num_row_groups)]
            self.names = unique_names(parquet.schema_arrow.names)
        if not self.rows:
            raise FileError("The file has no rows.", "Add rows to it.")
        if len(self.names) > MAX_COLUMNS:
            problem = f"The file has {len(self.names):,} columns, and the most that can be imported is {MAX_COLUMNS:,}."
            raise FileError(problem, "Keep the columns you need.")
        if sum(groups) > MAX_BYTES:
            problem = f"The file unpacks to {sum(groups):,} bytes, and the most that can be imported is {MAX_BYTES:,}."
            raise FileError(problem, "Split it into smaller files, or keep the columns you need.")

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield all rows, at most BATCH_ROWS at a time, and keep `rows_read` up to date."""
        self.rows_read = unpacked = 0
        with self._open() as parquet:
            for batch in parquet.iter_batches(BATCH_ROWS):
                unpacked += batch.nbytes
                if unpacked > MAX_BYTES:
                    problem = f"The file unpacks to more than {MAX_BYTES:,} bytes, the most that can be imported."
                    raise FileError(problem, "Split it into smaller files, or keep the columns you need.")
                self._check_cells(batch)
                yield pa.RecordBatch.from_arrays(batch.columns, names=self.names)
                self.rows_read += batch.num_rows

    def _check_cells(self, batch: pa.RecordBatch) -> None:
        for name, column in zip(self.names, batch.columns, strict=True):
            if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
                longest = pc.max(pc.binary_length(column)).as_py() or 0
                if longest > MAX_CELL and pc.max(pc.utf8_length(column)).as_py() > MAX_CELL:
                    first = self.rows_read + 1
                    problem = (
                        f"A cell in the column {name!r}, in the rows {first:,} to {first + batch.num_rows - 1:,}, "
                        f"has more than {MAX_CELL:,} characters."
                    )
                    raise FileError(problem, "Break it into several rows.")

    @contextmanager
    def _open(self) -> Iterator[pq.ParquetFile]:
        with self._bytes() as source:
            try:
                with pq.ParquetFile(source) as parquet:
                    yield parquet
            except (pa.ArrowException, OSError) as error:
                problem = f"The file is damaged or is no Parquet file ({str(error).splitlines()[0][:200]})."
                raise FileError(problem, "Copy or export it again.") from error

    @contextmanager
    def _bytes(self) -> Iterator[IO[bytes] | Path]:
        if not self._file.gzipped:
            yield self._file.path
            return
        with ExitStack() as stack:
            folder = self._scratch or stack.enter_context(scratch_folder())
            with storage_errors(folder):
                unpacked = stack.enter_context(tempfile.TemporaryFile(dir=folder))
            for chunk in self._file.chunks():
                with storage_errors(folder):
                    unpacked.write(chunk)
            unpacked.seek(0)
            yield unpacked

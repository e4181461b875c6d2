"""The first pass of an import: a source's batches go to Parquet files on disk, so that memory stays small."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.data.sources.source import Source
from core.data.table import quoted
from core.data.workspace import Workspace
from core.jobs import Job, Progress
from core.storage import storage_errors

PROGRESS_S = 0.1


@dataclass
class Staged:
    """A source on disk: its rows in order, in one file for each set of columns that its batches had.

    The column `names[i]` is called c{i} in the files, whatever stands in its name; the column `row` counts from 0.
    """

    names: list[str] = field(default_factory=list)
    rows: int = 0
    parts: list[Path] = field(default_factory=list)
    sample: dict[str, list[object]] = field(default_factory=dict)  # the first values of each column

    def relation(self) -> str:
        """Return the SQL of all rows; a column that a part does not have is null there."""
        parts = ", ".join(f"'{quoted(part)}'" for part in self.parts)
        return f"read_parquet([{parts}], union_by_name = true)"

    def discard(self) -> None:
        """Delete the files."""
        for part in self.parts:
            part.unlink(missing_ok=True)


def stage(source: Source, staged: Staged, workspace: Workspace, row_limit: int | None = None) -> Job[None]:
    """Write the first `row_limit` rows of `source` (None: all) into `staged`, whose files the caller discards.

    Raises what reading the source raises, and StorageError.
    """
    writer: pq.ParquetWriter | None = None
    schema, told = None, 0.0
    try:
        for batch in source.batches:
            if row_limit is not None:
                batch = batch.slice(0, row_limit - staged.rows)
            block = _placed(batch, staged)
            with storage_errors(workspace.home):
                if block.schema != schema:
                    if writer:
                        writer.close()
                    schema = block.schema
                    staged.parts.append(workspace.staging_path())
                    writer = pq.ParquetWriter(staged.parts[-1], schema, compression="lz4", use_dictionary=False)
                if writer:
                    writer.write_batch(block)
            staged.rows += batch.num_rows
            if time.monotonic() - told > PROGRESS_S:
                yield Progress(source.done(), source.total, source.unit, "Reading the rows")
                told = time.monotonic()
            if staged.rows == row_limit:
                break
    finally:
        if writer:
            with storage_errors(workspace.home):
                writer.close()


def _placed(batch: pa.RecordBatch, staged: Staged) -> pa.RecordBatch:
    """Return `batch` with the columns renamed by their places and the rows numbered; new columns join `staged`."""
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name not in staged.sample:
            staged.names.append(name)
            staged.sample[name] = column.slice(0, 1_000).to_pylist()
    places = {name: place for place, name in enumerate(staged.names)}
    rows = pa.array(np.arange(staged.rows, staged.rows + batch.num_rows))
    names = ["row", *(f"c{places[name]}" for name in batch.schema.names)]
    return pa.RecordBatch.from_arrays([rows, *batch.columns], names=names)

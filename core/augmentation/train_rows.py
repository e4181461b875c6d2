"""The rows that may be extended, in the order of their ids, so that the order of a dataset changes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.augmentation.digests import Array, Digests, digest_array, exact_digest, normal_digest
from core.data.duplicates import row_groups
from core.data.table import connection, quoted
from core.jobs import Job, Progress

READ_ROWS = 2_048
SORT_MEMORY = "200MB"
OPERATOR_COLUMNS = ["id", "text", "label"]


@dataclass(frozen=True)
class TrainRows:
    """The N train rows of a dataset, sorted by id.

    `path` has all their columns, `context` only OPERATOR_COLUMNS. `labels` (N,) are places in `names`, -1 for none.
    """

    path: Path
    context: Path
    names: Sequence[str]
    labels: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Known:
    """Digests of what a dataset has: the texts of all rows, those of validation and test rows, and all ids."""

    texts: Digests
    held_out: Digests
    ids: Digests


def train_mask(batch: pa.RecordBatch | pa.Table, has_split: bool) -> pa.Array:
    """Return which rows are train rows: all of them where the dataset has no split at all."""
    if not has_split:
        return pa.array(np.ones(batch.num_rows, bool))
    return pc.fill_null(pc.equal(batch.column("split"), "train"), False)


def has_split(source: Path) -> bool:
    """Say whether any row of the dataset belongs to a split."""
    with pq.ParquetFile(source) as file:
        return any(batch.column(0).null_count < len(batch.column(0)) for batch in file.iter_batches(columns=["split"]))


def sort_train_rows(source: Path, split: bool, folder: Path) -> Job[TrainRows]:
    """Write the train rows of the Parquet file `source`, sorted by id, into `folder`. Raises StorageError."""
    rows = TrainRows(folder / "train-all.parquet", folder / "train.parquet", (), np.empty(0, np.int32))
    with pq.ParquetFile(source) as file:
        schema = file.schema_arrow
        total = file.metadata.num_rows
    names: dict[str, int] = {}
    labels: list[npt.NDArray[np.int32]] = []
    done = 0
    yield Progress(0, total, message="Sorting the rows")
    with connection(folder) as duck:
        duck.execute(f"SET memory_limit = '{SORT_MEMORY}'")
        where = "WHERE split = 'train'" if split else ""
        query = f"SELECT * FROM read_parquet('{quoted(source)}') {where} ORDER BY id"
        reader: pa.RecordBatchReader = duck.sql(query).to_arrow_reader(READ_ROWS)
        own = pa.schema([schema.field(name) for name in OPERATOR_COLUMNS])
        with row_groups(rows.path, schema) as out, row_groups(rows.context, own) as context:
            for found in reader:
                batch = pa.RecordBatch.from_arrays(
                    [column.cast(field.type) for column, field in zip(found.columns, schema, strict=True)],
                    schema=schema,
                )
                out.write(batch)
                context.write(batch.select(OPERATOR_COLUMNS))
                codes = [
                    -1 if label is None else names.setdefault(label, len(names))
                    for label in batch.column("label").to_pylist()
                ]
                labels.append(np.array(codes, np.int32))
                done += batch.num_rows
                yield Progress(done, total, message="Sorting the rows")
    return TrainRows(rows.path, rows.context, tuple(names), np.concatenate([rows.labels, *labels]))


def what_is_known(source: Path) -> Job[Known]:
    """Return the digests of what the dataset in the Parquet file `source` has."""
    texts: list[Array] = []
    held_out: list[Array] = []
    ids: list[Array] = []
    done = 0
    with pq.ParquetFile(source) as file:
        total = file.metadata.num_rows
        for batch in file.iter_batches(READ_ROWS, columns=["id", "text", "split"]):
            held = pc.fill_null(pc.is_in(batch.column("split"), pa.array(["validation", "test"])), False)
            digests = digest_array([normal_digest(text) for text in batch.column("text").to_pylist()])
            texts.append(digests)
            held_out.append(digests[held.to_numpy(zero_copy_only=False)])
            ids.append(digest_array([exact_digest(row_id) for row_id in batch.column("id").to_pylist()]))
            done += batch.num_rows
            yield Progress(done, total, message="Reading what is there")
    return Known(Digests(texts), Digests(held_out), Digests(ids))


class Rows:
    """The rows of a Parquet file by their places, asked for in ascending order; holds a few batches at a time."""

    def __init__(self, file: pq.ParquetFile, columns: Sequence[str] | None = None) -> None:
        self._batches: Iterator[pa.RecordBatch] = file.iter_batches(READ_ROWS, columns=columns and list(columns))
        self._held: list[pa.RecordBatch] = []
        self._first = self._end = 0

    def take(self, places: npt.NDArray[np.int64]) -> pa.Table:
        """Return the rows at `places` (N,), ascending, none below those asked for before; N is at least 1."""
        while self._end <= places[-1]:
            batch = next(self._batches)
            self._held.append(batch)
            self._end += batch.num_rows
        while self._first + self._held[0].num_rows <= places[0]:
            self._first += self._held.pop(0).num_rows
        return pa.Table.from_batches(self._held).take(pa.array(places - self._first))

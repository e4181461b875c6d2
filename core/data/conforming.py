"""The second pass of an import: staged rows become the rows of a version, with the columns that all versions have."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.data.checking import split_words
from core.data.columns import Columns, kept_names
from core.data.identity import content_hash_sql, id_sql, occurrences
from core.data.mapping import normal_split
from core.data.rows import BATCH_ROWS, COLUMNS, SCHEMA
from core.data.sources.source import ColumnMapping
from core.data.spreadsheet import made_unsafe
from core.data.staging import PROGRESS_S
from core.data.table import quoted
from core.jobs import Job, Progress

GROUP_ROWS = 50_000
GROUP_BYTES = 32_000_000
NO_DICTIONARY = ("id", "text", "parent_id")


@dataclass(frozen=True)
class Plan:
    """What becomes of the staged columns: SQL expressions of rows.COLUMNS and of the user's other columns.

    `extras` are the names of the latter. `repeats` numbers the rows that have the same text and label (see
    identity.occurrences); None where there are none or where the source has ids.
    """

    select: list[str]
    extras: list[str]
    repeats: npt.NDArray[np.int64] | None = None
    notes: tuple[str, ...] = ()


def exported_plan(duck: duckdb.DuckDBPyConnection, columns: Columns) -> Plan:
    """Return the plan for rows that were exported: ids and lineage stay as they are."""
    own = {name: columns.filled(name) for name in COLUMNS} | {"text": f"coalesce({columns.text('text')}, '')"}
    extras = [name for name in columns.staged.names if name not in COLUMNS]
    names = [made_unsafe(name) for name in extras] if columns.delimited else extras
    return Plan([own[name] for name in COLUMNS] + _kept(duck, columns, extras), names)


def mapped_plan(duck: duckdb.DuckDBPyConnection, columns: Columns, mapping: ColumnMapping) -> Plan:
    """Return the plan for rows of any other source: its columns as `mapping` says, and ids made where it has none."""
    text = f"coalesce({columns.text(mapping.text)}, '')"
    label = columns.filled(mapping.label) if mapping.label else "NULL::VARCHAR"
    split = _split_sql(duck, columns, mapping.split) if mapping.split else "NULL::VARCHAR"
    if mapping.id:
        row_id, repeats = columns.filled(mapping.id), None
    else:
        row_id = id_sql(text, label)
        repeats = occurrences(duck, content_hash_sql(text, label), columns.staged.relation())
    used = {mapping.text, mapping.label, mapping.split, mapping.id}
    extras = [name for name in columns.staged.names if name not in used]
    names = kept_names(extras)
    notes = tuple(
        f"The column {old!r} is kept as {new!r}, since every dataset has a column of its own with that name."
        for old, new in zip(extras, names, strict=True)
        if old.casefold() in COLUMNS
    )
    own = [row_id, text, label, split, "'original'", "NULL::VARCHAR", "NULL::VARCHAR"]
    return Plan(own + _kept(duck, columns, extras), names, repeats, notes)


def write_rows(duck: duckdb.DuckDBPyConnection, columns: Columns, plan: Plan, target: Path) -> Job[None]:
    """Write the rows to the Parquet file `target`, in the order of the source; the caller deletes it on failure.

    A row that repeats an earlier one has -2, -3, ... after its id. Row groups have some GROUP_ROWS rows, or fewer
    long ones. Raises OSError where the disk is full.
    """
    # A batch comes from one staged row group, so its size in characters is bounded too.
    query = f"SELECT row, {', '.join(plan.select)} FROM {columns.staged.relation()}"
    reader: pa.RecordBatchReader = duck.sql(query).to_arrow_reader(BATCH_ROWS)
    kept = [
        field.with_name(name) for field, name in zip([*reader.schema][1 + len(COLUMNS) :], plan.extras, strict=True)
    ]
    schema = pa.schema([*SCHEMA, *kept])
    encoded = [name for name in schema.names if name not in NO_DICTIONARY]
    held: list[pa.RecordBatch] = []
    rows = size = 0
    told = 0.0
    with pq.ParquetWriter(target, schema, compression="zstd", use_dictionary=encoded) as writer:
        for batch in reader:
            arrays = batch.columns[1:]
            if plan.repeats is not None:
                arrays[0] = _numbered(arrays[0], plan.repeats[batch.column(0).to_numpy()])
            held.append(pa.RecordBatch.from_arrays(arrays, schema=schema))
            size += batch.nbytes
            if size >= GROUP_BYTES or sum(b.num_rows for b in held) >= GROUP_ROWS:
                writer.write_table(pa.Table.from_batches(held))
                rows += sum(b.num_rows for b in held)
                held, size = [], 0
            if time.monotonic() - told > PROGRESS_S:
                yield Progress(rows, columns.staged.rows, "rows", "Writing the dataset")
                told = time.monotonic()
        if held:
            writer.write_table(pa.Table.from_batches(held))
    yield Progress(columns.staged.rows, columns.staged.rows, "rows", "Writing the dataset")


def _numbered(ids: pa.Array, counts: npt.NDArray[np.int64]) -> pa.Array:
    if not (counts > 1).any():
        return ids
    numbered = pc.binary_join_element_wise(ids, pa.array(counts).cast(pa.string()), "-")
    return pc.if_else(pa.array(counts > 1), numbered, ids)


def _kept(duck: duckdb.DuckDBPyConnection, columns: Columns, names: Sequence[str]) -> list[str]:
    found = columns.found(duck, names)
    return [columns.kept(name, found.get(name)) for name in names]


def _split_sql(duck: duckdb.DuckDBPyConnection, columns: Columns, name: str) -> str:
    words = {word: normal_split(word) for word in split_words(duck, columns, name)}
    cases = " ".join(f"WHEN '{quoted(word)}' THEN '{split}'" for word, split in words.items() if split)
    return f"CASE {columns.filled(name)} {cases} END" if cases else "NULL::VARCHAR"

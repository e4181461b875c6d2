"""A recipe carried out on a plain file: CSV, TSV, JSON lines or Parquet in, the same or another of them out."""

import tempfile
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.augmentation.extending import extend
from core.augmentation.recipe import Recipe
from core.augmentation.train_rows import SORT_MEMORY
from core.data.importing import ImportConfig, import_dataset, look
from core.data.row_writer import Format, row_writer
from core.data.rows import BATCH_ROWS
from core.data.table import connection, quoted
from core.data.workspace import Workspace
from core.errors import FileError, InputError
from core.jobs import Job, Progress
from core.storage import storage_errors

FORMATS: Mapping[str, Format] = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl", ".parquet": "parquet"}


def augment_file(
    recipe: Recipe,
    source: Path,
    output: Path,
    text: str | None = None,
    label: str | None = None,
    workers: int = 1,
    files: Path | None = None,
) -> Job[dict[str, Any]]:
    """Write the rows of the file `source` and those that `recipe` makes of them to `output`; return the report.

    The formats follow from the files' endings. `text` and `label` name columns; left out, they are the columns called
    text and label, or else a guess. A file without a split column is all train. The output has the columns of a
    dataset version and those of core/augmentation/lineage.py, and its rows stand in the order of their ids, so that
    the same rows in any order give the same bytes. A row's id is made from its text and label where the file has no
    column of ids. Files that the recipe names are looked for in the folder `files`, then where the program runs. The
    result is Report as a dict with `output` and `summary`. Raises FileError, InputError, MissingResource, StorageError.
    """
    format = FORMATS.get(output.suffix.lower())
    if format is None:
        raise InputError(f"{output.name!r} has no known ending.", f"Use one of these: {', '.join(FORMATS)}.")
    if output.is_dir() or not output.absolute().parent.is_dir():
        raise InputError(f"No file can be written to {output}.", "Name a file in a folder that is there.")
    if not source.is_file():
        raise FileError(f"There is no file {source}.", "Name a file that is there.")
    parent = output.absolute().parent
    with storage_errors(parent), tempfile.TemporaryDirectory(prefix=".augment-", dir=parent) as scratch:
        folder = Path(scratch)
        workspace = Workspace(folder)
        imported = yield from import_dataset(_import_config(source, text, label), workspace, folder, False)
        version = workspace.version(imported["version"])
        extended = folder / "extended.parquet"
        report = yield from extend(version.path, extended, recipe, version.language, folder, workers, files)
        unfinished = folder / f"{uuid.uuid4().hex}{output.suffix}"
        yield from _write_sorted(extended, unfinished, format)
        unfinished.replace(output)
    notes = [*version.notes, *report.notes]
    return {**report.as_dict(), "notes": notes, "output": str(output), "summary": report.summary()}


def _import_config(source: Path, text: str | None, label: str | None) -> ImportConfig:
    config = ImportConfig(source=str(source.absolute()), text=text, label=label)
    columns = look(config).columns
    chosen = {role: role for role in ("text", "label") if getattr(config, role) is None and role in columns}
    taken = {text, label}
    return config.model_copy(update={role: name for role, name in chosen.items() if name not in taken})


def _write_sorted(source: Path, target: Path, format: Format) -> Job[None]:
    """Write the rows of the Parquet file `source` to `target` in the order of their ids."""
    with pq.ParquetFile(source) as file:
        schema, total = file.schema_arrow, file.metadata.num_rows
    done = 0
    with row_writer(target, schema, format) as write:
        for batch in _sorted_batches(source, schema):
            write(batch)
            done += batch.num_rows
            yield Progress(done, total, message="Writing the file")


def _sorted_batches(source: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield the rows of `source` in the order of their ids, BATCH_ROWS at a time."""
    with connection(source.parent) as duck:
        duck.execute(f"SET memory_limit = '{SORT_MEMORY}'")
        held: list[pa.RecordBatch] = []
        query = f"SELECT * FROM read_parquet('{quoted(source)}') ORDER BY id"
        for batch in duck.sql(query).to_arrow_reader(BATCH_ROWS):
            held.append(batch)
            while sum(part.num_rows for part in held) >= BATCH_ROWS:
                whole = pa.Table.from_batches(held)
                yield _one(whole.slice(0, BATCH_ROWS), schema)
                held = whole.slice(BATCH_ROWS).to_batches()
        if held:
            yield _one(pa.Table.from_batches(held), schema)


def _one(rows: pa.Table, schema: pa.Schema) -> pa.RecordBatch:
    return rows.cast(schema).combine_chunks().to_batches()[0]
